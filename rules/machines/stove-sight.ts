/** What follows from the stove guard's memory alone: pure questions, with no decision in them. */
import { devicesByRole, type HomePlan, type PlannedDevice } from "../../protocol/home.ts";
import { after, type Duration, type Instant, instant } from "../../protocol/time.ts";
import { type Cooking, type CutReason, freshFor, type StoveState } from "./stove-state.ts";

/** What flows: `unknown` is never taken for `low`. */
export type Flow = "flowing" | "low" | "unknown";

/** The devices that switch the stove. Without one the guard has nothing to guard. */
export function relaysOf(plan: HomePlan): readonly PlannedDevice[] {
  return devicesByRole(plan, "stove-relay");
}

/** The devices that measure the stove's power. */
export function metersOf(plan: HomePlan): readonly PlannedDevice[] {
  return devicesByRole(plan, "stove-meter");
}

function relayFlow(state: StoveState, plan: HomePlan): Flow {
  const readings = relaysOf(plan).map((relay) => state.relays[relay.id]);
  if (readings.some((reading) => reading?.on === true)) return "flowing";
  return readings.every((reading) => reading?.on === false) ? "low" : "unknown";
}

/** Whether power flows: by the meters, and without any by the relays. */
export function flowOf(state: StoveState, plan: HomePlan): Flow {
  const meters = metersOf(plan);
  if (meters.length === 0) return relayFlow(state, plan);
  const readings = meters.map((meter) => state.meters[meter.id]?.watts);
  const limit = plan.stove.onAboveWatts;
  if (readings.some((watts) => watts !== undefined && watts > limit)) return "flowing";
  return readings.some((watts) => watts === undefined) ? "unknown" : "low";
}

/** Whether every relay was read as off, whoever switched it. */
export function relaysOff(state: StoveState, plan: HomePlan): boolean {
  return relayFlow(state, plan) === "low";
}

/** Whether power was read as flowing after every relay had been read as off. */
export function flowsAgainstRelay(state: StoveState, plan: HomePlan): boolean {
  if (!relaysOff(state, plan)) return false;
  const limit = plan.stove.onAboveWatts;
  const openedAt = Math.max(...Object.values(state.relays).map((reading) => reading.at));
  return Object.values(state.meters).some(({ watts, at }) => watts > limit && at > openedAt);
}

/** Whether some relay was read as on. */
export function relayOn(state: StoveState, plan: HomePlan): boolean {
  return relayFlow(state, plan) === "flowing";
}

function movingNow(state: StoveState, id: string): boolean {
  return state.seen[id]?.moving === true && !state.stuck.includes(id);
}

/** Whether a sensor that can be trusted says that somebody moves in the kitchen. */
export function somebodyMoves(state: StoveState, plan: HomePlan): boolean {
  return devicesByRole(plan, "kitchen-motion").some((sensor) => movingNow(state, sensor.id));
}

/** Whether a sensor that can be trusted says that somebody moves anywhere. */
export function anybodyMoves(state: StoveState): boolean {
  return Object.keys(state.seen).some((id) => movingNow(state, id));
}

/** Whether no presence sensor can be trusted now. A home without one is told so by its module. */
export function presenceBlind(state: StoveState, plan: HomePlan): boolean {
  return devicesByRole(plan, "kitchen-motion").every(
    (sensor) => state.stuck.includes(sensor.id) || state.silent.includes(sensor.id),
  );
}

/**
 * The last trustworthy presence. What a stuck sensor said is forgotten: nobody knows since when it
 * lied.
 */
export function presenceAt(state: StoveState, cooking: Cooking, plan: HomePlan): Instant {
  let last = cooking.touchedAt;
  for (const sensor of devicesByRole(plan, "kitchen-motion")) {
    const seen = state.seen[sensor.id];
    if (seen !== undefined && !state.stuck.includes(sensor.id) && seen.at > last) last = seen.at;
  }
  return last;
}

/** A rule and the instant from which it wants the stove cut. */
export interface Due {
  readonly because: CutReason;
  readonly at: Instant;
}

/** When each rule wants the stove cut, earliest first. Presence and hold move or remove entries. */
export function dues(state: StoveState, cooking: Cooking, plan: HomePlan): readonly Due[] {
  const { stove } = plan;
  const list: Due[] = [
    { because: "total", at: after(cooking.onAt, stove.total) },
    { because: "untouched", at: after(cooking.touchedAt, stove.untouched) },
  ];
  if (!somebodyMoves(state, plan)) {
    const absent = after(presenceAt(state, cooking, plan), stove.absence);
    const held = cooking.holdUntil ?? absent;
    list.push({ because: "absence", at: instant(Math.max(held, absent)) });
  }
  if (state.leftAt !== null && !anybodyMoves(state)) {
    list.push({ because: "left-home", at: after(state.leftAt, stove.leftHome) });
  }
  return list.sort((one, other) => one.at - other.at);
}

/**
 * Whether the rules may act on what is known of the power. A stove that rested before the readings
 * were lost gets a moment for its first reading; every other unread stove is taken for hot.
 */
export function mayBeHot(state: StoveState, cooking: Cooking, plan: HomePlan): boolean {
  const flow = flowOf(state, plan);
  return flow === "flowing" || (flow === "unknown" && cooking.lowSince === null);
}

/** Whether the reading is younger than `length` at `now`. */
export function isFresh(at: Instant, now: Instant, length: Duration): boolean {
  return now <= after(at, length);
}

/** Why a reset is refused at `now`; null when the stove may be given back. */
export function resetRefusal(state: StoveState, plan: HomePlan, now: Instant): string | null {
  if (Object.keys(state.hazards).length > 0) return "hazard";
  const offAtPlug = state.phase === "off" && relaysOff(state, plan);
  if (state.phase !== "proved-off" && !offAtPlug) return state.phase;
  if (flowOf(state, plan) !== "low") return "unknown";
  const meters = metersOf(plan);
  const readings =
    meters.length > 0
      ? meters.map((meter) => state.meters[meter.id]?.at)
      : relaysOf(plan).map((relay) => state.relays[relay.id]?.at);
  const fresh = readings.every((at) => at !== undefined && isFresh(at, now, freshFor));
  return fresh ? null : "stale";
}
