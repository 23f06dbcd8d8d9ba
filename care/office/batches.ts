/** Deletes many rows a few at a time: on SQLite the store waits while somebody else writes. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { CareDatabase } from "../store/schema.ts";

/** Rows of one delete: a few milliseconds. */
const batchRows = 500;
/** The pause between two, in which others write. */
const pauseMs = 50;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Doomed {
  readonly table: keyof CareDatabase;
  /** The columns that make a row one of its kind. */
  readonly key: string;
  readonly where: RawBuilder<SqlBool>;
}

/** How many rows are gone. */
export async function deleteInBatches(
  db: Kysely<CareDatabase>,
  { table, key, where }: Doomed,
): Promise<number> {
  const [name, keys] = [sql.table(table), sql.raw(key)];
  let gone = 0;
  for (;;) {
    const deleted = await sql`
      DELETE FROM ${name} WHERE (${keys}) IN (
        SELECT ${keys} FROM ${name} WHERE ${where} LIMIT ${batchRows})`.execute(db);
    const rows = Number(deleted.numAffectedRows ?? 0n);
    gone += rows;
    if (rows < batchRows) return gone;
    await pause(pauseMs);
  }
}
