/** What the two threads of the store say to each other. */
import type { Stamp } from "../../platform/clock.ts";
import type { Offer } from "../../protocol/living.ts";
import type { LivingAnswer, LivingQuestion } from "./living-lists.ts";
import type { LivingRow } from "./living-rows.ts";
import type { DatabasePlace } from "./place.ts";
import type { AlarmChange, FaultChange, NewRow, TableOf, TellingOrder } from "./schema.ts";

/** What one engine step leaves on the disk, as text. */
export interface EntryRow {
  readonly kind: "entry";
  readonly home: string;
  readonly at: number;
  readonly wall: number;
  readonly trusted: boolean;
  readonly event: string;
  readonly decisions: string;
  /** The rules of this home after the step, without closings: what a restart goes on from. */
  readonly state: string;
  /** When the rules want to be woken; undefined when nothing is awaited. */
  readonly wakeAt?: number | undefined;
  /** Alarms that this step closed. */
  readonly closings?: readonly { readonly alarm: string; readonly body: string }[];
  /** Id of the home's message that this step took. */
  readonly message: string | undefined;
  /** Messages to the home that wait for a receipt from now on. */
  readonly lines: readonly { readonly id: string; readonly line: string }[];
  /** History, and people to be told: in the same transaction as the step that decided it. */
  readonly alarms?: readonly AlarmChange[];
  readonly tellings?: readonly TellingOrder[];
  /** Tellings of this alarm that nobody need send any more. */
  readonly moot?: readonly string[];
  /** The telling of whose arrival the rules heard in this step. */
  readonly heard?: string | undefined;
  readonly faults?: readonly FaultChange[];
  readonly drills?: readonly Omit<NewRow<"drills">, "home">[];
  readonly context?: Omit<NewRow<"context">, "home"> | undefined;
  readonly known?: KnownChange | undefined;
}

/** What the core alone writes about a home, and the desk shows as one of its settings. */
export type KnownChange = Partial<
  Pick<TableOf<"known_homes">, "maintenance_until_wall" | "drill_due_wall" | "absent_until_wall">
>;

/** A message to a home that need not be kept any more. */
export interface SettleRow {
  readonly kind: "settle";
  readonly home: string;
  readonly id: string;
}

/** What the sensors said around an open alarm. A later one takes the place of the one before. */
export interface ContextRow extends Omit<NewRow<"context">, "home"> {
  readonly kind: "context";
  readonly home: string;
}

export type Row = EntryRow | SettleRow | ContextRow | LivingRow;

/** One home as the configuration file has it. */
export interface ImportedHome {
  readonly home: string;
  readonly timezone: string;
  readonly credentialSha256: string;
  /** JSON, as a person writes it. */
  readonly link: string;
  readonly version: number;
  readonly agreement: string;
  /** Who lives there, for a home that is new; the desk may change it, and the file never again. */
  readonly about?: Partial<
    Pick<
      TableOf<"known_homes">,
      "resident" | "address" | "phone" | "key_safe" | "notes" | "home_group"
    >
  >;
}

/** Who lives there, and the agreement in force as JSON. */
export interface KnownRow {
  readonly known: TableOf<"known_homes">;
  readonly agreement: string;
}

/** A telling that has come to whom it tells; of it the rules may not have heard. */
export interface Arrival
  extends Pick<TableOf<"tellings">, "id" | "home" | "party" | "step" | "round"> {
  readonly alarmId: string;
}

/** A home that this process looks after from now on. */
export interface KeptHome {
  readonly home: string;
  /** Undefined when nobody knows the home any more: its rows are left from an earlier day. */
  readonly known: KnownRow | undefined;
  readonly state: string | undefined;
  /** Oldest first. */
  readonly closings: readonly string[];
  readonly lines: readonly string[];
  /** Of which nobody has heard while nobody looked after the home. */
  readonly arrivals: readonly Arrival[];
  readonly fence: number;
}

/** How long a process may be silent before others take its homes, and how often it speaks. */
export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewMs: number;
}

/** With what the thread of the disk begins. */
export interface Opening {
  readonly place: DatabasePlace;
  /** Name of this process among those that share the database. */
  readonly owner: string;
  readonly lease: LeaseTimes;
  readonly imports: readonly ImportedHome[];
  /** The provider's catalogue of services. */
  readonly offers: readonly Offer[];
  /** Events older than this go. */
  readonly eventsDays: number;
}

/** What the store is asked; the answer carries the same `nth`. */
export type Ask =
  | { readonly kind: "load"; readonly home: string }
  | { readonly kind: "taken"; readonly home: string }
  /** Somebody else may look after them, once everything of theirs that waits is on disk. */
  | { readonly kind: "release"; readonly homes: readonly string[] }
  /** What these homes are to be told of services, choices and looks. */
  | { readonly kind: "living"; readonly questions: readonly LivingQuestion[] }
  /** Everything that waits is on disk. */
  | { readonly kind: "flush" };

export interface AnswerOf {
  readonly load: KnownRow | undefined;
  readonly taken: readonly string[];
  readonly release: undefined;
  readonly living: LivingAnswer;
  readonly flush: undefined;
}

/** To the thread of the disk. `seq` counts; a commit answers for everything up to its `seq`. */
export type ToDisk =
  | { readonly kind: "row"; readonly seq: number; readonly row: Row; readonly stamp: Stamp }
  | { readonly kind: "ask"; readonly nth: number; readonly ask: Ask }
  /** Look after homes from now on. */
  | { readonly kind: "claim" }
  /** The next page of homes may come. */
  | { readonly kind: "more" }
  /** The core's loop turns: without it the lease is not renewed. */
  | { readonly kind: "alive" }
  | { readonly kind: "close" };

/** From the thread of the disk. */
export type FromDisk =
  | { readonly kind: "open"; readonly stamp: Stamp | undefined }
  /** The database could not be opened; the thread has ended. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "durable"; readonly upTo: number }
  /** This row alone can never be stored; those around it are. */
  | { readonly kind: "unstored"; readonly seq: number; readonly why: string }
  /** A commit failed and is tried again; said once for each kind of trouble. */
  | { readonly kind: "trouble"; readonly why: string }
  | { readonly kind: "well" }
  | { readonly kind: "homes"; readonly homes: readonly KeptHome[] }
  /** The first round of claims is through. */
  | { readonly kind: "claimed" }
  /** Another process has room for these; they are to be stopped and released. */
  | { readonly kind: "surplus"; readonly homes: readonly string[] }
  /** Of homes of this process; said again until a step has heard of them. */
  | { readonly kind: "arrivals"; readonly arrivals: readonly Arrival[] }
  /** Homes of this process of which a desk or a file changed something. */
  | { readonly kind: "changed"; readonly homes: readonly string[] }
  /** There may be something to tell these homes. */
  | { readonly kind: "living"; readonly homes: readonly string[] | "all" }
  | { readonly kind: "lease-lost"; readonly why: string }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "answer"; readonly nth: number; readonly value: AnswerOf[Ask["kind"]] }
  | { readonly kind: "no-answer"; readonly nth: number; readonly why: string }
  | { readonly kind: "closed" };

/** Rows that one commit takes at most; the rest goes into the next. */
export const commitMax = 1_024;

/** Homes that come to the core at once. */
export const pageMax = 128;

/**
 * Ids of taken messages that are kept for each home. An outbox of a home has at most 80 lines on
 * their way, so what it may say again is among them.
 */
export const takenMax = 96;
