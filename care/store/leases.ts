/**
 * Which process looks after which home. Each has a row in `owners` and renews it by the clock of
 * the database; whoever finds a row expired removes it and takes its homes. A removed row cannot be
 * renewed: its process learns that it is out.
 */
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { CareDialect } from "./migrations.ts";
import type { CareDatabase } from "./schema.ts";

export interface LeaseParts {
  readonly db: Kysely<CareDatabase>;
  readonly dialect: CareDialect;
  readonly owner: string;
  readonly leaseMs: number;
}

/** Milliseconds since 1970, as the database sees them. */
export const databaseNow = (dialect: CareDialect): RawBuilder<number> =>
  dialect === "postgres"
    ? sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
    : sql<number>`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

/** What a look at the others showed. */
export interface Share {
  /** Homes that came to this process, the one with the earliest deadline first. */
  readonly claimed: readonly string[];
  /** How many homes this process has beyond its fair share. */
  readonly surplus: number;
  /** There are homes that this process would take, had they been given up. */
  readonly hungry: boolean;
}

const until = ({ dialect, leaseMs }: LeaseParts): RawBuilder<number> =>
  sql<number>`${databaseNow(dialect)} + ${sql.lit(leaseMs)}`;

/** Takes a place among the processes. */
export async function enterLease(parts: LeaseParts): Promise<void> {
  await parts.db
    .insertInto("owners")
    .values({ owner: parts.owner, until_wall: until(parts) })
    .onConflict((on) =>
      on.column("owner").doUpdateSet({ until_wall: sql`excluded.until_wall`, last_seq: 0 }),
    )
    .execute();
}

/** False: another process found this one silent for too long. */
export async function renewLease(parts: LeaseParts): Promise<boolean> {
  const done = await parts.db
    .updateTable("owners")
    .set({ until_wall: until(parts) })
    .where("owner", "=", parts.owner)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

const count = async (query: {
  executeTakeFirst(): Promise<{ n: number | string | bigint } | undefined>;
}): Promise<number> => Number((await query.executeTakeFirst())?.n ?? 0);

/**
 * Removes others who fell silent, and takes homes that nobody has, up to the fair share. Undefined:
 * another process found this one silent for too long. One whom nobody missed goes on, however long
 * the database was away.
 */
export function claimHomes(parts: LeaseParts, mayRemove: boolean): Promise<Share | undefined> {
  const { db, dialect, owner } = parts;
  const now = databaseNow(dialect);
  return db.transaction().execute(async (within) => {
    const own = await within
      .selectFrom("owners")
      .select(({ eb }) => eb("until_wall", "-", now).as("left"))
      .where("owner", "=", owner)
      .$if(dialect === "postgres", (query) => query.forKeyShare())
      .executeTakeFirst();
    if (own === undefined) return undefined;
    // When the database was away, all leases have run out, and nobody is dead for that.
    if (mayRemove && own.left > 0) {
      await within
        .deleteFrom("owners")
        .where("owner", "<>", owner)
        .where("until_wall", "<", now)
        .execute();
    }
    const number = (table: "owners" | "homes") =>
      count(within.selectFrom(table).select(({ fn }) => fn.countAll().as("n")));
    const mine = await count(
      within
        .selectFrom("homes")
        .where("owner", "=", owner)
        .select(({ fn }) => fn.countAll().as("n")),
    );
    const share = Math.ceil((await number("homes")) / Math.max(1, await number("owners")));
    const room = share - mine;
    const claimed = room > 0 ? await take(within, parts, room) : [];
    return { claimed, surplus: Math.max(0, -room), hungry: room > claimed.length };
  });
}

async function take(
  within: Transaction<CareDatabase>,
  { dialect, owner }: LeaseParts,
  room: number,
): Promise<readonly string[]> {
  const free = await within
    .selectFrom("homes")
    .select("home")
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb("owner", "is", null),
        not(
          exists(
            selectFrom("owners")
              .whereRef("owners.owner", "=", "homes.owner")
              .select("owners.owner"),
          ),
        ),
      ]),
    )
    .orderBy("wake_at", (order) => order.asc().nullsLast())
    .limit(room)
    .$if(dialect === "postgres", (query) => query.forUpdate().skipLocked())
    .execute();
  const homes = free.map(({ home }) => home);
  for (let at = 0; at < homes.length; at += claimMax) {
    await within
      .updateTable("homes")
      .set(({ eb }) => ({ owner, fence: eb("fence", "+", 1) }))
      .where("home", "in", homes.slice(at, at + claimMax))
      .execute();
  }
  return homes;
}

/** Homes in one statement. */
const claimMax = 500;

/** Homes that may go: those whose next deadline is farthest. */
export async function spareHomes(
  { db, owner }: LeaseParts,
  limit: number,
): Promise<readonly string[]> {
  const found = await db
    .selectFrom("homes")
    .select("home")
    .where("owner", "=", owner)
    .orderBy("wake_at", (order) => order.desc().nullsFirst())
    .limit(limit)
    .execute();
  return found.map(({ home }) => home);
}

/** What this process has already, the home with the earliest deadline first. */
export async function ownHomes({ db, owner }: LeaseParts): Promise<readonly string[]> {
  const found = await db
    .selectFrom("homes")
    .select("home")
    .where("owner", "=", owner)
    .orderBy("wake_at", (order) => order.asc().nullsLast())
    .execute();
  return found.map(({ home }) => home);
}

/** Nobody looks after these homes from now on; the next one who looks takes them. */
export async function releaseHomes(
  { db, owner }: LeaseParts,
  homes: readonly string[],
): Promise<void> {
  for (let at = 0; at < homes.length; at += claimMax) {
    await db
      .updateTable("homes")
      .set({ owner: null })
      .where("owner", "=", owner)
      .where("home", "in", homes.slice(at, at + claimMax))
      .execute();
  }
}

/** Gives up the place among the processes: the others need not wait for the lease to expire. */
export async function leaveLease({ db, owner }: LeaseParts): Promise<void> {
  await db.transaction().execute(async (within) => {
    await within.deleteFrom("owners").where("owner", "=", owner).execute();
    await within.updateTable("homes").set({ owner: null }).where("owner", "=", owner).execute();
  });
}
