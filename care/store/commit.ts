/** Writes one batch: everything in one transaction, and only while every home in it is ours. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Stamp } from "../../platform/clock.ts";
import { type Batch, batchOf } from "./batch.ts";
import type { CareDialect } from "./migrations.ts";
import { portions } from "./portions.ts";
import type { Row } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

export interface CommitParts {
  readonly db: Kysely<CareDatabase>;
  readonly dialect: CareDialect;
  readonly owner: string;
}

/** Another process looks after a home of this batch: this one must write nothing more. */
export class LeaseLost extends Error {
  constructor(homes: readonly string[]) {
    const named = homes.slice(0, 3).join(", ");
    super(`another care service looks after ${named}${homes.length > 3 ? " and others" : ""} now`);
    this.name = "LeaseLost";
  }
}

type Within = Transaction<CareDatabase>;

/** All rows or none. The stamp of gateway time goes along where one process has the database. */
export async function commitRows(
  { db, dialect, owner }: CommitParts,
  rows: readonly Row[],
  stamp: Stamp | undefined,
): Promise<void> {
  const batch = batchOf(rows);
  await db.transaction().execute(async (within) => {
    await holdHomes(within, dialect, { owner, homes: batch.homes });
    await writeCustody(within, batch, owner);
    await writeOutbox(within, batch);
    await writeAlarms(within, batch);
    await writeTellings(within, batch);
    await writeFaults(within, batch);
    await writeRest(within, batch);
    if (stamp !== undefined) await writeStamp(within, stamp);
  });
}

async function holdHomes(
  within: Within,
  dialect: CareDialect,
  { owner, homes }: { readonly owner: string; readonly homes: readonly string[] },
): Promise<void> {
  const ours = new Set<string>();
  for (const part of portions(homes)) {
    // Not "and owner is": SQLite would read every home of this owner instead of these few.
    const found = await within
      .selectFrom("homes")
      .select(["home", "owner"])
      .where("home", "in", part)
      .$if(dialect === "postgres", (query) => query.forNoKeyUpdate())
      .execute();
    for (const row of found) if (row.owner === owner) ours.add(row.home);
  }
  const lost = homes.filter((home) => !ours.has(home));
  if (lost.length > 0) throw new LeaseLost(lost);
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
async function writeTellings(within: Within, { tellings, moot }: Batch): Promise<void> {
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
