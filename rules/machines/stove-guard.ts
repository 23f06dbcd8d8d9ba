/**
 * The stove guard: a forgotten stove is cut, proved off, and stays off until somebody deliberately
 * resets it. Presence and timers only; it is no guard after EN 50615, which measures at the hob.
 */
import { devicesByRole, type HomePlan } from "../../protocol/home.ts";
import { after, earliest, type Instant, instant } from "../../protocol/time.ts";
import { type Machine, type Surroundings, unchanged } from "../machine.ts";
import { cut, prove } from "./stove-cut.ts";
import { hear } from "./stove-hear.ts";
import { stoveManifest } from "./stove-manifest.ts";
import {
  dues,
  flowOf,
  flowsAgainstRelay,
  mayBeHot,
  presenceAt,
  presenceBlind,
  relayOn,
  relaysOf,
  relaysOff,
  somebodyMoves,
} from "./stove-sight.ts";
import {
  attendedFor,
  type Cooking,
  type CutReason,
  readingGrace,
  restAfter,
  type StoveState,
  unguardedAfter,
} from "./stove-state.ts";
import { beginTurn, endTurn, enter, raise, type StoveTurn } from "./stove-turn.ts";

const start = instant(0);

function initial(): StoveState {
  return {
    phase: "unknown",
    since: start,
    relays: {},
    meters: {},
    seen: {},
    stuck: [],
    silent: [],
    hazards: {},
    doorsOpen: [],
    leftAt: null,
    unknownSince: null,
    cooking: null,
    warning: null,
    latch: null,
    radio: { ready: false, started: false, at: start, alarmed: false },
    signal: "none",
    wake: null,
  };
}

function beginCooking(turn: StoveTurn, why: string): void {
  const { now, plan } = turn.around;
  const cooking: Cooking = {
    onAt: now,
    touchedAt: now,
    relayTold: relayOn(turn.state, plan),
    lowSince: null,
    missed: false,
    holdUntil: null,
  };
  turn.state = { ...turn.state, cooking, leftAt: null };
  enter(turn, "on");
  turn.why.push(why);
  if (devicesByRole(plan, "kitchen-motion").length > 0 && presenceBlind(turn.state, plan)) {
    const words = { module: stoveManifest.name };
    turn.effects.push({ kind: "announce", key: "module-blind", words });
  }
}

function endCooking(turn: StoveTurn, why: string): void {
  turn.state = { ...turn.state, cooking: null, warning: null, leftAt: null };
  enter(turn, "off");
  turn.why.push(why);
}

/** Power is low: the thermostat rests, or somebody switched the stove off. */
function rest(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const lowSince = cooking.lowSince ?? around.now;
  turn.state = { ...state, cooking: { ...cooking, lowSince } };
  if (cooking.relayTold && relaysOff(state, around.plan)) {
    endCooking(turn, "off: the relay was switched off");
  } else if (around.now >= after(lowSince, restAfter)) endCooking(turn, "off: power stayed low");
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
    if (waited && relayOn(state, around.plan)) beginCooking(turn, "relay on, power unknown: on");
  } else if (waited && cooking.lowSince !== null) {
    turn.state = { ...turn.state, cooking: { ...cooking, lowSince: null } };
  }
}

/** Follows the power: a cooking begins, rests, goes on or ends. */
function follow(turn: StoveTurn): void {
  const { state, around } = turn;
  const { cooking } = state;
  const flow = flowOf(state, around.plan);
  if (flow === "unknown") {
    lost(turn, state.unknownSince ?? around.now);
    return;
  }
  turn.state = { ...state, unknownSince: null };
  if (flow === "low") {
    if (cooking === null) enter(turn, "off");
    else rest(turn, cooking);
  } else if (cooking === null) beginCooking(turn, "power flows: on");
  else {
    const told = relayOn(state, around.plan) || cooking.relayTold;
    const relayTold = told && !flowsAgainstRelay(state, around.plan);
    turn.state = { ...turn.state, cooking: { ...cooking, relayTold, lowSince: null } };
  }
}

/** Whether somebody is at the stove, as far as the guard can tell. */
function settle(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const seenUntil = after(presenceAt(state, cooking, around.plan), attendedFor);
  const attended = somebodyMoves(state, around.plan) || around.now < seenUntil;
  enter(turn, attended ? "on" : "unattended");
}

