/** What the stove guard remembers, and what follows from it alone: plain data and pure questions. */
import { devicesByRole, type HomePlan, type PlannedDevice } from "../../protocol/home.ts";
import {
  after,
  type Duration,
  type Instant,
  instant,
  minutes,
  seconds,
} from "../../protocol/time.ts";

/** Where the guard stands. `unknown`: nothing was read since the start, or the plug fell silent. */
export type StovePhase =
  | "unknown"
  | "off"
  | "on"
  | "unattended"
  | "warned"
  | "cut"
  | "proved-off"
  | "not-off";

/** Why the stove was cut. */
export type CutReason =
  | "absence"
  | "left-home"
  | "untouched"
  | "total"
  | "smoke"
  | "heat"
  | "after-gap";

/** The last that a motion sensor said. */
export interface Seen {
  readonly at: Instant;
  readonly moving: boolean;
}

export interface RelayReading {
  readonly at: Instant;
  readonly on: boolean;
}

export interface MeterReading {
  readonly at: Instant;
  readonly watts: number;
}

/** From switching on until the stove has rested: one cooking. */
export interface Cooking {
  readonly onAt: Instant;
  /** The last deliberate act: switched on, "I am here", hold. It is presence, too. */
  readonly touchedAt: Instant;
  /** The last reading that showed power. A relay read as off before that says nothing of now. */
  readonly hotAt: Instant;
  /** Since when the power has been low; null while it flows. */
  readonly lowSince: Instant | null;
  /** The gateway was away for an unknown time while the power rested: its deadlines are overdue. */
  readonly missed: boolean;
  /** Until when the absence rule waits (oven hold). */
  readonly holdUntil: Instant | null;
}

export interface Warning {
  readonly because: CutReason;
  readonly cutAt: Instant;
}

/** A cut stove. It stays cut over restart and power return until a deliberate local reset. */
export interface Latch {
  readonly because: CutReason;
  /** When it was cut last; readings that are not younger prove nothing. */
  readonly cutAt: Instant;
  readonly tries: number;
  readonly tryAt: Instant;
  /** When a stove that is not proved off becomes an alarm. */
  readonly alarmAt: Instant;
  readonly alarmed: boolean;
  /** Power last seen flowing although the relay had time to open: it is welded, or lies. */
  readonly flowedAt: Instant | null;
  /** Whether "the stove is off" was said for this cut, so that a restart does not say it again. */
  readonly saidOff: boolean;
}

/** The radio as the guard knows it. While it is not ready nothing can be cut. */
export interface RadioView {
  readonly ready: boolean;
  /** False until the radio was ready once since the start. */
  readonly started: boolean;
  readonly at: Instant;
  readonly alarmed: boolean;
}

export interface StoveState {
  readonly phase: StovePhase;
  readonly since: Instant;
  readonly relays: Readonly<Record<string, RelayReading>>;
  readonly meters: Readonly<Record<string, MeterReading>>;
  /** Motion sensors of every room. One that fell silent no longer counts as moving. */
  readonly seen: Readonly<Record<string, Seen>>;
  /** Devices that supervision found stuck, and silent or missing. */
  readonly stuck: readonly string[];
  readonly silent: readonly string[];
  /** Smoke and heat detectors that say "present", with what they sense. */
  readonly hazards: Readonly<Record<string, "smoke" | "heat">>;
  readonly doorsOpen: readonly string[];
  /** When a front door was last closed, until motion anywhere shows that somebody stayed. */
  readonly leftAt: Instant | null;
  readonly unknownSince: Instant | null;
  readonly cooking: Cooking | null;
  readonly warning: Warning | null;
  readonly latch: Latch | null;
  readonly radio: RadioView;
  readonly signal: "none" | "warning" | "alarm";
  readonly wake: Instant | null;
}

/**
 * Power is low this long before a cooking counts as over. Ours: an oven's thermostat rests for some
 * minutes; were each rest an end, each return of power would pass for a hand at the knob.
 */
export const restAfter = minutes(10);
/** Ours: somebody seen within the last minute is at the stove. */
export const attendedFor = minutes(1);
/** Ours: how long the guard waits for a first reading before it takes an unread stove for hot. */
export const readingGrace = minutes(1);
/** How old a reading may be when the stove is given back; the longest silence of a mains device. */
export const freshFor = minutes(10);
/** Ours: how long an interrupted radio may leave a hot stove without a guard before it is an alarm. */
export const unguardedAfter = minutes(1);
/** Ours: how long an opening relay and a report on its way may still show power after a cut. */
export const settleFor = seconds(3);

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

/** When power was last read as flowing, by the readings in force. */
export function hotReadAt(state: StoveState, plan: HomePlan): Instant {
  const limit = plan.stove.onAboveWatts;
  const hot = [
    ...Object.values(state.meters).filter((reading) => reading.watts > limit),
    ...(metersOf(plan).length > 0 ? [] : Object.values(state.relays)),
  ];
  return instant(Math.max(0, ...hot.map((reading) => reading.at)));
}

/** Whether every relay was read as off since power was last seen: switched off at the plug. */
export function offSince(state: StoveState, hotAt: Instant, plan: HomePlan): boolean {
  const read = relaysOf(plan).map((relay) => state.relays[relay.id]);
  return read.every((reading) => reading?.on === false && reading.at > hotAt);
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

/** The last trustworthy presence. What a stuck sensor said is forgotten: nobody knows since when it lied. */
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
