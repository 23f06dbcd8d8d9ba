/**
 * Watches the proof of life of the other side. Silence is a fault and is said; what nobody has
 * heard yet is unknown, neither there nor lost (invariant 6). The same watch runs on both sides: a
 * home that falls silent is a home whose button may not work, so at the care service it raises a
 * concern.
 */
import type { Alarm } from "../../protocol/alarm.ts";
import { after, type Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import {
  type Machine,
  type ModuleManifest,
  type Step,
  type Surroundings,
  unchanged,
} from "../machine.ts";
import { isLate } from "./escalation-state.ts";

/** What is known of the other side, and when silence becomes loss. */
export interface LinkState {
  readonly peer: "unknown" | "reachable" | "lost";
  readonly silentAt: Instant | null;
  /** At the care service: the open concern about a silent home. */
  readonly concern: string | null;
}

const manifest: ModuleManifest = {
  name: "care-link",
  benefit: {
    de: "Die Wohnung und die Zentrale achten aufeinander; reißt die Verbindung ab, wird es gesagt.",
    en: "The home and the care service watch each other; when the link breaks, it is said.",
  },
  needs: [],
  uses: [],
  settings: [
    {
      key: "link.silentAfter",
      unit: "s",
      default: 15,
      min: 3,
      max: 180,
      source: "ours: three beats of link.beatEvery missed",
    },
  ],
  messages: [{ reason: "home-silent", level: "concern" }],
  changedBy: ["professional", "installer"],
  droppable: false,
};

type Side = "home" | "care";

/** What the home says aloud of its link. The care service has nobody in the room to say it to. */
function say(side: Side, key: "care-reachable" | "care-unreachable"): readonly Effect[] {
  return side === "home" ? [{ kind: "announce", key, words: {} }] : [];
}

function heard(side: Side, state: LinkState, around: Surroundings): Step<LinkState> {
  const silentAt = after(around.now, around.plan.link.silentAfter);
  const next: LinkState = { ...state, peer: "reachable", silentAt };
  if (state.peer !== "lost") return unchanged(next);
  return {
    state: next,
    effects: say(side, "care-reachable"),
    emits: [{ kind: "peer-back" }],
    because: "a beat after silence",
  };
}

function silent(side: Side, state: LinkState, around: Surroundings): Step<LinkState> {
  const lost: LinkState = { ...state, peer: "lost", silentAt: null };
  const because = "no beat in time";
  const effects = say(side, "care-unreachable");
  if (side === "home" || state.concern !== null) {
    return { state: lost, effects, emits: [{ kind: "peer-lost" }], because };
  }
  const alarm: Alarm = {
    id: around.newId("silent"),
    category: "fault",
    level: "concern",
    reason: "home-silent",
    raisedAt: around.now,
    late: false,
  };
  return {
    state: { ...lost, concern: alarm.id },
    effects,
    emits: [{ kind: "peer-lost" }, { kind: "alarm-raised", alarm }],
    because,
  };
}

/**
 * The span is over. A care service that slept through it (its machine was paused, or overloaded)
 * has heard nobody, and must not call every home silent for it: it listens for another span. A
 * home does not wait: taking its alarms back too soon is harmless.
 */
function due(side: Side, state: LinkState, around: Surroundings): Step<LinkState> {
  const { silentAt } = state;
  if (silentAt === null || silentAt > around.now) return unchanged(state);
  if (side === "care" && isLate(silentAt, around.now)) {
    const next = after(around.now, around.plan.link.silentAfter);
    return { ...unchanged({ ...state, silentAt: next }), because: "slept: listens anew" };
  }
  return silent(side, state, around);
}

/** After a start a lost peer stays lost and is said again; of any other, nothing is known yet. */
function started(side: Side, state: LinkState, around: Surroundings): Step<LinkState> {
  if (state.peer === "lost") {
    return { state, effects: say(side, "care-unreachable"), emits: [] };
  }
  const silentAt = after(around.now, around.plan.link.silentAfter);
  return unchanged({ ...state, peer: "unknown", silentAt });
}

function linkFor(side: Side): Machine<LinkState> {
  return {
    manifest,
    initial: () => ({ peer: "unknown", silentAt: null, concern: null }),
    step: (state, event, around) => {
      switch (event.kind) {
        case "peer-heard":
          return heard(side, state, around);
        case "gateway-started":
          return started(side, state, around);
        case "deadline-reached":
          return due(side, state, around);
        case "alarm-closed":
          return event.alarmId === state.concern
            ? unchanged({ ...state, concern: null })
            : unchanged(state);
        default:
          return unchanged(state);
      }
    },
    wakeAt: (state) => state.silentAt ?? undefined,
  };
}

/** The home watches the care service. */
export const careLink = linkFor("home");

/**
 * The care service watches a home; a silent home is a concern until a person has looked after it.
 */
export const homeLink = linkFor("care");
