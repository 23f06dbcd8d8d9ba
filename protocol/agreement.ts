/**
 * The participation agreement (Teilhabevereinbarung): who is told, for what, when, in which order.
 * Validated data; the sentences for a person who wrote it wrong come from the configuration reader.
 */
import type { Category, Person } from "./alarm.ts";
import type { Region } from "./holidays.ts";
import type { LocalTime } from "./time.ts";

/** Weekdays (ISO, 1 to 7) and minutes of the day. */
export interface Hours {
  readonly weekdays: readonly number[];
  /** First minute of the day; with `until_minute` smaller than this, the span crosses midnight. */
  readonly from_minute: number;
  /** Minute of the day at which the span ends; equal to `from_minute` means the whole day. */
  readonly until_minute: number;
}

/** One helper, professional or service that the agreement names. */
export interface Party extends Person {
  readonly kind: "helper" | "professional" | "service";
  /**
   * How to reach the party: `push:`, `mailto:a@b`, `sms:+49…`, `tel:+49…` (a voice) or `desk:`. Who
   * has no other way than a desk sees what the desks show.
   */
  readonly reach: readonly string[];
  /** When a professional is on duty, and is told; always, where there is none. */
  readonly duty?: readonly Hours[];
}

/**
 * One step of a chain: these parties are told, and one of them has `within_s` seconds to accept.
 */
export interface ChainStep {
  readonly tell: readonly string[];
  readonly within_s: number;
  /** Within so many seconds one of them must have got the message; 30 where nothing is said. */
  readonly delivered_within_s?: number;
}

/** A chain with what it is for, and when. */
export interface Chain extends Hours {
  readonly name: string;
  readonly categories: readonly Category[];
  /** Public holidays only, or never on one; a day of which nobody knows is none. */
  readonly holidays?: "only" | "never";
  /** Only while the resident is away, or is there; who is not known to be away is there. */
  readonly while?: "always" | "absent" | "present";
  readonly steps: readonly ChainStep[];
}

/** The modules that a resident can drop; the rules' manifests say the same. */
export const droppableModules = ["stove-guard", "daily-sign"] as const;
export type DroppableModule = (typeof droppableModules)[number];

/**
 * By which minute of the day the resident has given the daily sign. Ours: earlier than 6 h somebody
 * sleeps, and what is asked after 20 h calls people at night.
 */
export const dailySignLimits = { usual: 600, earliest: 360, latest: 1_200 } as const;

/**
 * The agreement: parties, chains in order of precedence, and the chain that serves when no other
 * fits.
 */
export interface Agreement {
  readonly version: number;
  /** Whose public holidays count; without it those that all of Germany keeps. */
  readonly region?: Region;
  readonly parties: readonly Party[];
  readonly chains: readonly Chain[];
  /** Used when no chain fits, and while the local hour is unknown: an alarm always has a chain. */
  readonly fallback: readonly ChainStep[];
  /** Modules that the resident drops only with the care service's word. */
  readonly confirms?: readonly DroppableModule[];
  /** The minute of the day by which the daily sign is given; `dailySignLimits.usual` without it. */
  readonly daily_sign_minute?: number;
}

