/** Homes as the overview shows them. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { CareDatabase } from "../store/schema.ts";
import type { Board } from "./board.ts";
import { everyGroup, type KnownHomeRow, residentOf, type Who } from "./directory.ts";

/** Homes that one person can have in an overview. */
const homesMax = 50_000;
/** Variables of one statement: well below what SQLite and PostgreSQL take. */
const chunk = 500;

/** The homes that somebody may see, as a condition on `known_homes`. */
export function among({ role, groups, home }: Who): RawBuilder<SqlBool> {
  if (role === "helper") return sql`known_homes.home = ${home ?? ""}`;
  if (groups.includes(everyGroup)) return sql`1 = 1`;
  return groups.length === 0
    ? sql`1 = 0`
    : sql`known_homes.home_group IN (${sql.join([...groups])})`;
}

async function faultCounts(db: Kysely<CareDatabase>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("faults")
    .select(({ fn }) => ["home", fn.countAll<number>().as("count")])
    .where("cleared_wall", "is", null)
    .groupBy("home")
    .execute();
  return new Map(rows.map(({ home, count }) => [home, Number(count)]));
}

function summaryOf(row: KnownHomeRow, board: Board, faults: number): HomeSummaryView {
  const view = board.of(row.home);
  return {
    home: row.home,
    resident: residentOf(row),
    group: row.home_group ?? "",
    link: view?.link ?? "unknown",
    open: view?.alarms.length ?? 0,
    faults,
    maintenance_until_wall: row.maintenance_until_wall,
    drill_due_wall: row.drill_due_wall,
  };
}

interface Parts {
  readonly db: Kysely<CareDatabase>;
  readonly board: Board;
}

/** Some of them by name, or all that the person may see. */
export async function summaries(
  { db, board }: Parts,
  who: Who,
  only?: ReadonlySet<string>,
): Promise<HomeSummaryView[]> {
  const faults = await faultCounts(db);
  const query = db.selectFrom("known_homes").selectAll().where(among(who)).orderBy("home");
  const rows: KnownHomeRow[] = [];
  if (only === undefined) rows.push(...(await query.limit(homesMax).execute()));
  else {
    const names = [...only];
    for (let at = 0; at < names.length; at += chunk) {
      rows.push(...(await query.where("home", "in", names.slice(at, at + chunk)).execute()));
    }
  }
  return rows.map((row) => summaryOf(row, board, faults.get(row.home) ?? 0));
}
