/**
 * Erases one home: its rows, and on SQLite what a deleted row may leave in the file. That nothing
 * is left is looked for in the bytes, not believed.
 */
import { type Kysely, type SqlBool, sql } from "kysely";
import { erasedKey } from "../store/erased.ts";
import type { DatabasePlace } from "../store/place.ts";
import type { CareDatabase } from "../store/schema.ts";
import { deleteInBatches } from "./batches.ts";
import { homeTables } from "./person-data.ts";
import { remainsIn } from "./remains.ts";

/** Shorter words stand in a file by chance. */
const wordLengthMin = 5;

/** Attempts to shorten the write-ahead log while the store is writing, and the pause between. */
const attempts = 50;
const pauseMs = 100;

export interface Erased {
  readonly rows: number;
  readonly remains: readonly string[];
}

/** What would betray the person: words of this home that no other home shares. */
async function tellingWords(db: Kysely<CareDatabase>, home: string): Promise<readonly string[]> {
  const own = await db
    .selectFrom("known_homes")
    .selectAll()
    .where("home", "=", home)
    .executeTakeFirst();
  if (own === undefined) return [];
  const words: string[] = [];
  for (const column of ["resident", "address", "phone", "key_safe", "notes"] as const) {
    const word = own[column];
    if (word === null || word.length < wordLengthMin) continue;
    const other = await db
      .selectFrom("known_homes")
      .select("home")
      .where("home", "!=", home)
      .where(column, "like", `%${word.replaceAll(/[%_]/g, "_")}%`)
      .executeTakeFirst();
    if (other === undefined) words.push(word);
  }
  return words;
}

/** Tables that may hold very much of one home; each with what makes a row one of its kind. */
const large = [
  { table: "events", key: "seq" },
  { table: "access_log", key: "n" },
  { table: "tellings", key: "id" },
] as const;

/** The core writes nothing of this home any more, so what is large may go piece by piece. */
async function eraseRows(db: Kysely<CareDatabase>, home: string, now: number): Promise<number> {
  let many = 0;
  for (const one of large) {
    many += await deleteInBatches(db, { ...one, where: sql<SqlBool>`home = ${home}` });
  }
  return many + (await eraseRest(db, home, now));
}

async function eraseRest(db: Kysely<CareDatabase>, home: string, now: number): Promise<number> {
  return await db.transaction().execute(async (within) => {
    const accounts = within.selectFrom("accounts").select("id").where("home", "=", home);
    await within.deleteFrom("sessions").where("account", "in", accounts).execute();
    let rows = 0;
    for (const table of homeTables) {
      const deleted = await sql`DELETE FROM ${sql.table(table)} WHERE home = ${home}`.execute(
        within,
      );
      rows += Number(deleted.numAffectedRows ?? 0n);
    }
    await within
      .insertInto("settings")
      .values({ key: erasedKey(home), value: String(now) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return rows;
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Moves the write-ahead log into the file and empties it, between two commits of the store. */
async function emptyLog(db: Kysely<CareDatabase>): Promise<void> {
  for (let nth = 0; nth < attempts; nth += 1) {
    const result = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
    if (result.rows[0]?.busy === 0) return;
    await pause(pauseMs);
  }
}

async function cleanFile(
  db: Kysely<CareDatabase>,
  file: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const files = [file, `${file}-wal`];
  await emptyLog(db);
  // `secure_delete` has overwritten the rows. Only if that left something the whole file is written
  // anew, for while that lasts the store can take nothing.
  if ((await remainsIn(files, words)).length === 0) return [];
  await sql`VACUUM`.execute(db);
  await emptyLog(db);
  return await remainsIn(files, words);
}

export async function eraseHome(
  db: Kysely<CareDatabase>,
  place: DatabasePlace,
  { home, now }: { readonly home: string; readonly now: number },
): Promise<Erased> {
  const words = await tellingWords(db, home);
  const rows = await eraseRows(db, home, now);
  const remains = "sqliteFile" in place ? await cleanFile(db, place.sqliteFile, words) : [];
  return { rows, remains };
}
