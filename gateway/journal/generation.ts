/**
 * Generations: small sound copies of what a restart needs (state, deadlines, messages without
 * receipt, evidence of open alarms), so that one broken file is not the end of the memory.
 */
import { renameSync } from "node:fs";
import { basename, join } from "node:path";
import { type Database, faultOf, openDatabase } from "../../platform/sqlite.ts";
import {
  filesOf,
  keepNewest,
  moveDatabase,
  newFile,
  nextOf,
  removeDatabase,
  syncDirectory,
} from "./files.ts";
import type { JournalLimits } from "./limits.ts";
import {
  type Cell,
  insertRow,
  isSealed,
  type JournalTable,
  journalApplicationId,
  journalMigrations,
  journalTables,
} from "./schema.ts";

/** With more events than this after its snapshot, a generation holds the newest. */
const eventsMax = 5_000;

/** Opens a journal file, or makes one, the way all of them are made. */
export function openJournalFile(path: string, readonly = false): Database {
  return openDatabase(path, {
    migrations: journalMigrations,
    applicationId: journalApplicationId,
    readonly,
  });
}

/** Writes one more generation beside the journal and forgets the oldest. */
export function writeGeneration(db: Database, dir: string, limits: JournalLimits): void {
  shape(dir, nextOf(dir, "generation"), (copy) => copyEssence(db, copy));
  keepNewest(dir, "generation", limits.generationsMax);
}

function copyEssence(from: Database, to: Database): void {
  const read = (sql: string): number => Number(from.prepare(sql).pluck().get() ?? 0);
  const since = read("SELECT min(seq) FROM (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT 2)");
  const first = Math.max(since, read("SELECT max(seq) FROM events") - eventsMax);
  const plan = read(`SELECT max(seq) FROM plans WHERE seq <= ${since}`);
  const wanted: Readonly<Record<JournalTable, string>> = {
    events: `seq > ${first}`,
    decisions: `seq > ${first}`,
    snapshots: `seq >= ${since}`,
    plans: `seq >= ${plan}`,
    runs: "run > (SELECT max(run) - 3 FROM runs)",
    beat: "1",
    outbox: "1",
    alarms: "closed = 0",
  };
  // One read transaction: the copy is of one moment.
  from.transaction(() => {
    to.transaction(() => {
      for (const table of tableNames) copyRows(from, to, table, wanted[table]);
    })();
  })();
}

export const tableNames = Object.keys(journalTables) as readonly JournalTable[];

function copyRows(from: Database, to: Database, table: JournalTable, where: string): number {
  const rows = from.prepare<Cell[]>(`SELECT * FROM ${table} WHERE ${where}`).raw();
  const insert = to.prepare<Cell[]>(insertRow(table));
  let copied = 0;
  for (const row of rows.iterate()) {
    if (isSealed(row as unknown[])) copied += insert.run(...(row as Cell[])).changes;
  }
  return copied;
}

/**
 * Fills rows that are missing in `db` from one sound file; says how many. Throws `DatabaseFault`.
 */
export function fillFrom(db: Database, path: string): number {
  const source = openJournalFile(path, true);
  try {
    return db.transaction(() =>
      tableNames.reduce((sum, table) => sum + copyRows(source, db, table, "1"), 0),
    )();
  } finally {
    source.close();
  }
}

/** The last event that the newest sound generation has; unsound ones are moved aside, and said. */
export function newestEvent(dir: string, said: string[]): number {
  for (const path of filesOf(dir, "generation")) {
    try {
      const db = openJournalFile(path, true);
      const lastSeq = Number(db.prepare("SELECT max(seq) FROM events").pluck().get() ?? 0);
      db.close();
      return lastSeq;
    } catch (error) {
      if (faultOf(error, path).trouble !== "damaged") continue;
      moveDatabase(path, nextOf(dir, "damaged"));
      said.push(`${basename(path)} is damaged as well and was moved aside.`);
    }
  }
  return 0;
}

/** Makes a journal file under the name of a new one, which it gets when it is whole. */
export function makeJournal(dir: string, fill: (db: Database) => void): void {
  shape(dir, newFile(dir), fill);
}

/** A file that is not whole never has its final name. */
function shape(dir: string, path: string, fill: (db: Database) => void): void {
  const shaping = join(dir, "journal.shaping.db");
  removeDatabase(shaping);
  const db = openJournalFile(shaping);
  try {
    fill(db);
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.pragma("journal_mode = DELETE");
    db.close();
  } catch (error) {
    db.close();
    removeDatabase(shaping);
    throw error;
  }
  renameSync(shaping, path);
  syncDirectory(dir);
}
