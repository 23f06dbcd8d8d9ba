/**
 * The participation agreement (Teilhabevereinbarung): who is told, for what, when, in which order.
 * Validated data; the sentences for a person who wrote it wrong come from the configuration reader.
 */
import type { Category, Person } from "./alarm.ts";
import type { LocalTime } from "./time.ts";

/** One helper, professional or service that the agreement names. */
export interface Party extends Person {
  readonly kind: "helper" | "professional" | "service";
  /**
   * How to reach the party, such as `tel:+49…` or `mailto:…`; the ways are chosen by the side that
   * tells.
   */
  readonly reach: readonly string[];
}

/**
 * One step of a chain: these parties are told, and one of them has `within_s` seconds to accept.
 */
export interface ChainStep {
  readonly tell: readonly string[];
  readonly within_s: number;
}

/** A chain with the categories, weekdays (ISO, 1 to 7) and minutes of the day that it is for. */
export interface Chain {
  readonly name: string;
  readonly categories: readonly Category[];
  readonly weekdays: readonly number[];
  /** First minute of the day; with `until_minute` smaller than this, the span crosses midnight. */
  readonly from_minute: number;
  /** Minute of the day at which the span ends; equal to `from_minute` means the whole day. */
  readonly until_minute: number;
  readonly steps: readonly ChainStep[];
}

/**
 * The agreement: parties, chains in order of precedence, and the chain that serves when no other
 * fits.
 */
export interface Agreement {
  readonly version: number;
  readonly parties: readonly Party[];
  readonly chains: readonly Chain[];
  /** Used when no chain fits, and while the local hour is unknown: an alarm always has a chain. */
  readonly fallback: readonly ChainStep[];
}

function coversMinute(chain: Chain, minute: number): boolean {
  const { from_minute: from, until_minute: until } = chain;
  if (from === until) return true;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** The weekday a span began on: after midnight a span that crosses it belongs to the day before. */
function startedOn(chain: Chain, local: LocalTime): number {
  const crossed = chain.from_minute > chain.until_minute && local.minute < chain.until_minute;
  if (!crossed) return local.weekday;
  return local.weekday === 1 ? 7 : local.weekday - 1;
}

/**
 * The steps for an alarm of this category at this local time. Never empty for a validated
 * agreement.
 */
export function chainFor(
  agreement: Agreement,
  category: Category,
  local: LocalTime | undefined,
): readonly ChainStep[] {
  if (local === undefined) return agreement.fallback;
  for (const chain of agreement.chains) {
    if (!chain.categories.includes(category)) continue;
    if (!chain.weekdays.includes(startedOn(chain, local))) continue;
    if (coversMinute(chain, local.minute)) return chain.steps;
  }
  return agreement.fallback;
}

/** The person behind a party's id; a party that is not named keeps its id as its name. */
export function personOf(agreement: Agreement, id: string): Person {
  const party = agreement.parties.find((candidate) => candidate.id === id);
  return { id, name: party?.name ?? id };
}
