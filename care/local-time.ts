/** The hour at a home, from wall time and the home's time zone. */
import { type Day, isHoliday, type Region } from "../protocol/holidays.ts";
import type { LocalTime } from "../protocol/time.ts";

const days: Readonly<Record<string, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

/** Whether the resident is away. It ends by itself, and nobody need think of it. */
export const isAbsent = (until_wall: number | null, wall_ms: number): boolean =>
  until_wall !== null && wall_ms < until_wall;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}

/** The calendar, not the clock: no hour of summer time can make it another day. */
function dayBefore({ year, month, day }: Day): Day {
  const before = new Date(Date.UTC(year, month - 1, day - 1));
  return {
    year: before.getUTCFullYear(),
    month: before.getUTCMonth() + 1,
    day: before.getUTCDate(),
  };
}

/** How far the clocks of a time zone are ahead of UTC, at this moment. */
function offsetMs(timeZone: string, wallMs: number): number {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(wallMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = Date.UTC(number("year"), number("month") - 1, number("day"));
  const shown = day + (number("hour") * 60 + number("minute")) * 60_000;
  return shown - Math.floor(wallMs / 60_000) * 60_000;
}

/** When it is `10:30` on the day `2026-11-27` there; in the hour that summer time skips, near it. */
export function wallAt(timeZone: string, day: string, time: string): number {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const utc = Date.UTC(year, month - 1, date, hour, minute);
  const near = utc - offsetMs(timeZone, utc);
  return utc - offsetMs(timeZone, near);
}

/** The clock there at this moment, as `10:30`. */
export function timeAt(timeZone: string, wallMs: number): string {
  const local = new Date(wallMs + offsetMs(timeZone, wallMs));
  return local.toISOString().slice(11, 16);
}

/**
 * The local time at `wallMs`, with the holidays of the region where one is given. The time zone was
 * checked with the configuration.
 */
export function localTimeIn(timeZone: string, wallMs: number, region?: Region): LocalTime {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(wallMs)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const weekday = days[parts.get("weekday") ?? ""] ?? 1;
  const local = { weekday, minute: number("hour") * 60 + number("minute") };
  if (region === undefined) return local;
  const today = { year: number("year"), month: number("month"), day: number("day") };
  return {
    ...local,
    holiday: isHoliday(region, today),
    holidayBefore: isHoliday(region, dayBefore(today)),
  };
}
