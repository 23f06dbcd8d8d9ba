/** Reads and writes the tables. Synchronous: it runs in the thread that owns the disk. */
import type { Stamp } from "../../platform/clock.ts";
import { seenMax } from "../../platform/seen.ts";
import { type Database, openDatabase } from "../../platform/sqlite.ts";
import { careMigrations } from "./migrations.ts";
import { careApplicationId } from "./open.ts";
import { type EntryRow, eventsMax, type Kept, type Row } from "./rows.ts";

export interface Tables {
  readonly kept: () => Kept;
  /** All rows or none. Throws what SQLite throws. */
  readonly commit: (rows: readonly Row[], stamp: Stamp) => void;
  readonly close: () => void;
}

/** Opens the file. Throws `DatabaseFault` with a sentence. */
export function openTables(file: string): Tables {
  const db = openDatabase(file, {
    migrations: careMigrations("sqlite"),
    applicationId: careApplicationId,
    pageSize: 4096,
  });
  prune(db);
  return { kept: () => readKept(db), commit: committer(db), close: () => db.close() };
}

/** After so many entries the tables are held against their bounds again. */
const pruneEvery = 10_000;

/** Keeps the journal and the list of taken messages within their bounds. */
function prune(db: Database): void {
  db.prepare("DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ?").run(eventsMax);
  db.prepare(
    `DELETE FROM inbox WHERE n IN (
       SELECT n FROM (
         SELECT n, row_number() OVER (PARTITION BY home ORDER BY n DESC) AS age FROM inbox
       ) WHERE age > ?)`,
  ).run(seenMax);
}

function readKept(db: Database): Kept {
  const text = (sql: string, home: string): string[] =>
    db.prepare<[string], string>(sql).pluck().all(home);
  const names = db
    .prepare<[], string>(
      "SELECT home FROM homes UNION SELECT home FROM inbox UNION SELECT home FROM outbox",
    )
    .pluck()
    .all();
  const stamp = db.prepare<[], string>("SELECT stamp FROM stamp").pluck().get();
  return {
    stamp: stamp === undefined ? undefined : (JSON.parse(stamp) as Stamp),
    homes: names.map((home) => ({
      home,
      state: text("SELECT state FROM homes WHERE home = ?", home)[0],
      taken: text("SELECT id FROM inbox WHERE home = ? ORDER BY n", home),
      lines: text("SELECT line FROM outbox WHERE home = ? ORDER BY n", home),
    })),
  };
}

function committer(db: Database): Tables["commit"] {
  const state = db.prepare(
    `INSERT INTO homes (home, state) VALUES (?, ?)
       ON CONFLICT (home) DO UPDATE SET state = excluded.state`,
  );
  const event = db.prepare("INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?)");
  const message = db.prepare("INSERT OR IGNORE INTO inbox VALUES (NULL, ?, ?)");
  const line = db.prepare("INSERT OR IGNORE INTO outbox VALUES (NULL, ?, ?, ?)");
  const settle = db.prepare("DELETE FROM outbox WHERE home = ? AND id = ?");
  const stamped = db.prepare("INSERT OR REPLACE INTO stamp VALUES (1, ?)");
  let entries = 0;
  const enter = (row: EntryRow): void => {
    entries += 1;
    if (entries % pruneEvery === 0) prune(db);
    const { home } = row;
    event.run(home, row.at, row.wall, row.trusted ? 1 : 0, row.event, row.decisions);
    if (row.message !== undefined) message.run(home, row.message);
    for (const kept of row.lines) line.run(home, kept.id, kept.line);
  };
  return db.transaction((rows: readonly Row[], stamp: Stamp) => {
    const states = new Map<string, string>();
    for (const row of rows) {
      if (row.kind === "settle") settle.run(row.home, row.id);
      else {
        enter(row);
        states.set(row.home, row.state);
      }
    }
    for (const [home, last] of states) state.run(home, last);
    stamped.run(JSON.stringify(stamp));
  });
}
