/**
 * The stove guard while the resident has dropped it. It guards nothing then; but it cannot be
 * dropped in the middle of a warning, of a cut, or of an alarm that nobody has closed: a stove that
 * was cut is given back by the deliberate reset only (invariant 7).
 */
import type { Dropping } from "../machine.ts";
import { hear } from "./stove-hear.ts";
import { initialStove, type Raised, type StoveState } from "./stove-state.ts";
import { beginTurn } from "./stove-turn.ts";

const isOpen = (raised: Raised | null): boolean => raised !== null && raised.closedAt === null;

function heldBy({ warning, latch, notOff, unguarded }: StoveState): string | undefined {
  if (warning !== null || latch !== null) return "stove-cut";
  return isOpen(notOff) || isOpen(unguarded) ? "alarm-open" : undefined;
}

/** What will be needed when the guard is back, and nobody says again by then. */
function keptOf({ radio, stuck, silent, hazards, doorsOpen }: StoveState): StoveState {
  return { ...initialStove(), radio, stuck, silent, hazards, doorsOpen };
}

const noticed: ReadonlySet<string> = new Set([
  "gateway-started",
  "radio-ready",
  "radio-lost",
  "fault-found",
  "fault-cleared",
  "contact-sensed",
  "hazard-sensed",
]);

/** How the stove guard is dropped, and what it notices meanwhile. */
export const stoveDropping: Dropping<StoveState> = {
  heldBy,
  leave: (state) => ({
    state: keptOf(state),
    effects: [{ kind: "signal", source: "stove-guard", pattern: "none" }],
    emits: [],
  }),
  aside(state, event, around) {
    if (!noticed.has(event.kind)) return state;
    const turn = beginTurn(state, event, around);
    // What it would do about it is left out: nobody asked for a guard.
    hear(turn);
    return keptOf(turn.state);
  },
};
