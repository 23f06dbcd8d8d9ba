/** Faults of homes as work orders. */
import { faultWorkSchema } from "../../protocol/care-api.ts";
import type { FaultsView } from "../../protocol/care-office-views.ts";
import { residentOf } from "./directory.ts";
import { among } from "./homes.ts";
import type { OfficeParts } from "./parts.ts";
import { notYours } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

/** Open ones and those mended lately; the newest first. */
const faultsMax = 2_000;
const mendedShownMs = 14 * 86_400_000;

function blindOf(text: string): string[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.map(String) : [];
  } catch {
    return [];
  }
}

async function list({ db, wall }: OfficeParts, ask: Ask): Promise<FaultsView> {
  const { who } = ask.session();
  const rows = await db
    .selectFrom("faults")
    .innerJoin("known_homes", "known_homes.home", "faults.home")
    .selectAll("faults")
    .select("known_homes.resident")
    .where(among(who))
    .where(({ eb, or }) =>
      or([eb("cleared_wall", "is", null), eb("cleared_wall", ">", wall() - mendedShownMs)]),
    )
    .orderBy("since_wall", "desc")
    .limit(faultsMax)
    .execute();
  return {
    faults: rows.map((row) => ({
      home: row.home,
      resident: residentOf(row),
      subject: row.subject,
      what: row.what,
      since_wall: row.since_wall,
      cleared_wall: row.cleared_wall,
      blind: blindOf(row.blind),
      work_state: row.work_state,
      work_note: row.work_note ?? "",
      work_by: row.work_by ?? "",
    })),
  };
}

async function work(parts: OfficeParts, ask: Ask) {
  const { who } = ask.session();
  const { home, subject, what, state, note } = read(faultWorkSchema, ask.request.body);
  const known = await parts.directory.visible(who, home);
  const changed =
    known === undefined
      ? undefined
      : await parts.db
          .updateTable("faults")
          .set({ work_state: state, work_note: note, work_by: who.name })
          .where("home", "=", home)
          .where("subject", "=", subject)
          .where("what", "=", what)
          .executeTakeFirst();
  if (changed?.numUpdatedRows !== 1n) throw notYours("fault");
  await parts.accessLog.write(who, home, `work on ${subject} (${what}): ${state}`);
  return {};
}

export function faultRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/faults": (ask) => list(parts, ask),
    "POST /api/faults/work": (ask) => work(parts, ask),
  };
}
