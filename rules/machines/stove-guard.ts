/**
 * The stove guard: a forgotten stove is cut, proved off, and stays off until somebody deliberately
 * resets it. Presence and timers only; it is no guard after EN 50615, which measures at the hob.
 */
import { after } from "../../protocol/time.ts";
import { type Machine, type Surroundings, unchanged } from "../machine.ts";
import { follow } from "./stove-cooking.ts";
import { cut, prove } from "./stove-cut.ts";
import { passed, sayUnguarded, stands } from "./stove-danger.ts";
import { stoveDropping } from "./stove-dropped.ts";
import { hear } from "./stove-hear.ts";
import { stoveManifest } from "./stove-manifest.ts";
import {
  dues,
  mayBeHot,
  needsRadio,
  presenceAt,
  relaysOf,
  relaysOff,
  somebodyMoves,
} from "./stove-sight.ts";
import {
  attendedFor,
  type Cooking,
  type CutReason,
  initialStove,
  type StoveState,
  unguardedAfter,
} from "./stove-state.ts";
import { beginTurn, endTurn, enter, type StoveTurn } from "./stove-turn.ts";
import { askInTime, nextWake } from "./stove-wake.ts";

/** Whether somebody is at the stove, as far as the guard can tell. */
function settle(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const seenUntil = after(presenceAt(state, cooking, around.plan), attendedFor);
  const attended = somebodyMoves(state, around) || around.now < seenUntil;
  enter(turn, attended ? "on" : "unattended");
}

/**
 * Warns, takes the warning back, or cuts: on level, so that an edge that got lost changes nothing.
 */
function guard(turn: StoveTurn, cooking: Cooking): void {
  const { state, around } = turn;
  const { warning } = state;
  if (cooking.missed && mayBeHot(state, cooking, around)) {
    cut(turn, "after-gap");
    return;
  }
  const all = dues(state, cooking, around).filter((rule) => around.now >= rule.at);
  // What was warned of may be settled while another rule is due: then that one is the reason.
  const due = all.find((rule) => rule.because === warning?.because) ?? all[0];
  if (due === undefined) {
    if (warning !== null) turn.why.push("somebody is there: warning taken back");
    turn.state = { ...state, warning: null };
    settle(turn, cooking);
  } else if (warning !== null) {
    // Power that rests meanwhile changes nothing: a thermostat does that, too.
    if (around.now >= warning.cutAt) cut(turn, due.because);
  } else if (mayBeHot(state, cooking, around)) warn(turn, due.because);
  else settle(turn, cooking);
}

function warn(turn: StoveTurn, because: CutReason): void {
  const { now, plan } = turn.around;
  turn.state = { ...turn.state, warning: { because, cutAt: after(now, plan.stove.preAlarm) } };
  enter(turn, "warned");
  turn.effects.push({ kind: "announce", key: "stove-unattended", words: { because } });
  turn.why.push(`warning: ${because}`);
}

/** A stove that may be used: by what is known of its power, of fire, and of who is there. */
function watch(turn: StoveTurn): void {
  follow(turn);
  const { state, around } = turn;
  const { cooking } = state;
  const [hazard] = Object.values(state.hazards);
  // Power that no meter tells feeds a fire, too: only a relay that lately said "off" is left alone.
  const isFed = cooking !== null || !relaysOff(state, around);
  if (hazard !== undefined && isFed) cut(turn, hazard);
  else if (cooking !== null) guard(turn, cooking);
}

/** A stove that may be hot and that nobody can cut is an alarm when the radio stays away. */
function watchRadio(turn: StoveTurn): void {
  const { latch, radio } = turn.state;
  const { now, plan } = turn.around;
  if (radio.ready || latch !== null || !needsRadio(plan)) {
    passed(turn, "unguarded");
    return;
  }
  const due = after(radio.at, unguardedAfter);
  if (now < due) return;
  sayUnguarded(turn);
  stands(turn, "unguarded", now > after(due, unguardedAfter));
}

function decide(turn: StoveTurn): void {
  askInTime(turn);
  const { latch } = turn.state;
  if (latch === null) watch(turn);
  else prove(turn, latch);
  const { phase } = turn.state;
  // Nothing but the proof, or a hand, ends this danger; a cut that is being proved again does not.
  if (phase !== "cut" && phase !== "not-off") passed(turn, "notOff");
  watchRadio(turn);
}

/** A stove that left the plan: nothing of it is due. Its latch stays, should it come back. */
function asleep(state: StoveState): StoveState {
  return state.wake === null ? state : { ...state, wake: null };
}

/** The machine. */
export const stoveGuard: Machine<StoveState> = {
  manifest: stoveManifest,
  initial: initialStove,
  step(before: StoveState, event, around: Surroundings) {
    if (relaysOf(around.plan).length === 0) return unchanged(asleep(before));
    const turn = beginTurn(before, event, around);
    if (!hear(turn)) return unchanged(before);
    decide(turn);
    turn.state = { ...turn.state, wake: nextWake(turn.state, around) };
    return endTurn(turn, before);
  },
  dropping: stoveDropping,
  wakeAt: (state) => state.wake ?? undefined,
};
