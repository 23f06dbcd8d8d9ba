/** The resident's rights: who looked, everything that is kept, and the end of it. */
import { Readable } from "node:stream";
import { accessLogQuerySchema, eraseSchema } from "../../protocol/care-api.ts";
import { eraseHome } from "./erasure.ts";
import { exportOf } from "./export.ts";
import type { OfficeParts } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

const looksShown = 200;

async function looks({ db }: OfficeParts, { request, param }: Ask) {
  const { before } = read(accessLogQuerySchema, request.query);
  let query = db.selectFrom("access_log").selectAll().where("home", "=", param("home"));
  if (before !== undefined) query = query.where("n", "<", before);
  const rows = await query.orderBy("n", "desc").limit(looksShown).execute();
  return {
    looks: rows.map(({ n, wall, account, name, role, what }) => ({
      n,
      wall,
      account,
      name,
      role,
      what,
    })),
  };
}

async function sendExport(parts: OfficeParts, { session, reply, param }: Ask): Promise<Readable> {
  const home = param("home");
  await parts.accessLog.write(session().who, home, "exported everything");
  reply.type("application/json; charset=utf-8");
  reply.header("content-disposition", `attachment; filename="export.json"`);
  return Readable.from(exportOf(parts.db, home, parts.wall()));
}

/** First the core lets the home go, then the rows go: nothing is written after them. */
async function erase(parts: OfficeParts, { session, request, param }: Ask) {
  const home = param("home");
  const { who } = session();
  const { confirm } = read(eraseSchema, request.body);
  if (confirm !== home) throw new Refusal(400, `confirm: must be ${home}, to be sure`);
  if ((parts.board.of(home)?.alarms.length ?? 0) > 0) {
    throw new Refusal(409, "an alarm is open in this home; close it first");
  }
  await parts.core.ask({ home, account: { id: who.id, name: who.name }, kind: "forget" });
  const erased = await eraseHome(parts.db, parts.settings.database, { home, now: parts.wall() });
  parts.directory.forget(home);
  parts.core.tell({ kind: "homes-changed", home });
  return erased;
}

export function privacyRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/homes/:home/access-log": (ask) => looks(parts, ask),
    "GET /api/homes/:home/export": (ask) => sendExport(parts, ask),
    "POST /api/homes/:home/erase": (ask) => erase(parts, ask),
  };
}
