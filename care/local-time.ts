/** Moments by the clock of a home, and until when somebody is away. */
import { clockOf } from "../platform/local-time.ts";

/** Whether the resident is away. It ends by itself, and nobody need think of it. */
export const isAbsent = (until_wall: number | null, wall_ms: number): boolean =>
  until_wall !== null && wall_ms < until_wall;

/** How far the clocks of a time zone are ahead of UTC, at this moment. */
function offsetMs(timeZone: string, wallMs: number): number {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(wallMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = Date.UTC(number("year"), number("month") - 1, number("day"));
  const shown = day + (number("hour") * 60 + number("minute")) * 60_000;
  return shown - Math.floor(wallMs / 60_000) * 60_000;
}

/** When it is `10:30` on the day `2026-11-27` there; near it in the hour that summer skips. */
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
