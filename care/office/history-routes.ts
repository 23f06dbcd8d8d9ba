/** History with its filter, as a page or as CSV, and the statistics. */
import type { FastifyReply } from "fastify";
import {
  type HistoryQuery,
  historyQuerySchema,
  statisticsQuerySchema,
} from "../../protocol/care-api.ts";
import type { AlarmRecord } from "../../protocol/care-views.ts";
import { recordOf } from "./alarm-views.ts";
import { csvOf } from "./csv.ts";
import { among } from "./homes.ts";
import type { OfficeParts } from "./parts.ts";
import { notYours } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";
import { statisticsOf } from "./statistics.ts";

/** Rows on a page, and in a file. */
const rowsMax = { json: 500, csv: 20_000 } as const;
/** Alarms that statistics read; a year of some thousand homes. */
const countedMax = 200_000;

const columns = [
  "home",
  "resident",
  "alarm",
  "category",
  "level",
  "reason",
  "room",
  "drill",
  "raised",
  "custody",
  "accepted",
  "accepted_by",
  "closed",
  "closed_by",
  "outcome",
  "false_alarm",
  "note",
] as const;

const timeOf = (wall: number | null): string => (wall === null ? "" : new Date(wall).toISOString());

function cellsOf(row: AlarmRecord) {
  return [
    row.home,
    row.resident,
    row.alarm,
    row.category,
    row.level,
    row.reason,
    row.room,
    row.drill,
    timeOf(row.raised_wall),
    timeOf(row.custody_wall),
    timeOf(row.accepted_wall),
    row.accepted_by,
    timeOf(row.closed_wall),
    row.closed_by,
    row.outcome,
    row.false_alarm,
    row.note,
  ];
}

type Narrowed = Pick<HistoryQuery, "home" | "category" | "outcome" | "from" | "to">;

/** Alarms of the homes that the person may see, within the filter. */
function alarmsOf({ db }: OfficeParts, ask: Ask, narrow: Narrowed) {
  const { who } = ask.session();
  const { home, category, outcome, from, to } = narrow;
  let query = db
    .selectFrom("alarms")
    .innerJoin("known_homes", "known_homes.home", "alarms.home")
    .where(among(who))
    .where("raised_wall", "is not", null);
  if (home !== undefined) query = query.where("alarms.home", "=", home);
  if (category !== undefined) query = query.where("category", "=", category);
  if (outcome !== undefined) query = query.where("outcome", "=", outcome);
  if (from !== undefined) query = query.where("raised_wall", ">=", from);
  if (to !== undefined) query = query.where("raised_wall", "<", to);
  return query.orderBy("raised_wall", "desc");
}

async function history(parts: OfficeParts, ask: Ask) {
  const { who } = ask.session();
  const sent = read(historyQuerySchema, ask.request.query);
  if (sent.home !== undefined) {
    const known = await parts.directory.visible(who, sent.home);
    if (known === undefined) throw notYours(`home ${sent.home}`);
  }
  const limit = rowsMax[sent.format];
  let query = alarmsOf(parts, ask, sent).selectAll("alarms").select("known_homes.resident");
  if (sent.drills === "no") query = query.where("drill", "=", 0);
  const rows = await query.limit(limit + 1).execute();
  const alarms = rows.slice(0, limit).map((row) => recordOf(row, row));
  const homes = alarms.map(({ home }) => home);
  await parts.accessLog.glance(who, homes, `saw the history (${sent.format})`);
  if (sent.format === "csv") return asFile(ask.reply, alarms);
  return { alarms, more: rows.length > limit };
}

function asFile(reply: FastifyReply, alarms: readonly AlarmRecord[]): string {
  reply.type("text/csv; charset=utf-8");
  reply.header("content-disposition", 'attachment; filename="alarms.csv"');
  return csvOf(columns, alarms.map(cellsOf));
}

async function statistics(parts: OfficeParts, ask: Ask) {
  const sent = read(statisticsQuerySchema, ask.request.query);
  const rows = await alarmsOf(parts, ask, sent)
    .select(["category", "drill", "raised_wall", "custody_wall", "accepted_wall"])
    .select(["closed_wall", "outcome", "false_alarm"])
    .limit(countedMax)
    .execute();
  return statisticsOf(
    rows.map((row) => ({
      ...row,
      category: row.category ?? "fault",
      drill: row.drill === 1,
      raised_wall: row.raised_wall ?? 0,
      false_alarm: row.false_alarm === 1,
    })),
  );
}

export function historyRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/history": (ask) => history(parts, ask),
    "GET /api/statistics": (ask) => statistics(parts, ask),
  };
}
