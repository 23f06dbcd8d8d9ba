/** The sentences of services, wishes and choices, one set for each language. */
import type { DayPart, OrderAct } from "../../../protocol/living.ts";

export interface LivingWords {
  readonly services: Readonly<
    Record<
      | "title"
      | "waits"
      | "waitsNone"
      | "promised"
      | "promisedNone"
      | "more"
      | "asked"
      | "from"
      | "fromHint"
      | "who"
      | "note"
      | "noteHint"
      | "confirm"
      | "decline"
      | "confirmCancel"
      | "declineCancel"
      | "done"
      | "callOff"
      | "answeredBy"
      | "says",
      string
    >
  >;
  /** What the resident wants with the order. */
  readonly acts: Readonly<Record<OrderAct, string>>;
  readonly states: Readonly<Record<"confirmed" | "declined" | "cancelled" | "done", string>>;
  readonly parts: Readonly<Record<DayPart, string>>;
  readonly wishes: Readonly<
    Record<
      | "title"
      | "drop"
      | "again"
      | "reason"
      | "reasonHint"
      | "grant"
      | "refuse"
      | "onlyLead"
      | "asked"
      | "granted"
      | "refused"
      | "withdrawn",
      string
    >
  >;
  readonly choices: Readonly<
    Record<
      | "title"
      | "wellbeing"
      | "wellbeingNone"
      | "off"
      | "offNone"
      | "pausedUntil"
      | "week"
      | "weekNone",
      string
    >
  >;
}
