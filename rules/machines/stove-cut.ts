/** Cutting the stove, proving it off, trying for ever when it is not, and giving it back. */
import { after, type Duration, type Instant, milliseconds, seconds } from "../../protocol/time.ts";
import { flowOf, metersOf, relayOn, relaysOf, relaysOff, resetRefusal } from "./stove-sight.ts";
import {
  type CutReason,
  freshFor,
  type Latch,
  restAfter,
  type StoveState,
  settleFor,
  unguardedAfter,
} from "./stove-state.ts";
import { askRelays, enter, raise, type StoveTurn } from "./stove-turn.ts";

/** Ours: a plug answers within a second; three tries fit in before the stove becomes an alarm. */
export const notOffAfter = seconds(5);

/**
 * Pace of the tries: fast while seconds count, then bounded, so that the radio stays free for
 * others.
 */
function pauseAfter(tries: number): Duration {
  if (tries <= 5) return milliseconds(1_500);
  return tries <= 20 ? seconds(5) : seconds(30);
}

/** A radio that is only starting gets longer: its absence says nothing of the stove yet. */
function alarmDue(turn: StoveTurn): Instant {
  const { now } = turn.around;
  return after(now, turn.state.radio.started ? notOffAfter : unguardedAfter);
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
  const { now, plan } = turn.around;
  // Power that flowed against an open relay before the cut will do so after it, too.
  const welded = turn.state.cooking?.relayTold === false && relaysOff(turn.state, plan);
  turn.state = { ...turn.state, cooking: null, warning: null, leftAt: null };
  enter(turn, "cut");
  tryCut(turn, {
    because,
    cutAt: now,
    tries: 0,
    tryAt: now,
    alarmAt: alarmDue(turn),
    alarmed: false,
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
  tryCut(turn, { ...latch, cutAt: now, tries: 0, alarmAt, alarmed: false });
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
 * Off is proved by what was read after the cut: every relay off, and every meter low. A stove that
 * flowed against its open relay may rest in its thermostat: it must stay low for longer than that.
 */
function isProved(state: StoveState, latch: Latch, turn: StoveTurn): boolean {
  const { plan } = turn.around;
  for (const { id } of relaysOf(plan)) {
    const reading = state.relays[id];
    if (reading === undefined || reading.on || reading.at <= latch.cutAt) return false;
  }
  for (const { id } of metersOf(plan)) {
    const reading = state.meters[id];
    if (reading === undefined || reading.at <= latch.cutAt) return false;
    if (reading.watts > plan.stove.onAboveWatts) return false;
    if (latch.flowedAt !== null && reading.at < after(latch.flowedAt, restAfter)) return false;
  }
  return true;
}

/** Remembers power that flows although the relay had its time to open. */
export function noteFlow(turn: StoveTurn): void {
  const { state, around } = turn;
  const { latch } = state;
  if (latch === null || around.now <= after(latch.cutAt, settleFor)) return;
  if (metersOf(around.plan).length === 0 || flowOf(state, around.plan) !== "flowing") return;
  if (state.phase === "proved-off") return;
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
  turn.state = {
    ...turn.state,
    latch: { ...latch, saidOff: true, alarmed: false, flowedAt: null },
  };
}

function notProved(turn: StoveTurn, latch: Latch): void {
  const { now } = turn.around;
  let next = latch;
  if (!latch.alarmed && now >= latch.alarmAt) {
    enter(turn, "not-off");
    next = { ...latch, alarmed: true, saidOff: false };
    turn.effects.push({ kind: "announce", key: "stove-not-off", words: {} });
    raise(turn, "stove-not-off", now > after(latch.alarmAt, notOffAfter));
    turn.why.push("not proved off in time: alarm");
  }
  turn.state = { ...turn.state, latch: next };
  if (now >= next.tryAt) tryCut(turn, next);
}

/** What a latched stove needs now: proof, another try, the alarm, or a new cut. */
export function prove(turn: StoveTurn, latch: Latch): void {
  const { state, around } = turn;
  if (state.phase !== "proved-off") {
    if (isProved(state, latch, turn)) proved(turn, latch);
    else notProved(turn, latch);
  } else if (relayOn(state, around.plan)) relapsed(turn, latch, "the relay was switched on");
  else if (flowOf(state, around.plan) === "flowing") relapsed(turn, latch, "power flows");
}

/**
 * Gives the stove back after a deliberate local act; refuses, and says why, while that is not safe.
 */
export function reset(turn: StoveTurn): void {
  const { state, around } = turn;
  const refusal = resetRefusal(state, around.plan, around.now);
  if (refusal !== null) {
    turn.effects.push({
      kind: "announce",
      key: "stove-reset-refused",
      words: { because: refusal },
    });
    askRelays(turn);
    turn.why.push(`reset refused: ${refusal}`);
    return;
  }
  for (const { id } of relaysOf(around.plan)) {
    turn.effects.push({ kind: "give-power", device: id });
  }
  // The relay was read before it was closed again: that reading would soon look like a hand's
  // doing.
  turn.state = { ...state, latch: null, relays: {} };
  enter(turn, "off");
  askRelays(turn);
  turn.why.push(`reset by hand: power was low within ${freshFor / 60_000} min`);
}
