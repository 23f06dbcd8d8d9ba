/**
 * The care service watches a home by its proof of life. A home that falls silent is one whose
 * button may not work: first it is late, which is shown, then it is an alarm, which a person must
 * look after. A gateway that said goodbye is awaited, and is an alarm as soon as any other; only
 * people can say that silence is expected, and only until an instant.
 */
import type { Alarm } from "../../protocol/alarm.ts";
import { after, earliest, hours, type Instant, instant } from "../../protocol/time.ts";
import type { LinkFact } from "../events.ts";
import { type Machine, type Step, type Surroundings, unchanged } from "../machine.ts";
import { careLinkManifest } from "./care-link-manifest.ts";
import { isLate } from "./escalation-state.ts";

type Beat = Extract<LinkFact, { kind: "peer-heard" }>;

/** What is known of a home, and when its silence becomes more. */
export interface HomeLinkState {
  readonly peer: "unknown" | "reachable" | "late" | "lost";
  /** Why the last beat said that it is the last; null for one that goes on. */
  readonly leaving: "restart" | "maintenance" | null;
  readonly lateAt: Instant | null;
  /** When silence is an alarm, or is one again after a person closed it; null while one is open. */
  readonly alarmAt: Instant | null;
  /** The open alarm about this home's silence, and whether the home was heard since. */
  readonly alarm: { readonly id: string; readonly heardSince: boolean } | null;
  /** Until then silence is expected. */
  readonly maintenanceUntil: Instant | null;
}

/** What the desks are shown of a home's link. */
export type ShownLink = "unknown" | "reachable" | "late" | "restarting" | "maintenance" | "lost";

/** Ours: longer than a week a home is not watched only if a person says so anew. */
export const maintenanceMax = hours(7 * 24);

/** The link in the one word that matters most to whoever looks. */
export function shownLink(state: HomeLinkState): ShownLink {
  const { peer, leaving, maintenanceUntil } = state;
  if (peer === "reachable" && leaving === null) return "reachable";
  if (maintenanceUntil !== null) return "maintenance";
  if (peer !== "reachable") return peer;
  return leaving === "restart" ? "restarting" : "maintenance";
}

const isSilent = ({ peer }: HomeLinkState): boolean => peer === "late" || peer === "lost";

/**
 * The spans of listening begin now, whatever passed before; the alarm's not before maintenance
 * ends.
 */
function listening(state: HomeLinkState, { now, plan }: Surroundings): HomeLinkState {
  const { silentAfter, alarmAfter } = plan.link;
  const counts = instant(Math.max(now, state.maintenanceUntil ?? now));
  return {
    ...state,
    lateAt: isSilent(state) ? null : after(now, silentAfter),
    alarmAt: state.peer === "lost" && state.alarm !== null ? null : after(counts, alarmAfter),
  };
}

/** A goodbye is no lateness; the alarm comes when it would have come without it. */
function heard(state: HomeLinkState, beat: Beat, around: Surroundings): Step<HomeLinkState> {
  const leaving = beat.leaving ?? null;
  const alarm = state.alarm === null ? null : { ...state.alarm, heardSince: true };
  const here = listening({ ...state, peer: "reachable", leaving, alarm }, around);
  const next: HomeLinkState = leaving === null ? here : { ...here, lateAt: null };
  const isBack = isSilent(state) || (state.leaving !== null && leaving === null);
  const step: Step<HomeLinkState> = {
    state: next,
    effects: [],
    emits: isBack ? [{ kind: "peer-back" }] : [],
  };
  const shown = shownLink(next);
  return shown === shownLink(state) ? step : { ...step, because: `a beat: ${shown}` };
}

function lost(state: HomeLinkState, around: Surroundings): Step<HomeLinkState> {
  const silent: HomeLinkState = { ...state, peer: "lost", lateAt: null, alarmAt: null };
  const emits = state.peer === "lost" ? [] : [{ kind: "peer-lost" } as const];
  const because = "no beat in time";
  if (state.alarm !== null) return { state: silent, effects: [], emits, because };
  const alarm: Alarm = {
    id: around.newId("silent"),
    category: "fault",
    level: "alarm",
    reason: "home-silent",
    raisedAt: around.now,
    late: false,
  };
  return {
    state: { ...silent, alarm: { id: alarm.id, heardSince: false } },
    effects: [],
    emits: [...emits, { kind: "alarm-raised", alarm }],
    because,
  };
}

