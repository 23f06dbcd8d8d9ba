/**
 * Public holidays of Germany and its states: an agreement may have other chains on them. Days that
 * only some communities of a state keep are none here.
 */

/** A day of the calendar; months from 1 to 12. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Germany without the holidays of any state, or one state (ISO 3166-2:DE). */
export const regions = [
  "DE",
  "BW",
  "BY",
  "BE",
  "BB",
  "HB",
  "HH",
  "HE",
  "MV",
  "NI",
  "NW",
  "RP",
  "SL",
  "SN",
  "ST",
  "SH",
  "TH",
] as const;
export type Region = (typeof regions)[number];

interface Holiday {
  /** Absent for a day that all of Germany keeps. */
  readonly in?: readonly Region[];
}

/** Days with a date, as month and day. */
const dated: Readonly<Record<string, Holiday>> = {
  "1-1": {},
  "1-6": { in: ["BW", "BY", "ST"] },
  "3-8": { in: ["BE", "MV"] },
  "5-1": {},
  "8-15": { in: ["SL"] },
  "9-20": { in: ["TH"] },
  "10-3": {},
  "10-31": { in: ["BB", "HB", "HH", "MV", "NI", "SN", "ST", "SH", "TH"] },
  "11-1": { in: ["BW", "BY", "NW", "RP", "SL"] },
  "12-25": {},
  "12-26": {},
};

/** Days that move with Easter, by the days after Easter Sunday. */
const moving: ReadonlyMap<number, Holiday> = new Map([
  [-2, {}],
  [0, { in: ["BB"] }],
  [1, {}],
  [39, {}],
  [49, { in: ["BB"] }],
  [50, {}],
  [60, { in: ["BW", "BY", "HE", "NW", "RP", "SL"] }],
]);

/** The day's number in the year, by the Gregorian calendar. */
function dayOfYear({ year, month, day }: Day): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] as number;
  return before + day + (leap && month > 2 ? 1 : 0);
}

/** Easter Sunday of the Gregorian calendar (J.-M. Oudin 1940, as in the Astronomical Almanac). */
export function easterOf(year: number): Day {
  const century = Math.floor(year / 100);
  const golden = year % 19;
  const k = Math.floor((century - 17) / 25);
  const epact =
    (century - Math.floor(century / 4) - Math.floor((century - k) / 3) + 19 * golden + 15) % 30;
  const correction =
    Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const moon = epact - correction;
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7;
  const march = moon - weekday;
  const month = 3 + Math.floor((march + 40) / 44);
  return { year, month, day: march + 28 - 31 * Math.floor(month / 4) };
}

/** Saxony's day of repentance: the Wednesday before 23 November. */
function isRepentance(date: Day): boolean {
  const { year, month, day } = date;
  if (month !== 11 || day < 16 || day > 22) return false;
  // Easter is a Sunday, so it tells the weekday of every day of its year.
  return (dayOfYear(date) - dayOfYear(easterOf(year))) % 7 === 3;
}

/** Whether the day is a public holiday there. */
export function isHoliday(region: Region, date: Day): boolean {
  const after = dayOfYear(date) - dayOfYear(easterOf(date.year));
  return (
    [dated[`${date.month}-${date.day}`], moving.get(after)].some(
      (holiday) =>
        holiday !== undefined && (holiday.in === undefined || holiday.in.includes(region)),
    ) ||
    (region === "SN" && isRepentance(date))
  );
}
