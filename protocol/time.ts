/**
 * Time as Obhut uses it. `Instant` is gateway time: milliseconds on a clock that only moves forward
 * and is resumed from the journal after a restart. It is not wall time: a Raspberry Pi has no
 * battery clock.
 */

declare const instantMark: unique symbol;
declare const durationMark: unique symbol;

/** A point on gateway time, in milliseconds. */
export type Instant = number & { readonly [instantMark]: true };

/** A length of time in milliseconds. */
export type Duration = number & { readonly [durationMark]: true };

/** The instant `ms` milliseconds after the first start of this gateway. */
export const instant = (ms: number): Instant => ms as Instant;

/** A duration given in milliseconds. */
export const milliseconds = (count: number): Duration => count as Duration;

/** A duration given in seconds. */
export const seconds = (count: number): Duration => (count * 1_000) as Duration;

/** A duration given in minutes. */
export const minutes = (count: number): Duration => (count * 60_000) as Duration;

/** A duration given in hours. */
export const hours = (count: number): Duration => (count * 3_600_000) as Duration;

/** The instant `length` after `from`. */
export const after = (from: Instant, length: Duration): Instant => (from + length) as Instant;

/** How long it is from `from` to `to`; negative when `to` lies before `from`. */
export const between = (from: Instant, to: Instant): Duration => (to - from) as Duration;

/** The earliest of several deadlines; `undefined` entries are no deadline. */
export function earliest(...deadlines: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const deadline of deadlines) {
    if (deadline !== undefined && (first === undefined || deadline < first)) first = deadline;
  }
  return first;
}

/** Wall time in milliseconds since 1970 (UTC), with whether a time source has confirmed it. */
export interface WallTime {
  readonly wall_ms: number;
  readonly trusted: boolean;
}

/**
 * The hour at the home, and what is known of the day. `weekday` is ISO 8601: Monday 1 to Sunday 7;
 * `minute` of the day, 0 to 1439.
 */
export interface LocalTime {
  readonly weekday: number;
  readonly minute: number;
  /** Whether the day is a public holiday there; absent while nobody has said so. */
  readonly holiday?: boolean;
  /** The same of the day before: a night belongs to the day on which it began. */
  readonly holidayBefore?: boolean;
  /** Whether the resident is away; absent while nobody has said so. */
  readonly absent?: boolean;
}

const minutesPerDay = 1_440;

/**
 * The local time `length` after `from`, across midnight and the end of the week. Of another day it
 * is not known whether it is a holiday, but for the day before.
 */
export function laterLocal(from: LocalTime, length: Duration): LocalTime {
  const { weekday, minute, holiday, holidayBefore, ...same } = from;
  const total = minute + Math.floor(length / 60_000);
  const days = Math.floor(total / minutesPerDay);
  const today = days === 0 ? holiday : undefined;
  const before = days === 0 ? holidayBefore : days === 1 ? holiday : undefined;
  return {
    ...same,
    ...(today === undefined ? {} : { holiday: today }),
    ...(before === undefined ? {} : { holidayBefore: before }),
    weekday: ((((weekday - 1 + days) % 7) + 7) % 7) + 1,
    minute: total - days * minutesPerDay,
  };
}
