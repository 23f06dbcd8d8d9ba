/** How an open alarm moves: through the steps of its chain, and between the two custodians. */
import { type ChainStep, chainFor, hasWay, stepsOnDuty } from "../../protocol/agreement.ts";
import type { Person } from "../../protocol/alarm.ts";
import { after, type Duration, type Instant, seconds } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact } from "../events.ts";
import {
  type ChainPosition,
  type EscalationState,
  escalates,
  findOpen,
  type OpenAlarm,
  type RoundStep,
  rests,
  type Scene,
  withOpen,
} from "./escalation-state.ts";

/** An alarm after a move, and what the move asks for. */
export interface Moved {
  readonly open: OpenAlarm;
  readonly effects: readonly Effect[];
}

/**
 * What an event changed: the new memory, what it asks for, and why, where something was decided.
 */
export interface Change {
  readonly state: EscalationState;
  readonly effects: readonly Effect[];
  readonly emits?: readonly Fact[];
  readonly because?: string;
}

/** Moves one open alarm; nothing for one that is not open, or that the move leaves alone. */
export function moveOne(
  state: EscalationState,
  alarmId: string,
  because: string,
  move: (open: OpenAlarm) => Moved | undefined,
): Change | undefined {
  const open = findOpen(state, alarmId);
  const moved = open === undefined ? undefined : move(open);
  if (moved === undefined) return undefined;
  return { state: withOpen(state, moved.open), effects: moved.effects, because };
}

/**
 * Moves every open alarm that the move does not leave alone, in the order in which they were
 * raised.
 */
export function moveAll(
  state: EscalationState,
  because: string,
  move: (open: OpenAlarm) => Moved | undefined,
): Change {
  const moves = state.open.map((open) => ({ open, moved: move(open) }));
  const effects = moves.flatMap(({ moved }) => moved?.effects ?? []);
  // The same memory where nothing moved: a beat that changed nothing is seen to have changed none.
  if (moves.every(({ moved }) => moved === undefined)) return { state, effects };
  const open = moves.map((one) => one.moved?.open ?? one.open);
  return { state: { ...state, open }, effects, because };
}

/** Stands in for the step of a chain that names nobody: the alarm goes round all the same. */
const nobody: RoundStep = { tell: [], within_s: 60 };

/** The step the chain is in. */
export const stepOf = (chain: ChainPosition): RoundStep => chain.steps[chain.step] ?? nobody;

/** The offer of custody to the care service, at the alarm's present epoch. */
export function offer(open: OpenAlarm): Effect {
  return { kind: "offer-custody", alarm: open.alarm, epoch: open.epoch };
}

/** Tells every party of the present step. Nobody is told before a chain has begun. */
export function tellStep(open: OpenAlarm, late: boolean): readonly Effect[] {
  const { alarm, chain } = open;
  if (chain === null) return [];
  const { step, round } = chain;
  const { tell, guest } = stepOf(chain);
  const named = guest === undefined ? {} : { name: guest.name };
  return tell.map((party) => ({
    kind: "tell-party",
    alarm,
    party,
    ...named,
    step,
    round,
    late,
  }));
}

/** Where nothing is said: long enough for a push or a short message over a slow network. */
const deliveredWithinUsual_s = 30;

/**
 * How long the message of this step may take to reach somebody. In each round twice as long as in
 * the one before: where a way never tells what became of its messages, people are not told without
 * pause for it.
 */
function deliveryTime({ step, round, steps }: ChainPosition): Duration {
  const usual = steps[step]?.delivered_within_s ?? deliveredWithinUsual_s;
  return seconds(usual * 2 ** Math.min(round, 10));
}

/** Only the care service hears of receipts, and only of messages that it sends somewhere. */
function deliverBy(chain: ChainPosition, dueAt: Instant, scene: Scene): Instant | null {
  const { plan, now } = scene.around;
  if (scene.side === "home") return null;
  if (!stepOf(chain).tell.every((party) => hasWay(plan.agreement, party))) return null;
  const by = after(now, deliveryTime(chain));
  return by < dueAt ? by : null;
}

