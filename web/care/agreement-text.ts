/** The agreement as a person writes it, and the small changes that the editor makes. Pure. */
import type { Chain, Party } from "../../protocol/agreement.ts";
import type { Category } from "../../protocol/alarm.ts";
import type { Region } from "../../protocol/holidays.ts";

export interface WrittenStep {
  readonly tell: readonly string[];
  readonly within_s: number;
  readonly delivered_within_s: number;
}

/** Days as in `weekdays`, and hours as `HH:MM`. */
export interface WrittenHours {
  readonly on: readonly string[];
  readonly from: string;
  readonly until: string;
}

export interface WrittenParty {
  readonly id: string;
  readonly name: string;
  readonly kind: Party["kind"];
  readonly reach: readonly string[];
  readonly duty?: readonly WrittenHours[] | undefined;
}

export interface WrittenChain extends WrittenHours {
  readonly name: string;
  readonly for: readonly Category[];
  readonly holidays?: Chain["holidays"] | undefined;
  readonly while?: Chain["while"] | undefined;
  readonly steps: readonly WrittenStep[];
}

/** What the editor does not know stays as it is: it only replaces parts. */
export interface Written {
  readonly version: number;
  readonly region?: Region;
  readonly parties: readonly WrittenParty[];
  readonly chains: readonly WrittenChain[];
  readonly fallback: readonly WrittenStep[];
}

export const partyKinds = ["helper", "professional", "service"] as const;
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** All days, all day: from an hour until the same hour. */
export const everyHour: WrittenHours = { on: [...weekdays], from: "00:00", until: "00:00" };

/** Half a minute for the message, and a minute to answer. */
export const newStep: WrittenStep = { tell: [], within_s: 60, delivered_within_s: 30 };

/** The list with one place changed. */
export function withAt<Item>(list: readonly Item[], at: number, item: Item): readonly Item[] {
  return list.map((one, index) => (index === at ? item : one));
}

export function withoutAt<Item>(list: readonly Item[], at: number): readonly Item[] {
  return list.filter((_, index) => index !== at);
}

/** The item and the one before it change places; the first stays. */
export function movedUp<Item>(list: readonly Item[], at: number): readonly Item[] {
  const item = list[at];
  const before = list[at - 1];
  if (item === undefined || before === undefined) return list;
  return withAt(withAt(list, at - 1, item), at, before);
}

/** The word is added when it was missing, and taken out when it was there. */
export function toggled<Word>(list: readonly Word[], word: Word): readonly Word[] {
  return list.includes(word) ? list.filter((one) => one !== word) : [...list, word];
}

/** What a person typed as a number; other signs are left out. */
export const countOf = (text: string): number => Number(text.replaceAll(/\D/g, ""));

/** `7:05` or `07:05` as minutes of the day; undefined for anything else. */
export function minuteOf(clock: string): number | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(clock);
  if (found === null) return undefined;
  const minute = Number(found[1]) * 60 + Number(found[2]);
  return minute < 1_440 && Number(found[2]) < 60 ? minute : undefined;
}