/**
 * Warns, takes the warning back, or cuts: on level, so that an edge that got lost changes nothing.
 */
function guard(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const { warning } = state;
  const hazard = Object.values(state.hazards)[0];
  const missed = cooking.missed && mayBeHot(state, cooking, around.plan);
  if (hazard !== undefined || missed) {
    cut(turn, hazard ?? "after-gap");
    return;
  }
  const all = dues(state, cooking, around.plan).filter((rule) => around.now >= rule.at);
  // What was warned of may be settled while another rule is due: then that one is the reason.
  const due = all.find((rule) => rule.because === warning?.because) ?? all[0];
  if (due === undefined) {
    if (warning !== null) turn.why.push("somebody is there: warning taken back");
    turn.state = { ...state, warning: null };
    settle(turn, cooking);
  } else if (warning !== null) {
    // Power that rests meanwhile changes nothing: a thermostat does that, too.
    if (around.now >= warning.cutAt) cut(turn, due.because);
  } else if (mayBeHot(state, cooking, around.plan)) warn(turn, due.because);
  else settle(turn, cooking);
}

function warn(turn: StoveTurn, because: CutReason): void {
  const { now, plan } = turn.around;
  turn.state = { ...turn.state, warning: { because, cutAt: after(now, plan.stove.preAlarm) } };
  enter(turn, "warned");
  turn.effects.push({ kind: "announce", key: "stove-unattended", words: { because } });
  turn.why.push(`warning: ${because}`);
}

/** Smoke, and nobody knows whether the stove is on: it is cut as if it were. */
function guardUnknown(turn: StoveTurn): void {
  const hazard = Object.values(turn.state.hazards)[0];
  if (hazard !== undefined) cut(turn, hazard);
}

/** A hot stove that nobody can cut is an alarm when the radio does not come back soon. */
function watchRadio(turn: StoveTurn): void {
  const { state, around } = turn;
  const { radio } = state;
  if (state.cooking === null || radio.ready || radio.alarmed) return;
  const due = after(radio.at, unguardedAfter);
  if (around.now < due) return;
  turn.state = { ...state, radio: { ...radio, alarmed: true } };
  raise(turn, "stove-unguarded", around.now > after(due, unguardedAfter));
  turn.why.push("the stove is on and the radio is gone: alarm");
}

function decide(turn: StoveTurn): void {
  const { latch } = turn.state;
  if (latch !== null) {
    prove(turn, latch);
    return;
  }
  follow(turn);
  const { cooking } = turn.state;
  if (cooking !== null) guard(turn, cooking);
  else if (turn.state.phase === "unknown") guardUnknown(turn);
  watchRadio(turn);
}

/** The next instant at which the guard must look again; each entry lies ahead after a step. */
function nextWake(state: StoveState, plan: HomePlan, now: Instant): Instant | null {
  const { cooking, latch, warning, radio, unknownSince } = state;
  const list: (Instant | undefined)[] = [];
  if (latch !== null && state.phase !== "proved-off") {
    list.push(latch.tryAt, latch.alarmed ? undefined : latch.alarmAt);
  }
  if (unknownSince !== null) list.push(after(unknownSince, readingGrace));
  if (cooking !== null) {
    if (!radio.ready && !radio.alarmed) list.push(after(radio.at, unguardedAfter));
    if (warning !== null) list.push(warning.cutAt);
    if (cooking.lowSince !== null) list.push(after(cooking.lowSince, restAfter));
    list.push(...dues(state, cooking, plan).map((rule) => rule.at));
    list.push(after(presenceAt(state, cooking, plan), attendedFor));
  }
  return earliest(...list.filter((at) => at !== undefined && at > now)) ?? null;
}

/** The machine. */
export const stoveGuard: Machine<StoveState> = {
  manifest: stoveManifest,
  initial,
  step(before: StoveState, event, around: Surroundings) {
    if (relaysOf(around.plan).length === 0) return unchanged(before);
    const turn = beginTurn(before, event, around);
    if (!hear(turn)) return unchanged(before);
    decide(turn);
    turn.state = { ...turn.state, wake: nextWake(turn.state, around.plan, around.now) };
    return endTurn(turn, before);
  },
  wakeAt: (state) => state.wake ?? undefined,
};
