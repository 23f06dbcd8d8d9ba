/** The sentences that every page shares, one set for each language. */
import type { Category, Outcome } from "../../../protocol/alarm.ts";

export interface CommonWords {
  /** What happened, by the reason of the alarm, to `{name}`; `{whom}` is the dative of it. */
  readonly happened: Readonly<Record<string, string>>;
  /** For a reason that nobody has put into words yet: by category. */
  readonly happenedIn: Readonly<Record<Category, string>>;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly rooms: Readonly<Record<string, string>>;
  readonly justNow: string;
  readonly oneMinuteAgo: string;
  /** With `{count}`. */
  readonly minutesAgo: string;
  readonly oneHourAgo: string;
  readonly hoursAgo: string;
  readonly language: string;
}