/** Maintenance that is over. */
function ended(state: HomeLinkState, now: Instant): HomeLinkState {
  const isOver = state.maintenanceUntil !== null && state.maintenanceUntil <= now;
  return isOver ? { ...state, maintenanceUntil: null } : state;
}

/**
 * A span is over. A care service that slept through it (its machine was paused, or overloaded) has
 * heard nobody, and must not call every home silent for it: it listens for another span.
 */
function due(before: HomeLinkState, around: Surroundings): Step<HomeLinkState> {
  const { now } = around;
  const deadline = earliest(...deadlines(before));
  if (deadline === undefined || deadline > now) return unchanged(before);
  const state = ended(before, now);
  if (isLate(deadline, now)) {
    return { ...unchanged(listening(state, around)), because: "slept: listens anew" };
  }
  if (state.alarmAt !== null && state.alarmAt <= now) return lost(state, around);
  if (state.lateAt === null || state.lateAt > now) {
    return { ...unchanged(state), because: "maintenance is over" };
  }
  const emits = state.maintenanceUntil === null ? [{ kind: "peer-late" } as const] : [];
  return { state: { ...state, peer: "late", lateAt: null }, effects: [], emits, because: "late" };
}

/** After a start a lost home stays lost; of any other, nothing is known yet. */
function started(before: HomeLinkState, around: Surroundings): Step<HomeLinkState> {
  const state = ended(before, around.now);
  const peer = state.peer === "lost" ? "lost" : "unknown";
  return unchanged(listening({ ...state, peer, leaving: null }, around));
}

/**
 * People say until when silence is expected. From then on it counts again, from its beginning: a
 * gateway that was switched on in time may take as long as any other.
 */
function maintained(
  state: HomeLinkState,
  told: Instant,
  around: Surroundings,
): Step<HomeLinkState> {
  const { now, plan } = around;
  const until = instant(Math.min(told, after(now, maintenanceMax)));
  const runs = until > now;
  const counted = after(runs ? until : now, plan.link.alarmAfter);
  // Said again, that it is over puts nothing off.
  const alarmAt = runs ? counted : instant(Math.min(counted, state.alarmAt ?? counted));
  return {
    state: {
      ...state,
      maintenanceUntil: runs ? until : null,
      alarmAt: state.alarmAt === null ? null : alarmAt,
    },
    effects: [],
    emits: [],
    because: runs ? "maintenance: silence is expected" : "maintenance is over",
  };
}

/**
 * A person closed the alarm of a home that may still be silent: it does not rest for ever. An alarm
 * about an older silence says nothing of this one, which then has no alarm at all.
 */
function closed(state: HomeLinkState, alarmId: string, around: Surroundings): Step<HomeLinkState> {
  const { peer, alarm, maintenanceUntil } = state;
  if (alarm?.id !== alarmId) return unchanged(state);
  const { now, plan } = around;
  const { closeWithin, alarmAfter } = plan.link;
  const rest = alarm.heardSince ? alarmAfter : closeWithin;
  const counts = after(maintenanceUntil ?? now, alarmAfter);
  const again = instant(Math.max(after(now, rest), counts));
  return unchanged({ ...state, alarm: null, alarmAt: peer === "lost" ? again : state.alarmAt });
}

const deadlines = ({ lateAt, alarmAt, maintenanceUntil }: HomeLinkState) =>
  [lateAt, alarmAt, maintenanceUntil].filter((at) => at !== null);

/** The care service watches a home. */
export const homeLink: Machine<HomeLinkState> = {
  manifest: careLinkManifest,
  initial: () => ({
    peer: "unknown",
    leaving: null,
    lateAt: null,
    alarmAt: null,
    alarm: null,
    maintenanceUntil: null,
  }),
  step(state, event, around) {
    switch (event.kind) {
      case "peer-heard":
        return heard(state, event, around);
      case "gateway-started":
        return started(state, around);
      case "maintenance-told":
        return maintained(state, event.until, around);
      case "deadline-reached":
        return due(state, around);
      case "alarm-closed":
        return closed(state, event.alarmId, around);
      default:
        return unchanged(state);
    }
  },
  wakeAt: (state) => earliest(...deadlines(state)),
};
