/** Times as somebody of 85 reads them, from the home's clock. */
import { fill } from "../../common/sentence.ts";
import type { TabletWords } from "../words/words.ts";
import { homeDate, homeDay } from "./zone.ts";

const dayMs = 86_400_000;

/** A day as it is said in full. */
export const longDay = {
  weekday: "long",
  day: "numeric",
  month: "long",
  timeZone: "UTC",
} as const;

/** `8:05` */
export function timeOf(wall_ms: number, { locale }: TabletWords): string {
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
  return homeDate(wall_ms).toLocaleTimeString(locale, time);
}

/** `Freitag, 27. November` */
export function dayOf(wall_ms: number, { locale }: TabletWords): string {
  return homeDate(wall_ms).toLocaleDateString(locale, longDay);
}

/** `Vormittag` */
export function partOfDay(wall_ms: number, { clock }: TabletWords): string {
  const hour = homeDate(wall_ms).getUTCHours();
  return clock.dayParts.findLast(({ from }) => from <= hour)?.words ?? "";
}

/** `um 8:05`, and with the day where it was not today. */
export function momentOf(wall_ms: number, now_ms: number, words: TabletWords): string {
  const time = timeOf(wall_ms, words);
  if (homeDay(wall_ms) === homeDay(now_ms)) return fill(words.clock.at, { time });
  const isNear = now_ms - wall_ms < 6 * dayMs;
  const day = homeDate(wall_ms).toLocaleDateString(words.locale, {
    ...(isNear ? { weekday: "long", timeZone: "UTC" } : longDay),
  });
  return fill(words.clock.onDayAt, { day, time });
}

/** `5 Minuten`, `1 Stunde` */
export function spanOf(ms: number, { stove }: TabletWords): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return stove.lessThanAMinute;
  if (minutes === 1) return stove.oneMinute;
  if (minutes < 90) return fill(stove.minutes, { count: minutes });
  const hours = Math.round(minutes / 60);
  return hours === 1 ? stove.oneHour : fill(stove.hours, { count: hours });
}
