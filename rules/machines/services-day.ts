/** Which day it is at the home. By the Gregorian calendar; a day is text, so that days compare. */
import type { LocalTime } from "../../protocol/time.ts";

const dayMs = 86_400_000;
/** 1 January 1970 was a Thursday. */
const firstWeekday = 4;
/** From 1 March of the year 0, by which leap days are counted, to 1 January 1970. */
const daysBefore1970 = 719_468;
const daysOf400Years = 146_097;

const twoDigits = (count: number): string => String(count).padStart(2, "0");

/** The date of a day counted from 1 January 1970 (H. Hinnant, "chrono-compatible dates"). */
function dateOf(dayOf1970: number): string {
  const day = dayOf1970 + daysBefore1970;
  const era = Math.floor(day / daysOf400Years);
  const ofEra = day - era * daysOf400Years;
  const leaps =
    Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const before = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const ofYear = ofEra - before;
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(date)}`;
}

/**
 * The day at the home, as 2026-11-27. The weekday there tells it: nowhere on Earth it is further
 * from the day of UTC than one.
 */
export function dayAt(wallMs: number, { weekday }: LocalTime): string {
  const utc = Math.floor(wallMs / dayMs);
  const ahead = ((((weekday - firstWeekday - utc + 3) % 7) + 7) % 7) - 3;
  return dateOf(utc + ahead);
}
