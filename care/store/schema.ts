/** The tables of the care service, and what the two threads of its store say to each other. */
import type { Stamp } from "../../platform/clock.ts";

/** "ObhC" in ASCII: no other program's file is taken for this one. */
export const careApplicationId = 0x4f626843;

export const careMigrations: readonly string[] = [
  `
  CREATE TABLE homes (home TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, home TEXT NOT NULL, at INTEGER NOT NULL, wall INTEGER NOT NULL,
    trusted INTEGER NOT NULL, event TEXT NOT NULL, decisions TEXT NOT NULL
  );
  CREATE TABLE inbox (n INTEGER PRIMARY KEY, home TEXT NOT NULL, id TEXT NOT NULL);
  CREATE INDEX inbox_home ON inbox (home, n);
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY, home TEXT NOT NULL, id TEXT NOT NULL, line TEXT NOT NULL,
    UNIQUE (home, id)
  );
  CREATE TABLE stamp (one INTEGER PRIMARY KEY CHECK (one = 1), stamp TEXT NOT NULL);
  `,
];

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
