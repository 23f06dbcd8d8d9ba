/** The rows of `tellings`: what is due, whose turn it is, and how far each has come. */
import { type Kysely, sql } from "kysely";
import type { TellingStage } from "../../protocol/care-views.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";
import { arrived, befores, unfinished } from "./stages.ts";

export type TellingRow = TableOf<"tellings">;

/** A row that is due, with what its words need. */
export type DueRow = TellingRow & {
  readonly category: string | null;
  readonly level: string | null;
  readonly reason: string | null;
  readonly closed_wall: number | null;
  readonly resident: string | null;
};

/** Earliest first, real alarms before tests; `after` goes on behind the last row of a page. */
export async function dueRows(
  db: Kysely<CareDatabase>,
  now: number,
  page: { readonly limit: number; readonly skip: number },
): Promise<readonly DueRow[]> {
  return await db
    .selectFrom("tellings")
    .innerJoin("alarms", (join) =>
      join.onRef("alarms.home", "=", "tellings.home").onRef("alarms.id", "=", "tellings.alarm"),
    )
    .leftJoin("known_homes", "known_homes.home", "tellings.home")
    .selectAll("tellings")
    .select(["alarms.category", "alarms.level", "alarms.reason", "alarms.closed_wall"])
    .select("known_homes.resident")
    .where("tellings.stage", "=", "due")
    .where("tellings.due_wall", "<=", now)
    .orderBy("tellings.drill")
    .orderBy("tellings.due_wall")
    .orderBy("tellings.id")
    .limit(page.limit)
    .offset(page.skip)
    .execute();
}

/** The wall time at which the next row is due. */
export async function nextDue(db: Kysely<CareDatabase>): Promise<number | undefined> {
  const row = await db
    .selectFrom("tellings")
    .select(({ fn }) => fn.min("due_wall").as("due"))
    .where("stage", "=", "due")
    .executeTakeFirst();
  return row?.due ?? undefined;
}

export interface Claim {
  readonly until: number;
  readonly repeat: boolean;
  readonly digest: string;
}

/**
 * Takes a row for one try: of several processes one gets it, and a process that dies gives it back
 * when the claim runs out.
 */
export async function claim(
  db: Kysely<CareDatabase>,
  row: TellingRow,
  { until, repeat, digest }: Claim,
): Promise<boolean> {
  const taken = await db
    .updateTable("tellings")
    .set({
      tries: row.tries + 1,
      due_wall: until,
      error: unfinished,
      repeat: repeat ? 1 : 0,
      token_sha256: digest,
    })
    .where("id", "=", row.id)
    .where("stage", "=", "due")
    .where("tries", "=", row.tries)
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

/**
 * Claims of a thread that is no more: their rows are due at once. Only for homes that this process
 * looks after; another one's tries may still be on their way.
 */
export async function releaseClaims(
  db: Kysely<CareDatabase>,
  owns: (home: string) => boolean,
  now: number,
): Promise<void> {
  const rows = await db
    .selectFrom("tellings")
    .select(["id", "home"])
    .where("stage", "=", "due")
    .where("error", "=", unfinished)
    .where("due_wall", ">", now)
    .execute();
  for (const { id, home } of rows) {
    if (owns(home)) await postpone(db, id, { until: now, error: unfinished });
  }
}

/** After a try that did not do it. */
export async function postpone(
  db: Kysely<CareDatabase>,
  id: string,
  { until, error }: { readonly until: number; readonly error: string },
): Promise<void> {
  await db
    .updateTable("tellings")
    .set({ due_wall: until, error })
    .where("id", "=", id)
    .where("stage", "=", "due")
    .execute();
}

const timeOf = {
  sent: "sent_wall",
  delivered: "delivered_wall",
  seen: "seen_wall",
  accepted: "answered_wall",
  declined: "answered_wall",
} as const;

export interface Advance {
  readonly stage: Exclude<TellingStage, "due">;
  readonly now: number;
  readonly error?: string;
}

/** Whoever looks after the home must hear that a message has come to somebody; once is enough. */
const arrival = {
  unheard: sql<number>`CASE WHEN stage IN (${sql.join(arrived)}) THEN unheard ELSE 1 END`,
};

/** Moves a row forward; undefined when it stands there or further already. */
export async function advance(
  db: Kysely<CareDatabase>,
  id: string,
  { stage, now, error }: Advance,
): Promise<TellingRow | undefined> {
  const time = stage === "failed" || stage === "moot" ? {} : { [timeOf[stage]]: now };
  return await db
    .updateTable("tellings")
    .set({ stage, error: error ?? null, ...time, ...(arrived.includes(stage) ? arrival : {}) })
    .where("id", "=", id)
    .where("stage", "in", befores(stage))
    .returningAll()
    .executeTakeFirst();
}

/** Messages of closed alarms that have not left need not leave any more. */
export async function makeMoot(db: Kysely<CareDatabase>, ids: readonly string[]): Promise<void> {
  await db
    .updateTable("tellings")
    .set({ stage: "moot" })
    .where("id", "in", ids)
    .where("stage", "=", "due")
    .execute();
}

export async function tellingByDigest(
  db: Kysely<CareDatabase>,
  digest: string,
): Promise<TellingRow | undefined> {
  return await db
    .selectFrom("tellings")
    .selectAll()
    .where("token_sha256", "=", digest)
    .executeTakeFirst();
}
