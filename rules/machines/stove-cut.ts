/** Cutting the stove, proving it off, trying for ever when it is not, and giving it back. */
import { deviceById } from "../../protocol/home.ts";
import { after, type Duration, type Instant, milliseconds, seconds } from "../../protocol/time.ts";
import { stands } from "./stove-danger.ts";
import {
  flowOf,
  metersOf,
  needsRadio,
  type Refusal,
  relayOn,
  relaysOf,
  relaysOff,
  resetRefusal,
  settlingOf,
} from "./stove-sight.ts";
import {
  type CutReason,
  freshFor,
  type Latch,
  restAfter,
  settleFor,
  unguardedAfter,
} from "./stove-state.ts";
import { askRelays, enter, type StoveTurn } from "./stove-turn.ts";

/** Ours: a plug answers within a second; three tries fit in before the stove becomes an alarm. */
const notOffAfter = seconds(5);

/**
 * Pace of the tries: fast while seconds count, then bounded, so that the radio stays free for
 * others.
 */
function pauseAfter(tries: number): Duration {
  if (tries <= 5) return milliseconds(1_500);
  return tries <= 20 ? seconds(5) : seconds(30);
}

/** From when a relay that can be reached, and is still not read as off, is an alarm. */
export function reachedDue({ around }: StoveTurn): Instant {
  return after(after(around.now, settlingOf(around.plan)), notOffAfter);
}

/** A radio that is only starting gets longer: its absence says nothing of the stove yet. */
function alarmDue(turn: StoveTurn): Instant {
  const { now, plan } = turn.around;
  const starting = needsRadio(plan) && !turn.state.radio.started;
  return starting ? after(now, unguardedAfter) : reachedDue(turn);
}

/** Every try asks the plug itself; every second one asks by group, too. */
function tryCut(turn: StoveTurn, latch: Latch): void {
  const { now, plan } = turn.around;
  const tries = latch.tries + 1;
  for (const { id } of relaysOf(plan)) {
    turn.effects.push({ kind: "cut-power", device: id, way: "direct" });
    if (tries % 2 === 0) turn.effects.push({ kind: "cut-power", device: id, way: "group" });
  }
  askRelays(turn);
  const tryAt = after(now, pauseAfter(tries));
  turn.state = { ...turn.state, latch: { ...latch, tries, tryAt } };
}

/** Cuts and latches. The act comes first; telling comes after it (invariant 1). */
export function cut(turn: StoveTurn, because: CutReason): void {
  const { now } = turn.around;
  // Power that flowed against an open relay before the cut will do so after it, too.
  const welded = turn.state.cooking?.relayTold === false && relaysOff(turn.state, turn.around);
  turn.state = { ...turn.state, cooking: null, rested: null, warning: null, leftAt: null };
  enter(turn, "cut");
  tryCut(turn, {
    because,
    cutAt: now,
    tries: 0,
    tryAt: now,
    alarmAt: alarmDue(turn),
    flowedAt: welded ? now : null,
    saidOff: false,
  });
  turn.effects.push({ kind: "announce", key: "stove-cut", words: { because } });
  turn.why.push(`cut: ${because}`);
}

/** Cuts a latched stove again and starts its proof anew. Says nothing: a restart does it, too. */
export function cutAgain(turn: StoveTurn, latch: Latch, why: string): void {
  const { now } = turn.around;
  enter(turn, "cut");
  const alarmAt = alarmDue(turn);
  tryCut(turn, { ...latch, cutAt: now, tries: 0, alarmAt });
  turn.why.push(`cut again: ${why}`);
}

/**
 * A stove that was proved off and is on again: somebody switched it at the plug, or it is welded.
 */
function relapsed(turn: StoveTurn, latch: Latch, why: string): void {
  cutAgain(turn, { ...latch, saidOff: false }, why);
  turn.effects.push({ kind: "announce", key: "stove-cut", words: { because: latch.because } });
}

/**
 * Off is proved by what was lately read after the cut: every relay off, and every meter low. A
 * stove that flowed against its open relay may rest in its thermostat: it must stay low for longer.
 */
