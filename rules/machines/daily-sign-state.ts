/** What the daily sign remembers, and which day it is. */
import { dailySignLimits } from "../../protocol/agreement.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { after, type Instant, instant, minutes } from "../../protocol/time.ts";
import type { Surroundings } from "../machine.ts";

/** The question that stands, and when it becomes an alarm. */
export interface Question {
  readonly againAt: Instant;
  readonly alarmAt: Instant;
}

/** The memory of the daily sign. */
export interface DailySignState {
  /** Wall time as a trusted clock told it last, and when; null while nobody knows. */
  readonly clock: { readonly wallMs: number; readonly at: Instant } | null;
  /** When the resident last said that all is well; null when that is not known any more. */
  readonly saidAt: Instant | null;
  /** Days that need nothing any more: said, asked for help, or passed in a pause. Newest last. */
  readonly settled: readonly number[];
  readonly question: Question | null;
  /** The alarm that no person has closed yet. */
  readonly alarmId: string | null;
  readonly pausedUntil: Instant | null;
  /** Since when nobody knows the hour, and whether that was said. */
  readonly unknownSince: Instant | null;
  readonly blind: boolean;
  readonly wake: Instant | null;
}

/** Days that are remembered: a clock that was set wrong and right again knows its days still. */
export const settledMax = 8;
/** Ours: who says good night after midnight has not got up yet. Minute of the day. */
const dayBegins = 240;
const minutesPerDay = 1_440;
/** How long the question stands before the hour. */
export const askBefore = minutes(30);
/** Ours: who was in another room hears the question the next time. */
export const askAgainEvery = minutes(10);

/** The day of the resident, and how far it has gone. */
export interface Today {
  /** Counts days; the same for one day whatever restarts and corrections there are. */
  readonly day: number;
  /** Minutes since the day began. */
  readonly place: number;
  readonly began: Instant;
}

/** The day as far as it is known: the hour alone does not tell one day from the next. */
export function todayAt({ clock }: DailySignState, around: Surroundings): Today | undefined {
  const { local, now } = around;
  if (local === undefined || clock === null) return undefined;
  const wallMinute = Math.floor((clock.wallMs + (now - clock.at)) / 60_000);
  const place = (local.minute - dayBegins + minutesPerDay) % minutesPerDay;
  // Wall time is that of Greenwich: midnight here is at most 14 h away from midnight there.
  const day = Math.round((wallMinute - place - dayBegins) / minutesPerDay);
  // The hour is known to the minute.
  return { day, place, began: after(now, minutes(-place - 1)) };
}

/** Where in a day the question, the hour, and the last time for a question lie. */
export function placesIn({ agreement }: HomePlan) {
  const hour = (agreement.daily_sign_minute ?? dailySignLimits.usual) - dayBegins;
  return {
    ask: hour - askBefore / 60_000,
    hour,
    /** A question that could not be put in time is put later, but to nobody who sleeps. */
    last: dailySignLimits.latest - dayBegins,
  };
}

/** When the place in the day comes next. */
export function nextAt(place: number, today: Today, now: Instant): Instant {
  const wait = (place - today.place + minutesPerDay) % minutesPerDay;
  return instant(now + (wait === 0 ? minutesPerDay : wait) * 60_000);
}
