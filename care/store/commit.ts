/** Writes one batch: everything in one transaction, and only while every home in it is ours. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Stamp } from "../../platform/clock.ts";
import { type Batch, batchOf } from "./batch.ts";
import { writeLiving } from "./living-commit.ts";
import type { CareDialect } from "./migrations.ts";
import { portions } from "./portions.ts";
import type { Row } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

export interface CommitParts {
  readonly db: Kysely<CareDatabase>;
  readonly dialect: CareDialect;
  readonly owner: string;
  /** Somebody erased these homes; what was to be written of them is not written. */
  readonly onErased: (homes: readonly string[]) => void;
}

/** Rows in their order, numbered from `first` to `last`. */
export interface Portion {
  readonly rows: readonly Row[];
  readonly first: number;
  readonly last: number;
  /** Goes along where one process has the database. */
  readonly stamp: Stamp | undefined;
}

/** Another process looks after the homes of this one: it must write nothing more. */
export class LeaseLost extends Error {
  constructor(words: string) {
    super(words);
    this.name = "LeaseLost";
  }
}

type Within = Transaction<CareDatabase>;

/** All rows or none, and once: also when the answer to an earlier attempt was lost. */
export async function commitRows(parts: CommitParts, portion: Portion): Promise<void> {
  let erased: readonly string[] = [];
  await parts.db.transaction().execute(async (within) => {
    if (await isDone(within, parts.owner, portion)) return;
    erased = await erasedHomes(within, parts, portion.rows);
    const batch = batchOf(portion.rows.filter(({ home }) => !erased.includes(home)));
    await writeCustody(within, batch, parts.owner);
    await writeOutbox(within, batch);
    await writeAlarms(within, batch);
    await writeTellings(within, batch);
    await writeFaults(within, batch);
    await writeRest(within, batch);
    await writeLiving(within, batch.living);
    if (portion.stamp !== undefined) await writeStamp(within, portion.stamp);
  });
  if (erased.length > 0) parts.onErased(erased);
}

/** Holds this process's own row until the commit: nobody can remove it meanwhile. */
async function isDone(within: Within, owner: string, { first, last }: Portion): Promise<boolean> {
  const moved = await within
    .updateTable("owners")
    .set({ last_seq: last })
    .where("owner", "=", owner)
    .where("last_seq", "<", first)
    .executeTakeFirst();
  if (moved.numUpdatedRows > 0n) return false;
  const own = await within
    .selectFrom("owners")
    .select("last_seq")
    .where("owner", "=", owner)
    .executeTakeFirst();
  if (own === undefined) throw new LeaseLost(`the lease of ${owner} has run out`);
  if (own.last_seq >= last) return true;
  throw new Error(`rows ${first} to ${last} after ${own.last_seq}: a commit in the wrong order`);
}

/** Every home must be ours. One that is in no row any more was erased, for good. */
async function erasedHomes(
  within: Within,
  { dialect, owner }: CommitParts,
  rows: readonly Row[],
): Promise<readonly string[]> {
  // Always in the same order, so that two processes never wait for each other in a circle.
  const homes = [...new Set(rows.map(({ home }) => home))].sort((a, b) => (a < b ? -1 : 1));
  const found = new Map<string, string | null>();
  for (const part of portions(homes)) {
    // Not "and owner is": SQLite would read every home of this owner instead of these few.
    const read = await within
      .selectFrom("homes")
      .select(["home", "owner"])
      .where("home", "in", part)
      .$if(dialect === "postgres", (query) => query.forNoKeyUpdate())
      .execute();
    for (const row of read) found.set(row.home, row.owner);
  }
  const foreign = homes.find((home) => found.has(home) && found.get(home) !== owner);
  if (foreign !== undefined) {
    throw new LeaseLost(`another care service looks after ${foreign} now`);
  }
  return homes.filter((home) => !found.has(home));
}

async function writeCustody(within: Within, batch: Batch, owner: string): Promise<void> {
  const states = [...batch.states].map(([home, { state, wakeAt }]) => ({
    ...{ home, state, owner },
    wake_at: wakeAt,
    fence: 0,
  }));
  for (const part of portions(states)) {
    await within
      .insertInto("homes")
      .values(part)
      .onConflict((on) =>
        on.column("home").doUpdateSet(({ ref }) => ({
          state: ref("excluded.state"),
          wake_at: ref("excluded.wake_at"),
        })),
      )
      .execute();
  }
  for (const part of portions(batch.events)) {
    await within.insertInto("events").values(part).execute();
  }
  for (const part of portions(batch.inbox)) {
    await within
      .insertInto("inbox")
      .values(part)
      .onConflict((on) => on.columns(["home", "id"]).doNothing())
      .execute();
  }
  for (const part of portions(batch.closings)) {
    await within
      .insertInto("closings")
      .values(part)
      .onConflict((on) => on.columns(["home", "alarm"]).doNothing())
      .execute();
  }
}

