/**
 * Opens the database of the care service; the store and the office have a connection each. Whoever
 * writes keeps the transaction short: on SQLite the other writer waits for it.
 */
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import { type Database, openDatabase } from "../../platform/sqlite.ts";
import { databaseFault } from "./fault.ts";
import { careMigrations } from "./migrations.ts";
import type { DatabasePlace } from "./place.ts";
import type { CareDatabase } from "./schema.ts";

/** "ObhC" in ASCII: no other program's file is taken for this one. */
export const careApplicationId = 0x4f626843;

/**
 * What a restart goes on from. These tables are read through by the store at its start; the journal
 * and the log of looks may be gigabytes, and nothing is decided by them.
 */
export const vitalTables: readonly string[] = [
  ...["homes", "owners", "closings", "inbox", "outbox", "stamp", "alarms", "tellings"],
  ...["known_homes", "agreements", "accounts"],
];

/**
 * Opens or makes the tables; `check` names those that are read through first. Rejects with
 * `DatabaseFault`, nothing else.
 */
export async function openCareDatabase(
  place: DatabasePlace,
  check: readonly string[] = [],
): Promise<Kysely<CareDatabase>> {
  try {
    if ("sqliteFile" in place) return openSqlite(place.sqliteFile, check);
    // Whoever has a file need not load the other driver.
    const { openPostgres } = await import("./postgres.ts");
    return await openPostgres({ url: place.postgresUrl });
  } catch (thrown) {
    throw databaseFault(thrown, place);
  }
}

function openSqlite(file: string, check: readonly string[]): Kysely<CareDatabase> {
  const db = openDatabase(file, {
    migrations: careMigrations("sqlite"),
    applicationId: careApplicationId,
    pageSize: 4096,
    check,
  });
  db.pragma("cache_size = -32000");
  // What is erased must be gone from the file, not only from its tables.
  db.pragma("secure_delete = ON");
  return new Kysely<CareDatabase>({ dialect: new SqliteDialect({ database: prepared(db) }) });
}

/** Statements kept ready; beyond it the oldest goes. */
const statementsMax = 256;

/**
 * Kysely prepares each statement anew, which costs as much as running it. And its transactions ask
 * for the right to write only at their first write, when another writer may already have it: then
 * SQLite refuses instead of waiting. So each one asks at its beginning.
 */
function prepared(db: Database): SqliteDatabase {
  type Statement = ReturnType<SqliteDatabase["prepare"]>;
  const ready = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    const known = ready.get(text);
    if (known !== undefined) return known;
    const made = db.prepare<unknown[]>(text === "begin" ? "begin immediate" : text);
    const statement: Statement = {
      reader: made.reader,
      all: (values) => made.all(...values),
      run: (values) => made.run(...values),
      iterate: (values) => made.iterate(...values),
    };
    ready.set(text, statement);
    const oldest = ready.keys().next();
    if (ready.size > statementsMax && oldest.done === false) ready.delete(oldest.value);
    return statement;
  };
  return { prepare, close: () => db.close() };
}
