/**
 * Hours are the home's: a tablet may stand in another zone than its home, or think so (a Pi comes
 * from London).
 */

let format: Intl.DateTimeFormat | undefined;
let zone = "";

/** From now on hours are counted there; a zone that the browser does not know is left alone. */
export function countHoursIn(timezone: string): void {
  if (timezone === zone || timezone === "") return;
  zone = timezone;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    format = undefined;
  }
}

/** A date whose fields, as the browser reads them, are those on the home's wall. */
export function homeDate(wall_ms: number): Date {
  if (format === undefined) return new Date(wall_ms);
  const parts = Object.fromEntries(
    format.formatToParts(wall_ms).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return new Date(year, month - 1, day, hour, minute, second);
}