async function writeOutbox(within: Within, { settled, lines }: Batch): Promise<void> {
  for (const part of portions(settled)) {
    await within
      .deleteFrom("outbox")
      .where((at) => at.or(part.map(({ home, id }) => at.and({ home, id }))))
      .execute();
  }
  for (const part of portions(lines)) {
    await within
      .insertInto("outbox")
      .values(part)
      .onConflict((on) => on.columns(["home", "id"]).doNothing())
      .execute();
  }
}

/** The columns of an alarm whose first value stands. */
const standing = [
  ...(["category", "level", "reason", "room", "device"] as const),
  ...(["raised_wall", "custody_wall", "accepted_wall"] as const),
  ...(["closed_wall", "closed_by", "outcome", "note", "false_alarm"] as const),
];

const firstOf = Object.fromEntries(
  standing.map((name) => [name, sql`coalesce(${sql.ref(`alarms.${name}`)}, ${said(name)})`]),
);

function said(name: string) {
  return sql.ref(`excluded.${name}`);
}

async function writeAlarms(within: Within, { alarms }: Batch): Promise<void> {
  for (const part of portions(alarms)) {
    await within
      .insertInto("alarms")
      .values(part)
      .onConflict((on) =>
        on.columns(["home", "id"]).doUpdateSet({
          ...firstOf,
          accepted_by: sql`coalesce(${said("accepted_by")}, alarms.accepted_by)`,
          drill: sql`CASE WHEN alarms.drill = 1 THEN 1 ELSE ${said("drill")} END`,
          late: sql`CASE WHEN alarms.late = 1 THEN 1 ELSE ${said("late")} END`,
        }),
      )
      .execute();
  }
}

/** What was not sent yet when somebody came, or the alarm ended, is not sent any more. */
async function writeTellings(within: Within, { tellings, moot, heard }: Batch): Promise<void> {
  for (const part of portions(moot)) {
    await within
      .updateTable("tellings")
      .set({ stage: sql`CASE WHEN stage = 'due' THEN 'moot' ELSE stage END` })
      .where((at) => at.or(part.map(({ home, alarm }) => at.and({ home, alarm }))))
      .execute();
  }
  for (const part of portions(tellings)) {
    await within
      .insertInto("tellings")
      .values(part)
      .onConflict((on) => on.column("id").doNothing())
      .execute();
  }
  for (const part of portions(heard)) {
    await within.updateTable("tellings").set({ unheard: 0 }).where("id", "in", part).execute();
  }
}

/** A fault that comes again after it had ended is new work; one that goes on keeps its note. */
async function writeFaults(within: Within, { faults }: Batch): Promise<void> {
  const anew = sql`faults.cleared_wall IS NOT NULL AND excluded.cleared_wall IS NULL`;
  for (const part of faults.flatMap((round) => [...portions(round)])) {
    await within
      .insertInto("faults")
      .values(part)
      .onConflict((on) =>
        on.columns(["home", "subject", "what"]).doUpdateSet({
          since_wall: sql`CASE WHEN ${anew} THEN excluded.since_wall ELSE faults.since_wall END`,
          work_state: sql`CASE WHEN ${anew} THEN 'open' ELSE faults.work_state END`,
          work_note: sql`CASE WHEN ${anew} THEN NULL ELSE faults.work_note END`,
          work_by: sql`CASE WHEN ${anew} THEN NULL ELSE faults.work_by END`,
          cleared_wall: sql`excluded.cleared_wall`,
          blind: sql`excluded.blind`,
        }),
      )
      .execute();
  }
}

async function writeRest(within: Within, { drills, context, known }: Batch): Promise<void> {
  for (const part of portions(drills)) {
    await within
      .insertInto("drills")
      .values(part)
      .onConflict((on) => on.column("id").doUpdateSet({ report: sql`excluded.report` }))
      .execute();
  }
  for (const part of portions(context)) {
    await within
      .insertInto("context")
      .values(part)
      .onConflict((on) =>
        on
          .columns(["home", "alarm"])
          .doUpdateSet({ body: sql`excluded.body`, wall: sql`excluded.wall` }),
      )
      .execute();
  }
  for (const { home, change } of known) {
    await within.updateTable("known_homes").set(change).where("home", "=", home).execute();
  }
}

async function writeStamp(within: Within, stamp: Stamp): Promise<void> {
  await within
    .insertInto("stamp")
    .values({ one: 1, stamp: JSON.stringify(stamp) })
    .onConflict((on) => on.column("one").doUpdateSet({ stamp: sql`excluded.stamp` }))
    .execute();
}
