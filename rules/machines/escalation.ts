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
import { between, earliest } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { AlarmFact, ClockFact, RuleEvent } from "../events.ts";
import { type Machine, unchanged } from "../machine.ts";
import { accepted, declined } from "./escalation-answers.ts";
import {
  type Change,
  goOn,
  type Moved,
  moveAll,
  moveOne,
  offer,
  tellStep,
} from "./escalation-chain.ts";
import { beatHeard, offered, peerBack, peerLost, raised, taken } from "./escalation-custody.ts";
import { escalationManifest } from "./escalation-manifest.ts";
import { salvageAlarms } from "./escalation-salvage.ts";
import {
  type EscalationState,
  escalates,
  findClosed,
  findOpen,
  isLate,
  type OpenAlarm,
  pressAgainAfter,
  rests,
  type Scene,
  standingsChanged,
  withClosed,
} from "./escalation-state.ts";

type Closed = Extract<AlarmFact, { kind: "alarm-closed" }>;
type Noted = Extract<AlarmFact, { kind: "alarm-noted" }>;
type Started = Extract<ClockFact, { kind: "gateway-started" }>;

/** A person ends the alarm: the only way in which one ends (invariant 3). */
function closed(state: EscalationState, said: Closed): Change | undefined {
  const { alarmId, closing, from } = said;
  if (findClosed(state, alarmId) !== undefined) return undefined;
  const effects: readonly Effect[] =
    from === "here" ? [{ kind: "tell-peer-closed", alarmId, closing }] : [];
  const because = `${closing.by.name} closed ${alarmId}: ${closing.outcome}`;
  return { state: withClosed(state, { alarmId, closing }), effects, because };
}

/** A note ends and delays nothing; a press long after the last move pushes the chain on. */
function noted(before: OpenAlarm, said: Noted, scene: Scene): Moved {
  const { alarmId, note, from } = said;
  const open = note === "false-alarm-said" ? { ...before, falseAlarmSaid: true } : before;
  const told: readonly Effect[] =
    from === "here" ? [{ kind: "tell-peer-noted", alarmId, note }] : [];
  const stale = between(open.movedAt, scene.around.now) >= pressAgainAfter;
  if (note !== "pressed-again" || open.dueAt === null || !stale) return { open, effects: told };
  const moved = goOn(open, scene, false);
  return { open: moved.open, effects: [...told, ...moved.effects] };
}

/** "False alarm" is told to people, who decide. It closes nothing. */
function falseAlarm(state: EscalationState, alarmId: string): Change | undefined {
  if (findOpen(state, alarmId) === undefined) return undefined;
  return {
    state,
    effects: [
      {
        kind: "announce",
        key: state.peerLost ? "care-unreachable" : "false-alarm-told",
        alarmId,
        words: {},
      },
    ],
    emits: [{ kind: "alarm-noted", alarmId, note: "false-alarm-said", from: "here" }],
    because: `the resident calls ${alarmId} a false alarm`,
  };
}

/** What may have been journalled but not done before the restart. Ids make the repeat harmless. */
function doneAgain(open: OpenAlarm, scene: Scene): readonly Effect[] {
  if (open.holder === "peer") return [];
  const { alarm, epoch } = open;
  const custody: readonly Effect[] =
    scene.side === "home"
      ? [offer(open)]
      : epoch > 0
        ? [{ kind: "take-custody", alarmId: alarm.id, epoch }]
        : [];
  const quiet = !escalates(open) || rests(open, scene.around.now);
  return quiet ? custody : [...custody, ...tellStep(open, false)];
}

/**
 * After a start, on level: repeat what may be undone. An unknown gap makes every deadline overdue,
 * and nobody knows whether who was coming then is still on the way: a rest that a peer's custody
 * hides must not begin again when custody comes back.
 */
function started(state: EscalationState, event: Started, scene: Scene): Change {
  return moveAll(state, "started again with open alarms", (open) => {
    const again = doneAgain(open, scene);
    if (event.gapMs !== null) return { open, effects: again };
    if (open.dueAt === null) return { open: { ...open, restUntil: null }, effects: again };
    const moved = goOn(open, scene, true);
    return { open: moved.open, effects: [...again, ...moved.effects] };
  });
}

function due(state: EscalationState, scene: Scene): Change {
  const { now } = scene.around;
  return moveAll(state, "nobody was found in time: the chain goes on", (open) =>
    open.dueAt !== null && open.dueAt <= now
      ? goOn(open, scene, isLate(open.dueAt, now))
      : undefined,
  );
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
    case "alarm-noted":
      return moveOne(state, event.alarmId, event.note, (open) => noted(open, event, scene));
    case "false-alarm-said":
      return falseAlarm(state, event.alarmId);
    case "alarm-closed":
      return closed(state, event);
    case "peer-heard":
      return beatHeard(state, event, scene);
    case "peer-lost":
      return peerLost(state, scene);
    case "peer-back":
      return peerBack(state, scene);
    case "gateway-started":
      return started(state, event, scene);
    case "deadline-reached":
      return due(state, scene);
    default:
      return undefined;
  }
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
    wakeAt: (state) => earliest(...state.open.map((open) => open.dueAt ?? undefined)),
  };
}

/** The home's side: offers custody, and escalates by itself while nobody has taken it. */
export const homeEscalation = escalationFor("home");

/** The care service's side: takes custody and keeps it until a person closes the alarm. */
export const careEscalation = escalationFor("care");
