/** Keeps what grows within its bounds, one home at a time: no home can erase another's history. */
import type { Kysely } from "kysely";
import { closedAlarmsMax } from "../../rules/machines/escalation-state.ts";
import { takenMax } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

/**
 * Events of one home that are kept; beyond it the oldest go. A busy home makes a few hundred a day;
 * open alarms do not depend on them.
 */
export const homeEventsMax = 10_000;

/** Rows that go at once: a long absence must not become a long commit. */
const togetherMax = 2_000;

export interface Bounds {
  readonly events: number;
  /** Events from before this moment go, however few they are. */
  readonly eventsSince_wall: number;
}

/** Returns whether there may be more to remove. */
export async function pruneHome(
  db: Kysely<CareDatabase>,
  home: string,
  bounds: Bounds,
): Promise<boolean> {
  const tooMany = await eventBeyond(db, home, bounds.events);
  const old = db
    .selectFrom("events")
    .select("seq")
    .where("home", "=", home)
    .where(({ or, eb }) => or([eb("wall", "<", bounds.eventsSince_wall), eb("seq", "<=", tooMany)]))
    .orderBy("seq")
    .limit(togetherMax);
  const gone = await db.deleteFrom("events").where("seq", "in", old).executeTakeFirst();
  await pruneList(db, "inbox", { home, max: takenMax });
  await pruneList(db, "closings", { home, max: closedAlarmsMax });
  return gone.numDeletedRows >= BigInt(togetherMax);
}

/** The newest event of the home that is too many; 0 when none is. */
async function eventBeyond(db: Kysely<CareDatabase>, home: string, max: number): Promise<number> {
  const found = await db
    .selectFrom("events")
    .select("seq")
    .where("home", "=", home)
    .orderBy("seq", "desc")
    .limit(1)
    .offset(max)
    .executeTakeFirst();
  return found?.seq ?? 0;
}

async function pruneList(
  db: Kysely<CareDatabase>,
  table: "inbox" | "closings",
  { home, max }: { readonly home: string; readonly max: number },
): Promise<void> {
  const beyond = await db
    .selectFrom(table)
    .select("n")
    .where("home", "=", home)
    .orderBy("n", "desc")
    .limit(1)
    .offset(max)
    .executeTakeFirst();
  if (beyond === undefined) return;
  await db.deleteFrom(table).where("home", "=", home).where("n", "<=", beyond.n).execute();
}

/** The home after this one by name, among those of this process; undefined at the end. */
export async function homeAfter(
  db: Kysely<CareDatabase>,
  owner: string,
  home: string,
): Promise<string | undefined> {
  const found = await db
    .selectFrom("homes")
    .select("home")
    .where("owner", "=", owner)
    .where("home", ">", home)
    .orderBy("home")
    .limit(1)
    .executeTakeFirst();
  return found?.home;
}
