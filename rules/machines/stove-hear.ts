/** What the stove guard learns from each fact, before it decides. */
import { deviceById, hasRole } from "../../protocol/home.ts";
import { after, type Duration, type Instant, instant, minutes } from "../../protocol/time.ts";
import type { Fault, RuleEvent } from "../events.ts";
import { cut, cutAgain, noteFlow, reachedDue, reset } from "./stove-cut.ts";
import { alarmClosed, sayUnguarded } from "./stove-danger.ts";
import { stoveManifest } from "./stove-manifest.ts";
import { dues, isBelieved, isByRadio, isFresh, needsRadio } from "./stove-sight.ts";
import type { Cooking, StoveState } from "./stove-state.ts";
import { askRelays, type StoveTurn } from "./stove-turn.ts";

/**
 * Longest hold, in minutes: the timed hold of a guard on the market (CookStop, "hold" up to 99
 * min).
 */
export const holdMinutesMax = 99;

function added(all: readonly string[], id: string): readonly string[] {
  return all.includes(id) ? all : [...all, id];
}

/** The record with those entries alone that the test lets through. */
function only<Value>(
  all: Readonly<Record<string, Value>>,
  fits: (id: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([id]) => fits(id)));
}

function without<Value>(all: Readonly<Record<string, Value>>, id: string): Record<string, Value> {
  return only(all, (other) => other !== id);
}

/** Who moved when hearing ended was there until then; whether he still is, nobody heard. */
function seenBefore(
  { seen }: StoveState,
  ended: Instant,
  unheard: (id: string) => boolean,
): StoveState["seen"] {
  return Object.fromEntries(
    Object.entries(seen).map(([id, last]) => {
      if (!unheard(id)) return [id, last];
      return [id, { at: isBelieved(last, ended) ? ended : last.at, moving: false }];
    }),
  );
}

/**
 * What was read before the restart is no knowledge now, and a detector that left the plan will
 * never say that its smoke is gone. A cut stove is cut again without waiting for a reading; a
 * cooking whose deadlines passed unseen, or nobody knows, ends (invariants 5, 6, 7).
 */
function started(turn: StoveTurn, gapMs: number | null): void {
  const { now, plan } = turn.around;
  const { state } = turn;
  turn.state = {
    ...state,
    relays: {},
    meters: {},
    seen: seenBefore(state, instant(now - (gapMs ?? 0)), () => true),
    hazards: only(state.hazards, (id) => deviceById(plan, id) !== undefined),
    rested: gapMs === null ? null : state.rested,
    radio: { ready: false, started: false, at: now, said: false },
    unknownSince: null,
  };
  const { latch, cooking, warning } = turn.state;
  if (latch !== null) {
    cutAgain(turn, latch, "the gateway started");
    return;
  }
  askRelays(turn);
  if (cooking === null) return;
  if (cooking.lowSince !== null) {
    const missed = cooking.missed || gapMs === null;
    turn.state = { ...turn.state, cooking: { ...cooking, missed } };
    return;
  }
  const overdue = dues(turn.state, cooking, turn.around).some(
    (rule) => now >= after(rule.at, plan.stove.preAlarm),
  );
  const warnedOut = warning !== null && now >= warning.cutAt;
  if (gapMs === null || overdue || warnedOut) cut(turn, "after-gap");
}

function radioReady(turn: StoveTurn): void {
  const { now } = turn.around;
  turn.state = { ...turn.state, radio: { ready: true, started: true, at: now, said: false } };
  const { latch } = turn.state;
  askRelays(turn);
  if (latch === null || turn.state.phase === "proved-off") return;
  // The plug can be reached again: try at once, and count the seconds to the alarm from here.
  const alarmAt = instant(Math.min(latch.alarmAt, reachedDue(turn)));
  turn.state = { ...turn.state, latch: { ...latch, alarmAt, tryAt: now } };
}

/** What was heard by radio says nothing of now: somebody may use the stove meanwhile, or leave. */
function radioLost(turn: StoveTurn): void {
  const { state } = turn;
  const { now, plan } = turn.around;
  if (!state.radio.ready) return;
  const unheard = (id: string): boolean => isByRadio(plan, id);
  turn.state = {
    ...state,
    radio: { ...state.radio, ready: false, at: now },
    relays: only(state.relays, (id) => !unheard(id)),
    meters: only(state.meters, (id) => !unheard(id)),
    seen: seenBefore(state, now, unheard),
  };
  if (state.cooking !== null && needsRadio(plan)) sayUnguarded(turn);
}

/** A deliberate act at the stove or the tablet: presence, and a touch. */
function touched(turn: StoveTurn, cooking: Cooking, hold: Duration | null): void {
  const { now } = turn.around;
  const holdUntil = hold === null ? cooking.holdUntil : after(now, hold);
  turn.state = { ...turn.state, leftAt: null, cooking: { ...cooking, touchedAt: now, holdUntil } };
}

function held(turn: StoveTurn, count: number): void {
  const { cooking } = turn.state;
  const fits = count >= 1 && count <= holdMinutesMax;
  if (cooking === null || !fits) {
    turn.why.push(`hold of ${count} min refused`);
    return;
  }
  touched(turn, cooking, minutes(count));
  turn.why.push(`held for ${count} min`);
}

