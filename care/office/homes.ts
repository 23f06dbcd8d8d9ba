/** Homes as the overview shows them. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import type { CareDatabase } from "../store/schema.ts";
import type { Board } from "./board.ts";
import { everyGroup, type KnownHomeRow, residentOf, type Who } from "./directory.ts";
import type { OpenAlarms } from "./open-alarms.ts";
import { may } from "./permissions.ts";

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

async function faultCounts(
  db: Kysely<CareDatabase>,
  only: readonly string[] | undefined,
): Promise<ReadonlyMap<string, number>> {
  const query = db
    .selectFrom("faults")
    .select(({ fn }) => ["home", fn.countAll<number>().as("count")])
    .where("cleared_wall", "is", null)
    .groupBy("home");
  const rows = await (only === undefined ? query : query.where("home", "in", only)).execute();
  return new Map(rows.map(({ home, count }) => [home, Number(count)]));
}

interface Parts {
  readonly db: Kysely<CareDatabase>;
  readonly board: Board;
  readonly openAlarms: Pick<OpenAlarms, "countOf">;
}

function summaryOf(
  { board, openAlarms }: Parts,
  { role }: Who,
  row: KnownHomeRow,
  faults: number,
): HomeSummaryView {
  return {
    home: row.home,
    resident: residentOf(row),
    group: row.home_group ?? "",
    link: board.of(row.home)?.link ?? "unknown",
    open: openAlarms.countOf(row.home),
    faults,
    maintenance_until_wall: row.maintenance_until_wall,
    drill_due_wall: row.drill_due_wall,
    absent_until_wall: may(role, "absence") ? row.absent_until_wall : null,
  };
}

/** All homes that the person may see. */
export async function allSummaries(parts: Parts, who: Who): Promise<HomeSummaryView[]> {
  const { db } = parts;
  const query = db.selectFrom("known_homes").selectAll().where(among(who)).orderBy("home");
  const rows = await query.limit(homesMax).execute();
  const faults = await faultCounts(db, undefined);
  return rows.map((row) => summaryOf(parts, who, row, faults.get(row.home) ?? 0));
}

/** Those of these homes that the person may see. */
export async function summaries(
  parts: Parts,
  who: Who,
  homes: Iterable<string>,
): Promise<HomeSummaryView[]> {
  const { db } = parts;
  const names = [...homes];
  const found: HomeSummaryView[] = [];
  for (let at = 0; at < names.length; at += chunk) {
    const some = names.slice(at, at + chunk);
    const rows = await db
      .selectFrom("known_homes")
      .selectAll()
      .where(among(who))
      .where("home", "in", some)
      .execute();
    const faults = await faultCounts(db, some);
    found.push(...rows.map((row) => summaryOf(parts, who, row, faults.get(row.home) ?? 0)));
  }
  return found;
}