function coversMinute({ from_minute: from, until_minute: until }: Hours, minute: number): boolean {
  if (from === until) return true;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** Whether the span that covers this minute began on the day before. */
function beganBefore({ from_minute, until_minute }: Hours, { minute }: LocalTime): boolean {
  return from_minute > until_minute && minute < until_minute;
}

/** The weekday a span began on: after midnight a span that crosses it belongs to the day before. */
function startedOn(hours: Hours, local: LocalTime): number {
  if (!beganBefore(hours, local)) return local.weekday;
  return local.weekday === 1 ? 7 : local.weekday - 1;
}

/** Whether the local time lies in these hours. */
export function covers(hours: Hours, local: LocalTime): boolean {
  return hours.weekdays.includes(startedOn(hours, local)) && coversMinute(hours, local.minute);
}

function fitsDay(chain: Chain, local: LocalTime): boolean {
  if (chain.holidays === undefined) return true;
  const began = beganBefore(chain, local) ? local.holidayBefore : local.holiday;
  return (began === true) === (chain.holidays === "only");
}

function fitsResident(chain: Chain, { absent }: LocalTime): boolean {
  if (chain.while === undefined || chain.while === "always") return true;
  return (absent === true) === (chain.while === "absent");
}

function chosenChain(
  agreement: Agreement,
  category: Category,
  local: LocalTime | undefined,
): Chain | undefined {
  if (local === undefined) return undefined;
  return agreement.chains.find(
    (chain) =>
      chain.categories.includes(category) &&
      covers(chain, local) &&
      fitsDay(chain, local) &&
      fitsResident(chain, local),
  );
}

/** Whether the party is on duty. While nobody knows the hour, everybody is. */
export function isOnDuty(
  agreement: Agreement,
  party: string,
  local: LocalTime | undefined,
): boolean {
  const duty = agreement.parties.find(({ id }) => id === party)?.duty;
  return duty === undefined || local === undefined || duty.some((hours) => covers(hours, local));
}

/**
 * The steps with those of their parties who are on duty. Where nobody at all is, with everybody:
 * somebody rather than nobody.
 */
export function stepsOnDuty(
  agreement: Agreement,
  steps: readonly ChainStep[],
  local: LocalTime | undefined,
): readonly ChainStep[] {
  const manned = steps.map((step) => {
    const tell = step.tell.filter((party) => isOnDuty(agreement, party, local));
    return tell.length === step.tell.length ? step : { ...step, tell };
  });
  return manned.some(({ tell }) => tell.length > 0) ? manned : steps;
}

/**
 * The steps for an alarm of this category at this local time. Never empty for a validated
 * agreement. A chain in which nobody is on duty serves nobody, and gives way to the fallback.
 */
export function chainFor(
  agreement: Agreement,
  category: Category,
  local: LocalTime | undefined,
): readonly ChainStep[] {
  return chainNamed(agreement, category, local).steps;
}

function chainNamed(
  agreement: Agreement,
  category: Category,
  local: LocalTime | undefined,
): { readonly name: string | null; readonly steps: readonly ChainStep[] } {
  const chain = chosenChain(agreement, category, local);
  const serves = chain?.steps.some(({ tell }) =>
    tell.some((party) => isOnDuty(agreement, party, local)),
  );
  if (chain === undefined || serves !== true) return { name: null, steps: agreement.fallback };
  return { name: chain.name, steps: chain.steps };
}

/** One step of the answer to "whom would we call then?". */
export interface StepTold {
  readonly step: ChainStep;
  /** Parties that are told; none when the step is passed on at once. */
  readonly tell: readonly string[];
  readonly skipped: readonly { readonly party: string; readonly why: "off-duty" }[];
}

/** Whom the chain tells: the chain's name, null for the fallback, and its steps in their order. */
export interface Told {
  readonly chain: string | null;
  readonly steps: readonly StepTold[];
}

/** Whom we would call for this at that time, as the rules do. */
export function whoIsTold(
  agreement: Agreement,
  category: Category,
  local: LocalTime | undefined,
): Told {
  const { name, steps } = chainNamed(agreement, category, local);
  const manned = stepsOnDuty(agreement, steps, local);
  return {
    chain: name,
    steps: steps.map((step, at): StepTold => {
      const { tell } = manned[at] as ChainStep;
      const off = step.tell.filter((party) => !tell.includes(party));
      return { step, tell, skipped: off.map((party) => ({ party, why: "off-duty" })) };
    }),
  };
}

/**
 * The person behind a party's id. Whom the agreement does not name has the name that is given here,
 * or else the id as a name.
 */
export function personOf(agreement: Agreement, id: string, name: string = id): Person {
  const party = agreement.parties.find((candidate) => candidate.id === id);
  return { id, name: party?.name ?? name };
}

/** Whether messages go to the party; who has only a desk sees what the desks show. */
export function hasWay(agreement: Agreement, party: string): boolean {
  const reach = agreement.parties.find(({ id }) => id === party)?.reach ?? [];
  return reach.some((way) => !way.startsWith("desk:"));
}