function moved(turn: StoveTurn, device: string, moving: boolean): void {
  const { state, around } = turn;
  const roles = deviceById(around.plan, device)?.roles ?? [];
  if (!roles.some((role) => role.endsWith("-motion"))) return;
  const last = state.seen[device] ?? { at: around.now, moving: false };
  // "Nobody moves", said again at a check-in, is no sign of anybody.
  if (!moving && !last.moving) return;
  // Nor is one that comes so late: it may be a check-in after the end itself was lost.
  const at = moving || isBelieved(last, around.now) ? around.now : last.at;
  const seen = { ...state.seen, [device]: { at, moving } };
  const stays = moving && !state.stuck.includes(device);
  turn.state = { ...state, seen, leftAt: stays ? null : state.leftAt };
}

function doorMoved(turn: StoveTurn, device: string, open: boolean): void {
  const { state, around } = turn;
  if (!hasRole(around.plan, device, "front-door")) return;
  const wasOpen = state.doorsOpen.includes(device);
  const others = state.doorsOpen.filter((id) => id !== device);
  if (open) turn.state = { ...state, doorsOpen: [...others, device], leftAt: null };
  // A door that reports "closed" again, as sensors do at check-in, was not used.
  else if (wasOpen) turn.state = { ...state, doorsOpen: others, leftAt: around.now };
}

/** What a silent device said last is no knowledge of now. */
function forget(state: StoveState, id: string): StoveState {
  const last = state.seen[id];
  return {
    ...state,
    silent: added(state.silent, id),
    relays: without(state.relays, id),
    meters: without(state.meters, id),
    seen: last === undefined ? state.seen : { ...state.seen, [id]: { ...last, moving: false } },
  };
}

function faultFound(turn: StoveTurn, fault: Fault): void {
  const { state } = turn;
  if (fault.what === "stuck") turn.state = { ...state, stuck: added(state.stuck, fault.subject) };
  if (isSilence(fault)) turn.state = forget(state, fault.subject);
}

/** A sensor that was stuck begins anew: the end of its lie is no sign of anybody either. */
function faultCleared(turn: StoveTurn, fault: Fault): void {
  const { state } = turn;
  const rest = (all: readonly string[]) => all.filter((id) => id !== fault.subject);
  if (fault.what === "stuck") {
    turn.state = { ...state, stuck: rest(state.stuck), seen: without(state.seen, fault.subject) };
  }
  if (isSilence(fault)) turn.state = { ...state, silent: rest(state.silent) };
}

function isSilence(fault: Fault): boolean {
  return fault.what === "silent" || fault.what === "missing";
}

/** A frame of a device that was silent: it speaks again, whatever supervision will say of it. */
function spoke(state: StoveState, device: string): StoveState {
  if (!state.silent.includes(device)) return state;
  return { ...state, silent: state.silent.filter((id) => id !== device) };
}

function deviceSaid(turn: StoveTurn, event: RuleEvent & { readonly device: string }): void {
  const { device } = event;
  const { plan, now } = turn.around;
  turn.state = spoke(turn.state, device);
  const { state } = turn;
  if (event.kind === "motion-sensed") moved(turn, device, event.moving);
  if (event.kind === "contact-sensed") doorMoved(turn, device, event.open);
  if (event.kind === "relay-read" && hasRole(plan, device, "stove-relay")) {
    // The first word of a plug after silence: its power follows, and gets its time from here.
    const first = state.unknownSince !== null && !isFresh(state.relays[device], now);
    turn.state = {
      ...state,
      unknownSince: first ? now : state.unknownSince,
      relays: { ...state.relays, [device]: { at: now, asked: false, on: event.on } },
    };
  }
  if (event.kind === "power-read" && hasRole(plan, device, "stove-meter")) {
    const reading = { at: now, asked: false, watts: event.watts };
    turn.state = { ...state, meters: { ...state.meters, [device]: reading } };
    noteFlow(turn);
  }
  if (event.kind === "hazard-sensed" && event.hazard !== "leak") {
    const others = without(state.hazards, device);
    const hazards = event.present ? { ...others, [device]: event.hazard } : others;
    turn.state = { ...state, hazards };
  }
}

/** The resident has the guard again: how the stove stands is asked, not guessed. */
function isBack(turn: StoveTurn): boolean {
  turn.state = { ...turn.state, phase: "unknown", since: turn.around.now };
  askRelays(turn);
  return true;
}

/** Takes a fact in. False for a fact that says nothing to the stove guard. */
export function hear(turn: StoveTurn): boolean {
  const { event } = turn;
  const { cooking, phase } = turn.state;
  switch (event.kind) {
    case "gateway-started":
      started(turn, event.gapMs);
      return true;
    case "radio-ready":
      radioReady(turn);
      return true;
    case "radio-lost":
      radioLost(turn);
      return true;
    case "motion-sensed":
    case "contact-sensed":
    case "hazard-sensed":
    case "relay-read":
    case "power-read":
      deviceSaid(turn, event);
      return true;
    case "presence-said":
      // Only while warned: a word from another room is no presence at the stove.
      if (cooking !== null && phase === "warned") touched(turn, cooking, null);
      return true;
    case "stove-reset-requested":
      reset(turn);
      return true;
    case "stove-hold-requested":
      held(turn, event.minutes);
      return true;
    case "fault-found":
      faultFound(turn, event.fault);
      return true;
    case "fault-cleared":
      faultCleared(turn, event.fault);
      return true;
    case "alarm-closed":
      return alarmClosed(turn, event.alarmId);
    case "module-switched":
      return event.module === stoveManifest.name && isBack(turn);
    case "deadline-reached":
      return true;
    default:
      return false;
  }
}
