/** What the two threads of the store say to each other. */
import type { Stamp } from "../../platform/clock.ts";
import type { AlarmChange, FaultChange, TellingOrder } from "./schema.ts";

/** What one engine step leaves on the disk, as text. */
export interface EntryRow {
  readonly kind: "entry";
  readonly home: string;
  readonly at: number;
  readonly wall: number;
  readonly trusted: boolean;
  readonly event: string;
  readonly decisions: string;
  /** The rules of this home after the step: what a restart goes on from. */
  readonly state: string;
  /** Id of the home's message that this step took. */
  readonly message: string | undefined;
  /** Messages to the home that wait for a receipt from now on. */
  readonly lines: readonly { readonly id: string; readonly line: string }[];
  /** History, and people to be told: in the same transaction as the step that decided it. */
  readonly alarms?: readonly AlarmChange[];
  readonly tellings?: readonly TellingOrder[];
  readonly faults?: readonly FaultChange[];
}

/** A message to a home that need not be kept any more. */
export interface SettleRow {
  readonly kind: "settle";
  readonly home: string;
  readonly id: string;
}

export type Row = EntryRow | SettleRow;

/** To the thread of the disk. `seq` counts; a commit answers for everything up to its `seq`. */
export type ToDisk =
  | { readonly kind: "row"; readonly seq: number; readonly row: Row; readonly stamp: Stamp }
  | { readonly kind: "close" };

/** What the disk knew at the start. */
export interface Kept {
  readonly stamp: Stamp | undefined;
  readonly homes: readonly {
    readonly home: string;
    readonly state: string | undefined;
    /** Oldest first. */
    readonly taken: readonly string[];
    readonly lines: readonly string[];
  }[];
}

/** From the thread of the disk. */
export type FromDisk =
  | { readonly kind: "kept"; readonly kept: Kept }
  /** The file could not be opened; the thread has ended. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "durable"; readonly upTo: number }
  /** A commit failed and is tried again; said once for each kind of trouble. */
  | { readonly kind: "trouble"; readonly why: string }
  | { readonly kind: "well" }
  | { readonly kind: "closed" };

/**
 * Rows of the journal that are kept; beyond it the oldest go. Open alarms do not depend on them.
 */
export const eventsMax = 1_000_000;

/** Rows that one commit takes at most; the rest goes into the next. */
export const commitMax = 1_024;
