/**
 * Where gateway time stood last. A file is written by one process, whose clock goes on from its
 * last commit. Processes that share a database share a time: it counts from one moment of the
 * database's own clock, so that a deadline means the same to whoever finds it.
 */
import { type Kysely, sql } from "kysely";
import { type Stamp, type TimeSource, unknownTime } from "../../platform/clock.ts";
import { type Instant, instant } from "../../protocol/time.ts";
import { databaseNow } from "./leases.ts";
import type { CareDialect } from "./migrations.ts";
import type { CareDatabase } from "./schema.ts";

/** Where time stood, and whether that is made up. */
export interface FoundStamp {
  /** Undefined where nothing was ever written. */
  readonly stamp: Stamp | undefined;
  /** Homes are remembered, but not when: nobody knows how long ago it was. */
  readonly isLost: boolean;
}

/**
 * A stamp whose kernel start and wall time nobody has: whoever goes on from it knows of no gap, and
 * every deadline of before is due (`resumeTime`).
 */
const lostAt = (at: Instant): FoundStamp => ({
  stamp: { at, mono_ms: 0, boot: "", wall: { wall_ms: 0, trusted: false } },
  isLost: true,
});

export async function readStamp(
  db: Kysely<CareDatabase>,
  dialect: CareDialect,
  source: TimeSource,
): Promise<FoundStamp> {
  if (dialect === "postgres") return sharedStamp(db, source);
  const row = await db.selectFrom("stamp").select("stamp").executeTakeFirst();
  const stamp = row === undefined ? undefined : (readJson(row.stamp) as Stamp | undefined);
  if (typeof stamp?.at === "number") return { stamp, isLost: false };
  if (!(await remembers(db))) return { stamp: undefined, isLost: false };
  return lostAt(unknownTime(source()).now);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether there is a home whose rules have deadlines. */
async function remembers(db: Kysely<CareDatabase>): Promise<boolean> {
  const home = await db
    .selectFrom("homes")
    .select("home")
    .where("state", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return home !== undefined;
}

/**
 * The first process sets the zero. Where homes are remembered and the zero is not, it is that of
 * 1970: no shared time can have been later.
 */
async function sharedStamp(db: Kysely<CareDatabase>, source: TimeSource): Promise<FoundStamp> {
  const now = databaseNow("postgres");
  const isLost = await remembers(db);
  const zero = isLost ? sql<number>`0` : now;
  const set = await db
    .insertInto("stamp")
    .values({ one: 1, stamp: sql`json_build_object('zero_wall', ${zero})::text` })
    .onConflict((on) => on.column("one").doNothing())
    .executeTakeFirst();
  const { stamp, passed } = await db
    .selectFrom("stamp")
    .select(["stamp", now.as("passed")])
    .executeTakeFirstOrThrow();
  const { zero_wall } = JSON.parse(stamp) as { readonly zero_wall: number };
  const at = instant(passed - zero_wall);
  const isOurs = set.numInsertedOrUpdatedRows === 1n;
  return isLost && isOurs ? lostAt(at) : { stamp: { ...source(), at }, isLost: false };
}
