/** What follows from the stove guard's memory alone: pure questions, with no decision in them. */
import {
  deviceById,
  devicesByRole,
  type HomePlan,
  type PlannedDevice,
} from "../../protocol/home.ts";
import { after, type Duration, type Instant, instant, milliseconds } from "../../protocol/time.ts";
import {
  believedFor,
  type Cooking,
  type CutReason,
  freshFor,
  type Reading,
  type Seen,
  type StoveState,
} from "./stove-state.ts";

/** The home and the instant at which it is looked at. */
export interface Moment {
  readonly plan: HomePlan;
  readonly now: Instant;
}

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

/** The devices that must be read: relays and meters; most homes have one plug for both. */
export function readDevices(plan: HomePlan): readonly string[] {
  return [...new Set([...relaysOf(plan), ...metersOf(plan)].map(({ id }) => id))];
}

/** Whether the device is heard by radio. One that is not in the plan counts as such. */
export function isByRadio(plan: HomePlan, id: string): boolean {
  return deviceById(plan, id)?.byRadio !== false;
}

/** Whether some relay cannot be cut while the radio is away. */
export function needsRadio(plan: HomePlan): boolean {
  return relaysOf(plan).some((relay) => relay.byRadio);
}

/** How long the slowest relay may still read as before. */
export function settlingOf(plan: HomePlan): Duration {
  return milliseconds(Math.max(0, ...relaysOf(plan).map(({ settles = 0 }) => settles)));
}

/** Whether it was read at all, and so lately that it counts as known. */
export function isFresh(reading: Reading | undefined, now: Instant): boolean {
  return reading !== undefined && now < after(reading.at, freshFor);
}

/** "Off" grows old like every reading; "on" does not: what is old is never the safer thing. */
function relayFlow(state: StoveState, { plan, now }: Moment): Flow {
  const readings = relaysOf(plan).map((relay) => state.relays[relay.id]);
  if (readings.some((reading) => reading?.on === true)) return "flowing";
  return readings.every((reading) => isFresh(reading, now)) ? "low" : "unknown";
}

/** Whether power flows: by the meters, and without any by the relays. */
export function flowOf(state: StoveState, moment: Moment): Flow {
  const { plan, now } = moment;
  const meters = metersOf(plan);
  if (meters.length === 0) return relayFlow(state, moment);
  const watts = meters.map(({ id }) => {
    const reading = state.meters[id];
    return reading !== undefined && isFresh(reading, now) ? reading.watts : undefined;
  });
  const limit = plan.stove.onAboveWatts;
  if (watts.some((each) => each !== undefined && each > limit)) return "flowing";
  return watts.includes(undefined) ? "unknown" : "low";
}

/** Whether every relay was lately read as off, whoever switched it. */
export function relaysOff(state: StoveState, moment: Moment): boolean {
  return relayFlow(state, moment) === "low";
}

/** Whether power was read as flowing after every relay had been read as off. */
export function flowsAgainstRelay(state: StoveState, moment: Moment): boolean {
  if (!relaysOff(state, moment)) return false;
  const limit = moment.plan.stove.onAboveWatts;
  const openedAt = Math.max(...Object.values(state.relays).map((reading) => reading.at));
  return Object.values(state.meters).some(({ watts, at }) => watts > limit && at > openedAt);
}

/** Whether some relay was read as on. */
export function relayOn(state: StoveState, moment: Moment): boolean {
  return relayFlow(state, moment) === "flowing";
}

/** Whether what a sensor said last still counts as somebody moving. */
export function isBelieved({ at, moving }: Seen, now: Instant): boolean {
  return moving && now < after(at, believedFor);
}

function movingNow(state: StoveState, id: string, now: Instant): boolean {
  const last = state.seen[id];
  return last !== undefined && isBelieved(last, now) && !state.stuck.includes(id);
}

/** Whether a sensor that can be trusted says that somebody moves in the kitchen. */
export function somebodyMoves(state: StoveState, { plan, now }: Moment): boolean {
  return devicesByRole(plan, "kitchen-motion").some(({ id }) => movingNow(state, id, now));
}

/** Whether a sensor that can be trusted says that somebody moves anywhere. */
export function anybodyMoves(state: StoveState, now: Instant): boolean {
  return Object.keys(state.seen).some((id) => movingNow(state, id, now));
}

/** Whether no presence sensor can be trusted now. A home without one is told so by its module. */
export function presenceBlind(state: StoveState, plan: HomePlan): boolean {
  return devicesByRole(plan, "kitchen-motion").every(
    (sensor) => state.stuck.includes(sensor.id) || state.silent.includes(sensor.id),
  );
}

/**
 * When somebody was last seen in the kitchen, or `from` when nobody was since. What a stuck sensor
 * said is forgotten: nobody knows since when it lied.
 */
export function lastSeen(state: StoveState, plan: HomePlan, from: Instant): Instant {
  let last = from;
  for (const sensor of devicesByRole(plan, "kitchen-motion")) {
    const seen = state.seen[sensor.id];
    if (seen !== undefined && !state.stuck.includes(sensor.id) && seen.at > last) last = seen.at;
  }
  return last;
}

/** The last trustworthy presence: somebody was seen, or touched the stove. */
export function presenceAt(state: StoveState, cooking: Cooking, plan: HomePlan): Instant {
  return lastSeen(state, plan, cooking.touchedAt);
}

/** A rule and the instant from which it wants the stove cut. */
export interface Due {
  readonly because: CutReason;
  readonly at: Instant;
}

/** When each rule wants the stove cut, earliest first. Presence and hold move or remove entries. */
export function dues(state: StoveState, cooking: Cooking, moment: Moment): readonly Due[] {
  const { plan, now } = moment;
  const { stove } = plan;
  const list: Due[] = [
    { because: "total", at: after(cooking.onAt, stove.total) },
    { because: "untouched", at: after(cooking.touchedAt, stove.untouched) },
  ];
  if (!somebodyMoves(state, moment)) {
    const absent = after(presenceAt(state, cooking, plan), stove.absence);
    const held = cooking.holdUntil ?? absent;
    list.push({ because: "absence", at: instant(Math.max(held, absent)) });
  }
  if (state.leftAt !== null && !anybodyMoves(state, now)) {
    list.push({ because: "left-home", at: after(state.leftAt, stove.leftHome) });
  }
  return list.sort((one, other) => one.at - other.at);
}

/**
 * Whether the rules may act on what is known of the power. A stove that rested before the readings
 * were lost gets a moment for its first reading; every other unread stove is taken for hot.
 */
export function mayBeHot(state: StoveState, cooking: Cooking, moment: Moment): boolean {
  const flow = flowOf(state, moment);
  return flow === "flowing" || (flow === "unknown" && cooking.lowSince === null);
}

/** Why a reset is refused, and by which device, where it is one device's doing. */
export interface Refusal {
  readonly because: string;
  readonly device?: string;
}

/** Why a reset is refused now; null when the stove may be given back. */
export function resetRefusal(state: StoveState, moment: Moment): Refusal | null {
  const [device] = Object.keys(state.hazards);
  if (device !== undefined) return { because: "hazard", device };
  const offAtPlug = state.phase === "off" && relaysOff(state, moment);
  if (state.phase !== "proved-off" && !offAtPlug) return { because: state.phase };
  return flowOf(state, moment) === "low" ? null : { because: "unknown" };
}
