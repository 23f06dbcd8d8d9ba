/** Orders day by day, as people plan. Pure. */
import type { OrderView } from "../../protocol/care-living-views.ts";
import type { Language } from "../common/language.ts";

const locales = { de: "de-DE", en: "en-GB" } as const;

/** `Freitag, 27. November`. A day that is none keeps the words it was sent in. */
export function dayName(day: string, language: Language): string {
  const noon = new Date(`${day}T12:00:00`);
  if (Number.isNaN(noon.getTime())) return day;
  const words = { weekday: "long", day: "numeric", month: "long" } as const;
  return noon.toLocaleDateString(locales[language], words);
}

const parts = ["morning", "noon", "afternoon", "evening"] as const;

const inDay = (one: OrderView, other: OrderView): number =>
  parts.indexOf(one.part) - parts.indexOf(other.part) ||
  (one.from ?? "").localeCompare(other.from ?? "");

/** Each day with its orders, in the order of the day. */
export function byDay(orders: readonly OrderView[]): readonly (readonly [string, OrderView[]])[] {
  const days = new Map<string, OrderView[]>();
  for (const order of orders) days.set(order.day, [...(days.get(order.day) ?? []), order]);
  return [...days]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([day, of]) => [day, of.sort(inDay)]);
}
