/**
 * The home watches the care service by its proof of life. Silence is a fault and is said; what
 * nobody has heard yet is unknown, neither there nor lost (invariant 6). How the care service
 * watches a home stands in `home-link.ts`.
 */
import { after, type Instant, instant, seconds } from "../../protocol/time.ts";
import type { AnnouncementKey, Effect } from "../effects.ts";
import { type Machine, type Step, type Surroundings, unchanged } from "../machine.ts";
import { careLinkManifest } from "./care-link-manifest.ts";

/** What is known of the care service, and when silence becomes loss. */
export interface LinkState {
  readonly peer: "unknown" | "reachable" | "lost";
  readonly silentAt: Instant | null;
}

/**
 * Ours: a connection that breaks is made again within seconds, and the first beat on it is answered
 * at once. Longer than that, and the next beat need not be waited for to say that nobody is there.
 */
const reconnectsWithin = seconds(10);

function say(key: Extract<AnnouncementKey, "care-reachable" | "care-unreachable">): Effect {
  return { kind: "announce", key, words: {} };
}

function heard(state: LinkState, around: Surroundings): Step<LinkState> {
  const silentAt = after(around.now, around.plan.link.silentAfter);
  const next: LinkState = { peer: "reachable", silentAt };
  if (state.peer !== "lost") return unchanged(next);
  return {
    state: next,
    effects: [say("care-reachable")],
    emits: [{ kind: "peer-back" }],
    because: "a beat after silence",
  };
}

/** The first break counts: tries that fail one after the other put nothing off. */
function disconnected(state: LinkState, around: Surroundings): Step<LinkState> {
  if (state.silentAt === null) return unchanged(state);
  const soon = after(around.now, reconnectsWithin);
  return unchanged({ ...state, silentAt: instant(Math.min(state.silentAt, soon)) });
}

/**
 * The span is over. A home that slept through it does not wait: taking its alarms back too soon is
 * harmless.
 */
function due(state: LinkState, around: Surroundings): Step<LinkState> {
  if (state.silentAt === null || state.silentAt > around.now) return unchanged(state);
  return {
    state: { peer: "lost", silentAt: null },
    effects: [say("care-unreachable")],
    emits: [{ kind: "peer-lost" }],
    because: "no beat in time",
  };
}

/** After a start a lost peer stays lost and is said again; of any other, nothing is known yet. */
function started(state: LinkState, around: Surroundings): Step<LinkState> {
  if (state.peer === "lost") return { state, effects: [say("care-unreachable")], emits: [] };
  return unchanged({ peer: "unknown", silentAt: after(around.now, around.plan.link.silentAfter) });
}

/** The home watches the care service. */
export const careLink: Machine<LinkState> = {
  manifest: careLinkManifest,
  initial: () => ({ peer: "unknown", silentAt: null }),
  step(state, event, around) {
    switch (event.kind) {
      case "peer-heard":
        return heard(state, around);
      case "peer-disconnected":
        return disconnected(state, around);
      case "gateway-started":
        return started(state, around);
      case "deadline-reached":
        return due(state, around);
      default:
        return unchanged(state);
    }
  },
  wakeAt: (state) => state.silentAt ?? undefined,
};
