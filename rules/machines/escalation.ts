/**
 * Escalation: whom to tell, in which order, until somebody comes; and which side keeps the
 * deadlines. The same machine runs in the home and in the care service. There are one or two
 * custodians, never none: the home gives custody up only to a side that has the alarm on its disk,
 * and takes it back when that side falls silent or no longer lists the alarm. Two custodians tell
 * twice, and harm nobody.
 *
 * `alarm` and `concern` go round the chain without end. `warning` and `info` are offered to the
 * care service, which tells the first step once; they too stay open until a person closes them.
 */
import { earliest, type Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { AlarmFact, ClockFact, RuleEvent } from "../events.ts";
import { type Machine, unchanged } from "../machine.ts";
import { accepted, declined, handedOver, lapsed } from "./escalation-answers.ts";
import {
  type Change,
  goOn,
  moveAll,
  moveOne,
  offer,
  partyReached,
  tellStep,
} from "./escalation-chain.ts";
import {
  beatHeard,
  offered,
  peerBack,
  peerLost,
  raised,
  taken,
  tellClosed,
} from "./escalation-custody.ts";
import { escalationManifest } from "./escalation-manifest.ts";
import { adopted } from "./escalation-memory.ts";
import { salvageAlarms } from "./escalation-salvage.ts";
import {
  coming,
  type EscalationState,
  escalates,
  findClosed,
  isLate,
  type OpenAlarm,
  rests,
  type Scene,
  standingsChanged,
  withClosed,
} from "./escalation-state.ts";
import { endedAlarm, falseAlarm, heirOf, noteHeard, noteTaken } from "./escalation-words.ts";

type Closed = Extract<AlarmFact, { kind: "alarm-closed" }>;
type Started = Extract<ClockFact, { kind: "gateway-started" }>;

/**
 * A person ends the alarm: the only way in which one ends (invariant 3). A cry that the person did
 * not know of, because it was still on its way, is not ended with it.
 */
function closed(state: EscalationState, said: Closed, scene: Scene): Change | undefined {
  const { alarmId, closing, from } = said;
  if (findClosed(state, alarmId) !== undefined) return undefined;
  const told = from === "here" ? undefined : (said.heard ?? []);
  const ended = endedAlarm(state, said, told);
  return {
    state: withClosed(state, ended),
    effects: from === "here" ? [tellClosed(ended)] : [],
    emits: heirOf(ended, scene.around),
    because: `${closing.by.name} closed ${alarmId}: ${closing.outcome}`,
  };
}

/**
 * What may have been journalled but not done before the restart. Ids make the repeat harmless. At
 * the care service nobody is told again: whom a step tells is on disk together with the step.
 */
function doneAgain(open: OpenAlarm, scene: Scene): readonly Effect[] {
  if (open.holder === "peer") return [];
  const { alarm, epoch } = open;
  if (scene.side === "care") {
    return epoch > 0 ? [{ kind: "take-custody", alarmId: alarm.id, epoch }] : [];
  }
  const quiet = !escalates(open) || rests(open, scene.around.now);
  return quiet ? [offer(open)] : [offer(open), ...tellStep(open, false)];
}

/**
 * After a start, on level: repeat what may be undone. An unknown gap makes every deadline overdue,
 * and nobody knows whether who was coming then is still on the way: they are said to come no
 * longer, and a rest that a peer's custody hides must not begin again when custody comes back.
 */
function started(state: EscalationState, event: Started, scene: Scene): Change {
  return moveAll(state, "started again with open alarms", (open) => {
    const again = doneAgain(open, scene);
    if (event.gapMs !== null) return { open, effects: again };
    const lapse = lapsed(open, () => true) ?? { open, effects: [] };
    const before = { ...lapse.open, restUntil: null };
    const moved = open.dueAt === null ? { open: before, effects: [] } : goOn(before, scene, true);
    return { open: moved.open, effects: [...again, ...lapse.effects, ...moved.effects] };
  });
}

function due(state: EscalationState, scene: Scene): Change {
  const { now } = scene.around;
  const lapse = moveAll(state, "who said to come was not heard of again in time", (open) =>
    lapsed(open, (until) => until <= now),
  );
  const pass = (before: Change, because: string, dueAt: (open: OpenAlarm) => Instant | null) => {
    const next = moveAll(before.state, because, (open) => {
      const at = dueAt(open);
      return at !== null && at <= now ? goOn(open, scene, isLate(at, now)) : undefined;
    });
    return { ...before, ...next, effects: [...before.effects, ...next.effects] };
  };
  const unreached = pass(
    lapse,
    "the message reached nobody in time: the chain goes on",
    ({ deliverBy }) => deliverBy,
  );
  return pass(unreached, "nobody was found in time: the chain goes on", ({ dueAt }) => dueAt);
}

function changeBy(state: EscalationState, event: RuleEvent, scene: Scene): Change | undefined {
  switch (event.kind) {
    case "alarm-raised":
      return raised(state, event.alarm, scene);
    case "custody-offered":
      return offered(state, event, scene);
    case "custody-taken":
      return taken(state, event);
    case "alarm-accepted":
      return moveOne(state, event.alarmId, `${event.by.name} is coming`, (open) =>
        accepted(open, event, scene),
      );
    case "alarm-declined":
      return moveOne(state, event.alarmId, `${event.by.name} is not coming`, (open) =>
        declined(open, event, scene),
      );
    case "alarm-handed-over": {
      const because = `${event.by.name} hands ${event.alarmId} over to ${event.to.name}`;
      return moveOne(state, event.alarmId, because, (open) => handedOver(open, event, scene));
    }
    case "party-reached":
      return moveOne(state, event.alarmId, `the message is with ${event.party}`, (open) =>
        partyReached(open, event),
      );
    case "drill-ordered": {
      const effects: readonly Effect[] = [{ kind: "ask-drill", drillId: event.drillId }];
      return { state, effects, because: "a test alarm is due" };
    }
    case "alarm-noted":
      return noteHeard(state, event, scene);
    case "note-taken":
      return noteTaken(state, event);
    case "false-alarm-said":
      return falseAlarm(state, event.alarmId);
    case "alarm-closed":
      return closed(state, event, scene);
    case "peer-heard":
      return beatHeard(state, event, scene);
    case "peer-lost":
      return peerLost(state, scene);
    case "peer-back":
      return peerBack(state, scene);
    case "gateway-started":
      return started(adopted(state), event, scene);
    case "deadline-reached":
      return due(state, scene);
    default:
      return undefined;
  }
}

/** When the chain of an alarm goes on, and when who is coming has been awaited long enough. */
function deadlinesOf(open: OpenAlarm): readonly (Instant | undefined)[] {
  const { dueAt, deliverBy } = open;
  return [dueAt ?? undefined, deliverBy ?? undefined, ...coming(open).map(({ until }) => until)];
}

/** Escalation for one side. */
export function escalationFor(side: Scene["side"]): Machine<EscalationState> {
  return {
    manifest: escalationManifest,
    initial: () => ({ peerLost: false, open: [], closed: [] }),
    step: (state, event, around) => {
      const change = changeBy(state, event, { side, peerLost: state.peerLost, around });
      if (change === undefined) return unchanged(state);
      return {
        ...change,
        emits: [...(change.emits ?? []), ...standingsChanged(state, change.state)],
      };
    },
    salvage: salvageAlarms,
    wakeAt: (state) => earliest(...state.open.flatMap(deadlinesOf)),
  };
}

/** The home's side: offers custody, and escalates by itself while nobody has taken it. */
export const homeEscalation = escalationFor("home");

/** The care service's side: takes custody and keeps it until a person closes the alarm. */
export const careEscalation = escalationFor("care");
