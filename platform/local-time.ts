/** The hour at a home, from wall time and the home's time zone; the same for both daemons. */
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

const formats = new Map<string, Intl.DateTimeFormat>();

/** Day, weekday and minute as a clock of that time zone shows them. */
export function clockOf(timeZone: string): Intl.DateTimeFormat {
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

/** Whether both say the same of the day, and the same minute but for `slack` of them. */
export function isSameTime(one: LocalTime, other: LocalTime, slack = 0): boolean {
  return (
    one.weekday === other.weekday &&
    one.holiday === other.holiday &&
    one.holidayBefore === other.holidayBefore &&
    one.absent === other.absent &&
    Math.abs(one.minute - other.minute) <= slack
  );
}

const minuteMs = 60_000;

/** The last minute that was asked for, by zone and region: thousands of homes ask for the same. */
const latest = new Map<string, { readonly minute: number; readonly local: LocalTime }>();

/**
 * The local time at `wallMs`, with the holidays of the region where one is given. The time zone was
 * checked with the configuration. Every zone is whole minutes ahead of UTC.
 */
export function localTimeIn(timeZone: string, wallMs: number, region?: Region): LocalTime {
  const place = `${timeZone} ${region}`;
  const minute = Math.floor(wallMs / minuteMs);
  const known = latest.get(place);
  if (known?.minute === minute) return known.local;
  const local = readLocal(timeZone, wallMs, region);
  latest.set(place, { minute, local });
  return local;
}

function readLocal(timeZone: string, wallMs: number, region?: Region): LocalTime {
  const parts = new Map(
    clockOf(timeZone)
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
