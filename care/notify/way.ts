/** The port of everything that carries a message to a person. */
import type { Category, Level } from "../../protocol/alarm.ts";
import type { TellingWay } from "../../protocol/care-views.ts";

/** One message to one person by one way. */
export interface Telling {
  /** The same for every try of the same message: a receiver drops what it has. */
  readonly id: string;
  readonly home: string;
  readonly alarm: string;
  readonly party: string;
  readonly name: string;
  readonly way: TellingWay;
  /** Without its scheme: an e-mail address, a telephone number, or nothing. */
  readonly address: string;
  readonly resident: string;
  readonly category: Category;
  readonly level: Level;
  readonly reason: string;
  readonly drill: boolean;
  /** The chain goes round again, or nobody knows whether an earlier try has arrived. */
  readonly repeat: boolean;
  readonly language: "de" | "en";
  /** Opens the helper's page for this message alone. */
  readonly link: string;
}

/** How a try ended. */
export type Sent =
  | { readonly ok: true; readonly stage: "sent" | "delivered" }
  /**
   * `final`: trying again is of no use. `unknown`: it may have arrived all the same; what is sent
   * again is marked as a repeat.
   */
  | { readonly ok: false; readonly why: string; readonly end: "again" | "final" | "unknown" };

export interface Way {
  /** Tries at once, so that a slow provider holds back nobody else's messages. */
  readonly atOnce: number;
  /** A receiver that knows the id drops a second copy by itself: no need to mark it. */
  readonly dropsCopies: boolean;
  /** Never rejects for what a provider did; the signal ends it at the deadline. */
  send(telling: Telling, signal: AbortSignal): Promise<Sent>;
  close?(): Promise<void>;
}

export type Ways = Partial<Readonly<Record<TellingWay, Way>>>;

/** What went wrong, in few words that hold no secret and no stack. */
export function wordsOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, " ").slice(0, 200);
}
