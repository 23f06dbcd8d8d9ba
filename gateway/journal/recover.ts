/**
 * Opens the journal of a home, whatever state its files are in. What was wrong and what was done is
 * said in sentences; the damaged file is kept; nothing ever starts empty in silence.
 */
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Database, type DatabaseFault, faultOf } from "../../platform/sqlite.ts";
import {
  filesOf,
  journalFile,
  keepNewest,
  moveDatabase,
  newFile,
  nextOf,
  syncDirectory,
} from "./files.ts";
import { fillFrom, makeJournal, newestEvent, openJournalFile } from "./generation.ts";
import type { JournalLimits } from "./limits.ts";
import { salvage } from "./salvage.ts";
import { type Cell, isSealed, type JournalTable, journalTables } from "./schema.ts";
import { JournalStore } from "./store.ts";

export interface OpenedStore {
  readonly store: JournalStore;
  readonly reports: readonly string[];
}

/**
 * Throws `DatabaseFault` only where the place itself is to blame: no space, no permission, bad
 * medium.
 */
export function openStore(dir: string, limits: JournalLimits): OpenedStore {
  const reports: string[] = [];
  const path = journalFile(dir);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    finishRebuild(dir);
    const damage = damageOf(dir);
    if (damage !== undefined) rebuild(dir, damage, limits, reports);
    const db = existsSync(path) ? openOrRebuild(dir, limits, reports) : openNew(dir);
    mend(db, dir, reports);
    keepNewest(dir, "damaged", limits.damagedMax);
    return { store: new JournalStore(db, limits), reports };
  } catch (error) {
    throw faultOf(error, path);
  }
}

/**
 * A crash in the middle of the renames of a rebuild. A file has the name of a new one only when it
 * is whole, and nothing was written to the old one since.
 */
function finishRebuild(dir: string): void {
  if (!existsSync(newFile(dir))) return;
  if (existsSync(journalFile(dir))) moveDatabase(journalFile(dir), nextOf(dir, "damaged"));
  renameSync(newFile(dir), journalFile(dir));
}

/**
 * What can be seen from outside to be wrong. A file is never left empty, so an empty one is damage.
 */
function damageOf(dir: string): string | undefined {
  const path = journalFile(dir);
  if (existsSync(path)) return statSync(path).size === 0 ? `${path}: is empty.` : undefined;
  const traces = [...filesOf(dir, "generation"), ...filesOf(dir, "damaged")];
  if (traces.length > 0 || existsSync(`${path}-wal`)) return `${path}: is missing.`;
  return undefined;
}

function openNew(dir: string): Database {
  makeJournal(dir, () => undefined);
  renameSync(newFile(dir), journalFile(dir));
  syncDirectory(dir);
  return openJournalFile(journalFile(dir));
}

function openOrRebuild(dir: string, limits: JournalLimits, reports: string[]): Database {
  try {
    return openJournalFile(journalFile(dir));
  } catch (error) {
    const fault = faultOf(error, journalFile(dir));
    if (!isRebuildable(fault)) throw fault;
    rebuild(dir, fault.message, limits, reports);
    return openJournalFile(journalFile(dir));
  }
}

/**
 * Whether another file must take this one's place. A gateway that refuses to start protects nobody.
 */
export function isRebuildable(fault: DatabaseFault): boolean {
  return ["damaged", "newer", "foreign"].includes(fault.trouble);
}

/** A new file from all that can be read of the damaged one, filled up from the generations. */
export function rebuild(
  dir: string,
  damage: string,
  limits: JournalLimits,
  reports: string[],
): void {
  const path = journalFile(dir);
  const said = [`journal: ${damage}`];
  makeJournal(dir, (db) => {
    const found = salvage(path, db);
    said.push(
      `${found.events} events and ${found.rows - found.events} other rows were read from it` +
        (found.unsound > 0 ? `, ${found.unsound} rows were not as they were written.` : "."),
    );
    fillFromGenerations(db, dir, said);
    const memory = new JournalStore(db, limits).memory();
    if (memory.snapshot === undefined && memory.lastSeq === 0) {
      said.push("Nothing of the home's memory could be read: the rules start from the beginning.");
    }
  });
  const aside = nextOf(dir, "damaged");
  moveDatabase(path, aside);
  renameSync(newFile(dir), path);
  syncDirectory(dir);
  if (existsSync(aside)) said.push(`The damaged file is kept as ${basename(aside)}.`);
  reports.push(said.join(" "));
}

function fillFromGenerations(db: Database, dir: string, said: string[]): void {
  for (const path of filesOf(dir, "generation")) {
    try {
      const rows = fillFrom(db, path);
      if (rows > 0) said.push(`${rows} rows were filled in from ${basename(path)}.`);
    } catch (error) {
      said.push(`${basename(path)} could not be used: ${faultOf(error, path).message}`);
    }
  }
}

/** Takes out rows that are not as they were written, and fills up what a newer generation knows. */
function mend(db: Database, dir: string, reports: string[]): void {
  const unsound = (Object.keys(journalTables) as JournalTable[]).reduce(
    (sum, table) => sum + dropUnsound(db, table),
    0,
  );
  const said: string[] = [];
  if (unsound > 0) said.push(`${unsound} rows were not as they were written and were taken out.`);
  const last = Number(db.prepare("SELECT max(seq) FROM events").pluck().get() ?? 0);
  const behind = newestEvent(dir, said) > last;
  if (behind) said.push("The file ends before its newest generation: its last part was lost.");
  if (unsound > 0 || behind) fillFromGenerations(db, dir, said);
  if (said.length > 0) reports.push(`journal: ${said.join(" ")}`);
}

/** Events before the last snapshot are history: replay checks those itself, a start need not. */
function dropUnsound(db: Database, table: JournalTable): number {
  const key = journalTables[table][0];
  const recent = "seq > (SELECT coalesce(max(seq), 0) FROM snapshots)";
  const where = table === "events" || table === "decisions" ? recent : "1";
  const rows = db.prepare<Cell[]>(`SELECT * FROM ${table} WHERE ${where}`).raw().all();
  const bad = (rows as Cell[][]).filter((row) => !isSealed(row));
  const drop = db.prepare<Cell[]>(`DELETE FROM ${table} WHERE ${key} = ?`);
  for (const row of bad) drop.run(row[0] ?? 0);
  return bad.length;
}
