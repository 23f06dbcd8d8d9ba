/** Custody: how an alarm is offered, taken, missed in a beat, and taken back. */
import type { Alarm } from "../../protocol/alarm.ts";
import { after } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { LinkFact } from "../events.ts";
import { answersToldAgain } from "./escalation-answers.ts";
import {
  type Change,
  type Moved,
  moveAll,
  moveOne,
  offer,
  startRound,
  takeUp,
} from "./escalation-chain.ts";
import {
  type ClosedAlarm,
  type EscalationState,
  escalates,
  findClosed,
  findOpen,
  isKnown,
  type OpenAlarm,
  openAlarmsMax,
  type Scene,
  withOpen,
} from "./escalation-state.ts";
import { wordsToldAgain } from "./escalation-words.ts";

type Beat = Extract<LinkFact, { kind: "peer-heard" }>;

/** One missing beat may have crossed the custody message on its way; two in a row have not. */
const unlistedMax = 2;

function fresh(alarm: Alarm, epoch: number, scene: Scene): OpenAlarm {
  return {
    alarm,
    holder: "self",
    epoch,
    unlisted: 0,
    answers: [],
    given: 0,
    chain: null,
    restUntil: null,
    dueAt: null,
    deliverBy: null,
    movedAt: scene.around.now,
    words: [],
  };
}

function hasTwin(state: EscalationState, alarm: Alarm): boolean {
  return state.open.some(
    (open) =>
      open.alarm.category === alarm.category &&
      open.alarm.device === alarm.device &&
      open.alarm.reason === alarm.reason,
  );
}

/** The home offers at once, and waits `custodyWithin` for the care service unless that is lost. */
function beginAtHome(alarm: Alarm, scene: Scene): Moved {
  const open = fresh(alarm, 1, scene);
  const { now, plan } = scene.around;
  if (scene.peerLost) {
    const moved = takeUp(open, scene);
    return { open: moved.open, effects: [offer(open), ...moved.effects] };
  }
  const dueAt = escalates(open) ? after(now, plan.link.custodyWithin) : null;
  return { open: { ...open, dueAt }, effects: [offer(open)] };
}

/** An alarm is raised on this side. Known ids change nothing, so a replayed event is harmless. */
export function raised(state: EscalationState, alarm: Alarm, scene: Scene): Change | undefined {
  if (isKnown(state, alarm.id)) return undefined;
  const crowded = state.open.length >= openAlarmsMax;
  if (crowded && alarm.level !== "alarm" && hasTwin(state, alarm)) {
    return { state, effects: [], because: `${alarm.id} joins an open alarm of the same kind` };
  }
  const moved =
    scene.side === "home"
      ? beginAtHome(alarm, scene)
      : startRound(fresh(alarm, 0, scene), scene, false);
  const words = state.closed.find(({ heir }) => heir === alarm.id)?.rest ?? [];
  return {
    state: withOpen(state, { ...moved.open, words }),
    effects: moved.effects,
    because: `${alarm.level} ${alarm.reason} is open`,
  };
}

/** The closing, told (again) to a side that has the alarm open. */
export const tellClosed = ({ alarmId, closing, heard }: ClosedAlarm): Effect => ({
  kind: "tell-peer-closed",
  alarmId,
  closing,
  heard,
});

/**
 * A home offers custody. It is taken in every case but one: a person has closed the alarm already.
 * The chain starts with the first offer only; the answer names the epoch that was offered. What was
 * answered here before is told again: a cry that was raised here is offered by the home only later.
 */
