/** The hour at a home, from wall time and the home's time zone. */
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

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}

/** The local time at `wallMs`. The time zone was checked with the configuration. */
export function localTimeIn(timeZone: string, wallMs: number): LocalTime {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(wallMs)
      .map(({ type, value }) => [type, value]),
  );
  const weekday = days[parts.get("weekday") ?? ""] ?? 1;
  return { weekday, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
}
