/**
 * Where gateway time stood last. A file is written by one process, whose clock goes on from its
 * last commit. Processes that share a database share a time: it counts from one moment of the
 * database's own clock, so that a deadline means the same to whoever finds it.
 */
import { type Kysely, sql } from "kysely";
import type { Stamp, TimeSource } from "../../platform/clock.ts";
import { instant } from "../../protocol/time.ts";
import { databaseNow } from "./leases.ts";
import type { CareDialect } from "./migrations.ts";
import type { CareDatabase } from "./schema.ts";

export async function readStamp(
  db: Kysely<CareDatabase>,
  dialect: CareDialect,
  source: TimeSource,
): Promise<Stamp | undefined> {
  if (dialect === "postgres") return sharedStamp(db, source);
  const row = await db.selectFrom("stamp").select("stamp").executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.stamp) as Stamp);
}

async function sharedStamp(db: Kysely<CareDatabase>, source: TimeSource): Promise<Stamp> {
  const now = databaseNow("postgres");
  await db
    .insertInto("stamp")
    .values({ one: 1, stamp: sql`json_build_object('zero_wall', ${now})::text` })
    .onConflict((on) => on.column("one").doNothing())
    .execute();
  const { stamp, passed } = await db
    .selectFrom("stamp")
    .select(["stamp", now.as("passed")])
    .executeTakeFirstOrThrow();
  const { zero_wall } = JSON.parse(stamp) as { readonly zero_wall: number };
  return { ...source(), at: instant(passed - zero_wall) };
}
