/** Calendar days at the home, as `2026-11-27`, from the home's clock. Pure. */
import type { TabletWords } from "../words/words.ts";
import { longDay } from "./times.ts";
import { homeDate } from "./zone.ts";

/** The day, so many days after the one in which `wall_ms` lies. */
export function dayAfter(wall_ms: number, days: number): string {
  const day = homeDate(wall_ms);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** `Heute`, `Morgen`, `Freitag, 27. November`. */
export function dayName(day: string, now_ms: number, words: TabletWords): string {
  if (day === dayAfter(now_ms, 0)) return words.services.today;
  if (day === dayAfter(now_ms, 1)) return words.services.tomorrow;
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(words.locale, longDay);
}
