/**
 * The tables of the journal. Every row carries a checksum: SQLite does not notice a flipped bit in
 * a text.
 */
import { crc32 } from "node:zlib";

/** "Obhu" in ASCII: no other program's file is taken for a journal. */
export const journalApplicationId = 0x4f626875;

/**
 * `seq` counts the events without a hole; a missing number is an event that was lost, and replay
 * says so. A plan, a snapshot and a run hold for what comes after their `seq`.
 */
export const journalMigrations: readonly string[] = [
  `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, wall INTEGER NOT NULL, trusted INTEGER NOT NULL,
    decided INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, fact TEXT NOT NULL,
    crc INTEGER NOT NULL
  );
  CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY, decisions TEXT NOT NULL, effects TEXT NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE plans (
    seq INTEGER PRIMARY KEY, rules TEXT NOT NULL, plan TEXT NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE runs (
    run INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, mono INTEGER NOT NULL,
    boot TEXT NOT NULL, wall INTEGER NOT NULL, trusted INTEGER NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE beat (
    one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL, wall INTEGER NOT NULL,
    trusted INTEGER NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL,
    crc INTEGER NOT NULL
  );
  CREATE TABLE alarms (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, since INTEGER NOT NULL, opened INTEGER NOT NULL,
    closed INTEGER NOT NULL, crc INTEGER NOT NULL
  );
  `,
];

/**
 * The tables with their columns; the first column is the row's number, the last its checksum.
 * Snapshots come first: which events matter at a start depends on them.
 */
export const journalTables = {
  snapshots: ["seq", "at", "state", "crc"],
  events: ["seq", "at", "wall", "trusted", "decided", "id", "kind", "fact", "crc"],
  decisions: ["seq", "decisions", "effects", "crc"],
  plans: ["seq", "rules", "plan", "crc"],
  runs: ["run", "seq", "at", "mono", "boot", "wall", "trusted", "crc"],
  beat: ["one", "at", "wall", "trusted", "crc"],
  outbox: ["n", "id", "kind", "body", "crc"],
  alarms: ["n", "id", "since", "opened", "closed", "crc"],
} as const;

export type JournalTable = keyof typeof journalTables;

export type Cell = string | number;

/**
 * The checksum of a row's other cells, as a signed number because that takes four bytes in SQLite.
 */
export function seal(...cells: readonly Cell[]): number {
  return crc32(cells.join("\u0000")) | 0;
}

/** Whether a row, read with all its columns in order, is as it was written. */
export function isSealed(row: readonly unknown[]): row is readonly Cell[] {
  return row.at(-1) === seal(...(row.slice(0, -1) as Cell[]));
}

/** The statement that reads a table's rows after a number, oldest first. */
export function selectAfter(table: JournalTable): string {
  const columns = journalTables[table];
  const [first] = columns;
  const all = columns.join(", ");
  return `SELECT ${all} FROM ${table} WHERE ${first} > ? ORDER BY ${first} LIMIT ?`;
}

/** The statement that writes a row with all its columns. A row that is there already stays. */
export function insertRow(table: JournalTable): string {
  const columns = journalTables[table];
  const marks = columns.map(() => "?").join(", ");
  return `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${marks})`;
}

/** The latest gateway time in a journal; an event stands at the end of the run before another. */
export const latestTime = `SELECT max(t) FROM (
  SELECT max(at) AS t FROM snapshots UNION ALL SELECT max(at) FROM runs
  UNION ALL SELECT max(at) FROM beat
  UNION ALL SELECT max(at) FROM events WHERE seq IN (SELECT seq FROM runs)
  UNION ALL SELECT at FROM events WHERE seq = (SELECT max(seq) FROM events))`;
