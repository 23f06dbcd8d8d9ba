/**
 * What has been kept long enough goes, once a day, a few rows at a time: the store writes in
 * between.
 */
import { type Kysely, type SqlBool, sql } from "kysely";
import type { CareDatabase } from "../store/schema.ts";
import { deleteInBatches } from "./batches.ts";
import { dropInvites } from "./invites.ts";
import { forgottenAfterMs } from "./login-throttle.ts";
import type { RetentionSettings } from "./mail.ts";

const dayMs = 86_400_000;

const tables = [
  ...(["events", "alarms", "tellings", "access_log", "context", "drills", "faults"] as const),
  ...(["orders", "wishes"] as const),
] as const;

interface Rule {
  readonly table: (typeof tables)[number];
  /** The columns that make a row one of its kind. */
  readonly key: string;
  readonly time: string;
  readonly days: number;
}

function rulesOf(keep: RetentionSettings): readonly Rule[] {
  return [
    { table: "events", key: "seq", time: "wall", days: keep.eventsDays },
    { table: "context", key: "home, alarm", time: "wall", days: keep.contextDays },
    { table: "access_log", key: "n", time: "wall", days: keep.accessLogDays },
    // The telling of an open alarm is younger than its alarm's end.
    { table: "tellings", key: "id", time: "created_wall", days: keep.alarmsDays },
    { table: "alarms", key: "home, id", time: "closed_wall", days: keep.alarmsDays },
    { table: "drills", key: "id", time: "wall", days: keep.alarmsDays },
    // Of an order for a day that is over, nobody expects an answer any more.
    { table: "orders", key: "home, id", time: "changed_wall", days: keep.ordersDays },
    { table: "wishes", key: "home, ask", time: "wall", days: keep.ordersDays },
    { table: "faults", key: "home, subject, what", time: "cleared_wall", days: keep.alarmsDays },
  ];
}

async function prune(db: Kysely<CareDatabase>, rule: Rule, now: number): Promise<number> {
  const { table, key, time, days } = rule;
  const where = sql<SqlBool>`${sql.ref(time)} < ${now - days * dayMs}`;
  return await deleteInBatches(db, { table, key, where });
}

/** Removes what is over its time; the number of rows by table. */
export async function retain(
  db: Kysely<CareDatabase>,
  keep: RetentionSettings,
  now: number,
): Promise<Readonly<Record<string, number>>> {
  const gone: Record<string, number> = {};
  for (const rule of rulesOf(keep)) gone[rule.table] = await prune(db, rule, now);
  await db.deleteFrom("sessions").where("expires_wall", "<", now).execute();
  await db
    .deleteFrom("login_failures")
    .where("until_wall", "<", now - forgottenAfterMs)
    .execute();
  await dropInvites(db, { before: now });
  return gone;
}

/** The first run is some minutes after the start: then homes come back and need the disk. */
const firstMs = 600_000;

export function runRetention(parts: {
  readonly db: Kysely<CareDatabase>;
  readonly keep: RetentionSettings;
  readonly wall: () => number;
  readonly warn: (text: string) => void;
}): () => void {
  const run = (): void => {
    retain(parts.db, parts.keep, parts.wall()).catch((thrown: unknown) => {
      parts.warn(`what is over its time could not be removed today: ${thrown}`);
    });
  };
  const first = setTimeout(run, firstMs);
  const daily = setInterval(run, dayMs);
  return () => {
    clearTimeout(first);
    clearInterval(daily);
  };
}
