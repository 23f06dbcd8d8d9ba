/** Follows the power of the stove: a cooking begins, rests, goes on, comes back or ends. */
import { devicesByRole } from "../../protocol/home.ts";
import { after, type Instant } from "../../protocol/time.ts";
import { stoveManifest } from "./stove-manifest.ts";
import {
  flowOf,
  flowsAgainstRelay,
  lastSeen,
  presenceBlind,
  relayOn,
  relaysOff,
  somebodyMoves,
} from "./stove-sight.ts";
import { type Cooking, type Rested, readingGrace, restAfter, resumeWithin } from "./stove-state.ts";
import { enter, type StoveTurn } from "./stove-turn.ts";

function beginCooking(turn: StoveTurn, why: string): void {
  const { now, plan } = turn.around;
  const cooking: Cooking = {
    onAt: now,
    touchedAt: now,
    relayTold: relayOn(turn.state, turn.around),
    lowSince: null,
    missed: false,
    holdUntil: null,
  };
  turn.state = { ...turn.state, cooking, rested: null, leftAt: null };
  enter(turn, "on");
  turn.why.push(why);
  if (devicesByRole(plan, "kitchen-motion").length > 0 && presenceBlind(turn.state, plan)) {
    const words = { module: stoveManifest.name };
    turn.effects.push({ kind: "announce", key: "module-blind", words });
  }
}

/** Whether a hand may have been at the knob since the power went low. */
function someoneCame(turn: StoveTurn, since: Instant): boolean {
  const { state, around } = turn;
  return somebodyMoves(state, around) || lastSeen(state, around.plan, since) > since;
}

/** Power after a time without: a slow thermostat, or a hand that switched the stove on. */
function heat(turn: StoveTurn, why: string): void {
  const { rested } = turn.state;
  const isOver = rested === null || turn.around.now >= after(rested.since, resumeWithin);
  if (isOver || someoneCame(turn, rested.since)) {
    beginCooking(turn, why);
    return;
  }
  const cooking = { ...rested.cooking, lowSince: null };
  turn.state = { ...turn.state, cooking, rested: null };
  enter(turn, "on");
  turn.why.push(`${why}; nobody came since it rested: the same cooking`);
}

function endCooking(turn: StoveTurn, rested: Rested | null, why: string): void {
  turn.state = { ...turn.state, cooking: null, rested, warning: null };
  enter(turn, "off");
  turn.why.push(why);
}

/** Power is low: the thermostat rests, or somebody switched the stove off. */
function rest(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const since = cooking.lowSince ?? around.now;
  turn.state = { ...state, cooking: { ...cooking, lowSince: since } };
  if (cooking.relayTold && relaysOff(state, around)) {
    endCooking(turn, null, "off: the relay was switched off");
  } else if (around.now >= after(since, restAfter)) {
    // One that rested over an unknown gap may be long over: its times are worth nothing.
    endCooking(turn, cooking.missed ? null : { cooking, since }, "off: power stayed low");
  }
}

/**
 * Nothing is known of the power: a stove that was hot stays hot, and one that rested soon counts as
 * hot.
 */
function lost(turn: StoveTurn, since: Instant): void {
  const { state, around } = turn;
  const { cooking } = state;
  turn.state = { ...state, unknownSince: since };
  const waited = around.now >= after(since, readingGrace);
  if (cooking === null) {
    enter(turn, "unknown");
    if (waited && relayOn(state, around)) heat(turn, "relay on, power unknown: on");
  } else if (waited && cooking.lowSince !== null) {
    turn.state = { ...turn.state, cooking: { ...cooking, lowSince: null } };
  }
}

/** Follows the power as it is known now. */
export function follow(turn: StoveTurn): void {
  const { state, around } = turn;
  const { cooking } = state;
  const flow = flowOf(state, around);
  if (flow === "unknown") {
    lost(turn, state.unknownSince ?? around.now);
    return;
  }
  turn.state = { ...state, unknownSince: null };
  if (flow === "low") {
    if (cooking === null) enter(turn, "off");
    else rest(turn, cooking);
  } else if (cooking === null) heat(turn, "power flows: on");
  else {
    const told = relayOn(state, around) || cooking.relayTold;
    const relayTold = told && !flowsAgainstRelay(state, around);
    turn.state = { ...turn.state, cooking: { ...cooking, relayTold, lowSince: null } };
  }
}