export function offered(
  state: EscalationState,
  offerHeard: { readonly alarm: Alarm; readonly epoch: number },
  scene: Scene,
): Change {
  const { alarm, epoch } = offerHeard;
  const closed = findClosed(state, alarm.id);
  if (closed !== undefined) {
    const effects = [tellClosed(closed)];
    return { state, effects, because: `${alarm.id} is closed: the home is told again` };
  }
  const known = findOpen(state, alarm.id);
  const moved: Moved =
    known === undefined
      ? startRound(fresh(alarm, epoch, scene), scene, false)
      : {
          open: { ...known, epoch: Math.max(known.epoch, epoch) },
          effects: answersToldAgain(known),
        };
  return {
    state: withOpen(state, moved.open),
    effects: [...moved.effects, { kind: "take-custody", alarmId: alarm.id, epoch }],
    because: `custody of ${alarm.id} is taken at epoch ${epoch}`,
  };
}

/** The care service has the alarm on its disk: the home's chain stops, and its deadline with it. */
function handOver(open: OpenAlarm): Moved {
  return {
    open: { ...open, holder: "peer", unlisted: 0, dueAt: null },
    effects: [...answersToldAgain(open), ...wordsToldAgain(open)],
  };
}

/** A new epoch, offered again, and the home's own chain until that is taken. */
function retake(open: OpenAlarm, scene: Scene): Moved {
  const mine: OpenAlarm = { ...open, holder: "self", epoch: open.epoch + 1, unlisted: 0 };
  const moved = takeUp(mine, scene);
  return { open: moved.open, effects: [offer(mine), ...moved.effects] };
}

/**
 * The care service says that it has custody. Believed at the present epoch, from a side that lives.
 */
export function taken(
  state: EscalationState,
  said: { readonly alarmId: string; readonly epoch: number },
): Change | undefined {
  if (state.peerLost) return undefined;
  const because = `the care service has custody of ${said.alarmId}`;
  return moveOne(state, said.alarmId, because, (open) =>
    open.holder === "self" && open.epoch === said.epoch ? handOver(open) : undefined,
  );
}

function compared(open: OpenAlarm, holds: Beat["holds"], scene: Scene): Moved | undefined {
  const mine = open.holder === "self";
  const listed = holds.find((held) => held.alarmId === open.alarm.id);
  if (mine && listed?.epoch === open.epoch) return handOver(open);
  const unlisted = !mine && listed !== undefined ? 0 : open.unlisted + 1;
  if (unlisted === open.unlisted) return undefined;
  if (unlisted < unlistedMax) return { open: { ...open, unlisted }, effects: [] };
  return mine ? { open: { ...open, unlisted: 0 }, effects: [offer(open)] } : retake(open, scene);
}

/**
 * A beat says on level what single messages say once. An alarm listed there that a person has
 * closed is told as closed again. At the home, a listed one is in the care service's custody; one
 * that is missing twice in a row is not, and is offered (again), so that no lost message or disk
 * leaves an alarm with the home for ever. The care service gives custody up to nobody, so it
 * compares nothing.
 */
export function beatHeard(state: EscalationState, beat: Beat, scene: Scene): Change {
  const ended = state.closed.filter((closed) =>
    beat.holds.some((held) => held.alarmId === closed.alarmId),
  );
  const again = ended.map(tellClosed);
  const because = "the beat and this side differ on open alarms";
  const change = moveAll(state, because, (open) =>
    scene.side === "home" ? compared(open, beat.holds, scene) : undefined,
  );
  const spoken = again.length > 0 ? { because } : {};
  return { ...spoken, ...change, effects: [...again, ...change.effects] };
}

/** The peer fell silent: what it held comes back, and what waited for it waits no longer. */
export function peerLost(state: EscalationState, scene: Scene): Change {
  return moveAll({ ...state, peerLost: true }, "the other side is silent", (open) => {
    if (open.holder === "peer") return retake(open, scene);
    return open.chain === null ? takeUp(open, scene) : undefined;
  });
}

/** The peer is back: the home offers all that it holds. */
export function peerBack(state: EscalationState, scene: Scene): Change {
  return moveAll({ ...state, peerLost: false }, "the other side is back", (open) =>
    scene.side === "home" && open.holder === "self" ? { open, effects: [offer(open)] } : undefined,
  );
}
