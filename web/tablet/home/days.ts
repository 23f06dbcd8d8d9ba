/** Calendar days at the home, as `2026-11-27`, from the home's clock. Pure. */
import type { TabletWords } from "../words/words.ts";
import { longDay } from "./times.ts";
import { homeDate } from "./zone.ts";

const two = (count: number): string => String(count).padStart(2, "0");

const keyOf = (day: Date): string =>
  `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;

/** The day, so many days after the one in which `wall_ms` lies. */
export function dayAfter(wall_ms: number, days: number): string {
  const day = homeDate(wall_ms);
  // Noon: no change of the clock makes a day of 23 hours lose its date.
  day.setHours(12, 0, 0, 0);
  day.setDate(day.getDate() + days);
  return keyOf(day);
}

/** `Heute`, `Morgen`, `Freitag, 27. November`. */
export function dayName(day: string, now_ms: number, words: TabletWords): string {
  if (day === dayAfter(now_ms, 0)) return words.services.today;
  if (day === dayAfter(now_ms, 1)) return words.services.tomorrow;
  return new Date(`${day}T12:00:00`).toLocaleDateString(words.locale, longDay);
}
