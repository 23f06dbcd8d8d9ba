/**
 * Hours are the home's: a tablet may stand in another zone than its home, or think so (a Pi comes
 * from London).
 */

const formatIn = (timezone: string | undefined): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", {
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });

let format = formatIn(undefined);
let zone = "";

/** From now on hours are counted there; in the tablet's own zone where the browser knows it not. */
export function countHoursIn(timezone: string): void {
  if (timezone === zone || timezone === "") return;
  zone = timezone;
  try {
    format = formatIn(timezone);
  } catch {
    format = formatIn(undefined);
  }
}

/**
 * A date whose UTC fields are those on the home's wall. Not its local ones: the tablet's zone may
 * have no such hour, on the night in which its own clocks are changed.
 */
export function homeDate(wall_ms: number): Date {
  const parts = Object.fromEntries(
    format.formatToParts(wall_ms).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** The day of the home in which this lies, as `2026-11-27`. */
export const homeDay = (wall_ms: number): string => homeDate(wall_ms).toISOString().slice(0, 10);
