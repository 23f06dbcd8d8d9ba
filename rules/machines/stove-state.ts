/** What the stove guard remembers: plain data, and the times that it lives by. */
import { hours, type Instant, instant, minutes, seconds } from "../../protocol/time.ts";

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

/** When something was read, and whether it was asked for anew because that grows old. */
export interface Reading {
  readonly at: Instant;
  readonly asked: boolean;
}

/** How a relay said that it stands. */
export interface RelayReading extends Reading {
  readonly on: boolean;
}

/** What a meter measured. */
export interface MeterReading extends Reading {
  readonly watts: number;
}

/** From switching on until the stove has rested: one cooking. */
export interface Cooking {
  readonly onAt: Instant;
  /** The last deliberate act: switched on, "I am here", hold. It is presence, too. */
  readonly touchedAt: Instant;
  /**
   * Whether the relay's "off" means off: it was read as on, and power has not flowed against it
   * since. A welded relay says "off" all the time, and its word must not end a cooking.
   */
  readonly relayTold: boolean;
  /** Since when the power has been low; null while it flows. */
  readonly lowSince: Instant | null;
  /** The gateway was away for an unknown time while the power rested: its deadlines are overdue. */
  readonly missed: boolean;
  /** Until when the absence rule waits (oven hold). */
  readonly holdUntil: Instant | null;
}

/**
 * A cooking that ended because the power stayed low. When power returns and nobody was seen in the
 * kitchen meanwhile, it was a slow thermostat, and the same cooking goes on.
 */
export interface Rested {
  readonly cooking: Cooking;
  /** Since when the power has been low. */
  readonly since: Instant;
}

/** The warning in force: it ends in the cut, or is taken back. */
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
  /** Power last seen flowing although the relay had time to open: it is welded, or lies. */
  readonly flowedAt: Instant | null;
  /** Whether "the stove is off" was said for this cut, so that a restart does not say it again. */
  readonly saidOff: boolean;
}

/** The radio as the guard knows it. While it is not ready no radio plug can be cut. */
export interface RadioView {
  readonly ready: boolean;
  /** False until the radio was ready once since the start. */
  readonly started: boolean;
  readonly at: Instant;
  /** Whether it was said that nobody can cut the stove now. */
  readonly said: boolean;
}

/** The alarm about one danger: raised once, kept over restarts, and anew after it was closed. */
export interface Raised {
  readonly id: string;
  /** When a person closed it although the danger went on; null while it is open. */
  readonly closedAt: Instant | null;
}

/** The memory of the stove guard. */
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
  readonly rested: Rested | null;
  readonly warning: Warning | null;
  readonly latch: Latch | null;
  /** The alarms about a stove that is not proved off, and about one that nobody can cut. */
  readonly notOff: Raised | null;
  readonly unguarded: Raised | null;
  readonly radio: RadioView;
  readonly signal: "none" | "warning" | "alarm";
  readonly wake: Instant | null;
}

/**
 * Power is low this long before a cooking counts as over. Ours: an oven's thermostat rests for some
 * minutes; were each rest an end, each return of power would pass for a hand at the knob.
 */
export const restAfter = minutes(10);
/**
 * Ours: power that returns within an hour, and nobody was seen at the knob, comes from a
 * thermostat; a warm oven rests for a quarter of an hour and more.
 */
export const resumeWithin = hours(1);
/**
 * Ours: how long one "moving" is believed. Its end may have been lost on the air; a sensor in front
 * of which somebody goes on moving says so again, or rests for a moment.
 */
export const believedFor = minutes(15);
/** Ours: somebody seen within the last minute is at the stove. */
export const attendedFor = minutes(1);
/** Ours: how long the guard waits for a first reading before it takes an unread stove for hot. */
export const readingGrace = minutes(1);
/** How old a reading may be to count as known; the longest silence of a mains device. */
export const freshFor = minutes(10);
/** A reading is asked for anew this long before it is too old. */
export const askBefore = minutes(1);
/**
 * Ours: how long an interrupted radio may leave a hot stove without a guard before it is an alarm.
 */
export const unguardedAfter = minutes(1);
/** Ours: how long an opening relay and a report on its way may still show power after a cut. */
export const settleFor = seconds(3);

const start = instant(0);

/** The guard before it heard anything: nothing is known, and nothing is cut. */
export function initialStove(): StoveState {
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
    rested: null,
    warning: null,
    latch: null,
    notOff: null,
    unguarded: null,
    radio: { ready: false, started: false, at: start, said: false },
    signal: "none",
    wake: null,
  };
}