function enter(open: OpenAlarm, chain: ChainPosition, scene: Scene, late: boolean): Moved {
  const { now } = scene.around;
  const dueAt = escalates(open) ? after(now, seconds(stepOf(chain).within_s)) : null;
  const entered: OpenAlarm = {
    ...open,
    chain,
    restUntil: null,
    dueAt,
    deliverBy: dueAt === null ? null : deliverBy(chain, dueAt, scene),
    movedAt: now,
  };
  return { open: entered, effects: tellStep(entered, late) };
}

/** The chain at this step, of which only those on duty are told. */
function positionAt(
  { steps, round }: Pick<ChainPosition, "steps" | "round">,
  step: number,
  onDuty: readonly ChainStep[],
): ChainPosition {
  const present = steps.map((one, at) => (at === step ? { ...one, ...onDuty[at] } : one));
  return { steps: present, step, round, declined: [], reached: [] };
}

const isManned = ({ tell }: ChainStep): boolean => tell.length > 0;

/** Begins a round with the chain for this hour. Rounds count on over changes of custody. */
export function startRound(open: OpenAlarm, scene: Scene, late: boolean): Moved {
  const { plan, local } = scene.around;
  const steps = chainFor(plan.agreement, open.alarm.category, local);
  const onDuty = stepsOnDuty(plan.agreement, steps, local);
  const round = open.chain === null ? 0 : open.chain.round + 1;
  const first = Math.max(0, onDuty.findIndex(isManned));
  return enter(open, positionAt({ steps, round }, first, onDuty), scene, late);
}

/** The next step in which somebody is on duty; after the last one the next round. */
export function goOn(open: OpenAlarm, scene: Scene, late: boolean): Moved {
  const { chain } = open;
  if (chain === null) return startRound(open, scene, late);
  const { plan, local } = scene.around;
  const onDuty = stepsOnDuty(plan.agreement, chain.steps, local);
  const next = onDuty.findIndex((step, at) => at > chain.step && isManned(step));
  if (next < 0) return startRound(open, scene, late);
  return enter(open, positionAt(chain, next, onDuty), scene, late);
}

/** Tells one person at once, in a step of their own after the present one. */
export function tellGuest(open: OpenAlarm, guest: Person, scene: Scene): Moved {
  const { steps, step, round } = open.chain ?? { steps: [], step: -1, round: 0 };
  const { within_s } = steps[step] ?? nobody;
  const own: RoundStep = { tell: [guest.id], within_s, guest };
  const at = step + 1;
  const chain = {
    steps: [...steps.slice(0, at), own, ...steps.slice(at)],
    step: at,
    round,
    declined: [],
    reached: [],
  };
  return enter(open, chain, scene, false);
}

/** The message of a step has reached one of its parties: they have the whole time of the step. */
export function partyReached(
  open: OpenAlarm,
  said: { readonly party: string; readonly step: number; readonly round: number },
): Moved | undefined {
  const { chain } = open;
  if (chain?.step !== said.step || chain.round !== said.round) return undefined;
  const isNew = stepOf(chain).tell.includes(said.party) && !chain.reached.includes(said.party);
  if (!isNew) return undefined;
  const reached = [...chain.reached, said.party];
  return { open: { ...open, deliverBy: null, chain: { ...chain, reached } }, effects: [] };
}

/** The home's own chain begins, unless somebody is coming or the alarm only informs. */
export function takeUp(open: OpenAlarm, scene: Scene): Moved {
  if (!escalates(open)) return { open, effects: [] };
  if (rests(open, scene.around.now)) {
    return { open: { ...open, dueAt: open.restUntil }, effects: [] };
  }
  return startRound(open, scene, false);
}
