/** How an open alarm moves: through the steps of its chain, and between the two custodians. */
import { type ChainStep, chainFor } from "../../protocol/agreement.ts";
import { after, seconds } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact } from "../events.ts";
import {
  type ChainPosition,
  type EscalationState,
  escalates,
  findOpen,
  type OpenAlarm,
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
  // The same memory where nothing moved: a beat that changed nothing is seen to have changed nothing.
  if (moves.every(({ moved }) => moved === undefined)) return { state, effects };
  const open = moves.map((one) => one.moved?.open ?? one.open);
  return { state: { ...state, open }, effects, because };
}

/** Stands in for the step of a chain that names nobody: the alarm goes round all the same. */
const nobody: ChainStep = { tell: [], within_s: 60 };

/** The step the chain is in. */
export const stepOf = (chain: ChainPosition): ChainStep => chain.steps[chain.step] ?? nobody;

/** The offer of custody to the care service, at the alarm's present epoch. */
export function offer(open: OpenAlarm): Effect {
  return { kind: "offer-custody", alarm: open.alarm, epoch: open.epoch };
}

/** Tells every party of the present step. Nobody is told before a chain has begun. */
export function tellStep(open: OpenAlarm, late: boolean): readonly Effect[] {
  const { alarm, chain } = open;
  if (chain === null) return [];
  const { step, round } = chain;
  return stepOf(chain).tell.map((party) => ({
    kind: "tell-party",
    alarm,
    party,
    step,
    round,
    late,
  }));
}

function enter(open: OpenAlarm, chain: ChainPosition, scene: Scene, late: boolean): Moved {
  const { now } = scene.around;
  const dueAt = escalates(open) ? after(now, seconds(stepOf(chain).within_s)) : null;
  const entered = { ...open, chain, restUntil: null, dueAt, movedAt: now };
  return { open: entered, effects: tellStep(entered, late) };
}

/** Begins a round with the chain for this hour. Rounds count on over changes of custody. */
export function startRound(open: OpenAlarm, scene: Scene, late: boolean): Moved {
  const { plan, local } = scene.around;
  const steps = chainFor(plan.agreement, open.alarm.category, local);
  const round = open.chain === null ? 0 : open.chain.round + 1;
  return enter(open, { steps, step: 0, round, declined: [] }, scene, late);
}

/** The next step; after the last one the next round. */
export function goOn(open: OpenAlarm, scene: Scene, late: boolean): Moved {
  const { chain } = open;
  return chain === null || chain.step + 1 >= chain.steps.length
    ? startRound(open, scene, late)
    : enter(open, { ...chain, step: chain.step + 1, declined: [] }, scene, late);
}

/** The home's own chain begins, unless somebody is coming or the alarm only informs. */
export function takeUp(open: OpenAlarm, scene: Scene): Moved {
  if (!escalates(open)) return { open, effects: [] };
  if (rests(open, scene.around.now)) {
    return { open: { ...open, dueAt: open.restUntil }, effects: [] };
  }
  return startRound(open, scene, false);
}