function isProved(turn: StoveTurn, latch: Latch): boolean {
  const { state, around } = turn;
  if (!relaysOff(state, around) || flowOf(state, around) !== "low") return false;
  const meters = Object.values(state.meters);
  const readings = [...Object.values(state.relays), ...meters];
  if (readings.some(({ at }) => at <= latch.cutAt)) return false;
  const { flowedAt } = latch;
  return flowedAt === null || meters.every(({ at }) => at >= after(flowedAt, restAfter));
}

/** Remembers power that flows although the relay had its time to open. */
export function noteFlow(turn: StoveTurn): void {
  const { state, around } = turn;
  const { latch } = state;
  if (latch === null || state.phase === "proved-off") return;
  if (around.now <= after(after(latch.cutAt, settlingOf(around.plan)), settleFor)) return;
  if (metersOf(around.plan).length === 0 || flowOf(state, around) !== "flowing") return;
  turn.state = { ...state, latch: { ...latch, flowedAt: around.now } };
}

function proved(turn: StoveTurn, latch: Latch): void {
  enter(turn, "proved-off");
  const metered = metersOf(turn.around.plan).length > 0;
  turn.why.push(metered ? "proved off by relay and power" : "proved off by relay; not metered");
  if (!latch.saidOff) {
    const words = { because: latch.because, metered: metered ? "yes" : "no" };
    turn.effects.push({ kind: "announce", key: "stove-proved-off", words });
  }
  turn.state = { ...turn.state, latch: { ...latch, saidOff: true, flowedAt: null } };
}

/** The time for the proof is over: said once for each cut, and an alarm until a person ended it. */
function overdue(turn: StoveTurn, latch: Latch): Latch {
  const { now } = turn.around;
  if (turn.state.phase !== "not-off") {
    enter(turn, "not-off");
    turn.effects.push({ kind: "announce", key: "stove-not-off", words: {} });
    turn.why.push("not proved off in time");
  }
  stands(turn, "notOff", now > after(latch.alarmAt, notOffAfter));
  return { ...latch, saidOff: false };
}

function notProved(turn: StoveTurn, latch: Latch): void {
  const { now } = turn.around;
  const next = now >= latch.alarmAt ? overdue(turn, latch) : latch;
  turn.state = { ...turn.state, latch: next };
  if (now >= next.tryAt) tryCut(turn, next);
}

/** What a latched stove needs now: proof, another try, the alarm, or a new cut. */
export function prove(turn: StoveTurn, latch: Latch): void {
  const { state, around } = turn;
  if (state.phase !== "proved-off") {
    if (isProved(turn, latch)) proved(turn, latch);
    else notProved(turn, latch);
  } else if (relayOn(state, around)) relapsed(turn, latch, "the relay was switched on");
  else if (flowOf(state, around) === "flowing") relapsed(turn, latch, "power flows");
}

function refuse(turn: StoveTurn, { because, device }: Refusal): void {
  const place = device === undefined ? {} : placeOf(turn, device);
  const words = { because, ...place };
  turn.effects.push({ kind: "announce", key: "stove-reset-refused", words });
  askRelays(turn);
  turn.why.push(`reset refused: ${Object.values(words).join(", ")}`);
}

/** What somebody must look for: the device, and where it is. */
function placeOf(turn: StoveTurn, device: string): Readonly<Record<string, string>> {
  const room = deviceById(turn.around.plan, device)?.room;
  return room === undefined ? { device } : { device, room };
}

/**
 * Gives the stove back after a deliberate local act; refuses, and says why, while that is not safe.
 */
export function reset(turn: StoveTurn): void {
  const { state, around } = turn;
  const refusal = resetRefusal(state, around);
  if (refusal !== null) {
    refuse(turn, refusal);
    return;
  }
  for (const { id } of relaysOf(around.plan)) {
    turn.effects.push({ kind: "give-power", device: id });
  }
  // The relay was read before it was closed again: that reading would soon look like a hand's
  // doing.
  turn.state = { ...state, latch: null, rested: null, relays: {} };
  enter(turn, "off");
  askRelays(turn);
  turn.why.push(`reset by hand: power was low within ${freshFor / 60_000} min`);
}
