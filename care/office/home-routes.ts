/** Homes: overview, one home, maintenance, absence, test alarms, the gateway's credential. */
import { issueCredential } from "../../platform/credentials.ts";
import {
  absenceSchema,
  drillSchema,
  maintenanceSchema,
  residentSchema,
} from "../../protocol/care-api.ts";
import type { HomeDetail } from "../../protocol/care-office-views.ts";
import { newestAgreement } from "./agreements.ts";
import { recordOf, residentView } from "./alarm-views.ts";
import { allSummaries, summaries } from "./homes.ts";
import type { OfficeParts } from "./parts.ts";
import { may } from "./permissions.ts";
import { notYours } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

const alarmsShown = 50;
const drillsShown = 12;

function reportOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function detail(parts: OfficeParts, ask: Ask): Promise<HomeDetail> {
  const { db, directory, accessLog } = parts;
  const { who } = ask.session();
  const home = ask.param("home");
  const known = await directory.get(home);
  const [summary] = await summaries(parts, who, [home]);
  if (known === undefined || summary === undefined) throw notYours(`home ${home}`);
  const isUrgent = (parts.board.of(home)?.alarms.length ?? 0) > 0;
  await accessLog.write(who, home, "saw the home", isUrgent);
  const seesAlarms = may(who.role, "history-see");
  const alarms = await db
    .selectFrom("alarms")
    .selectAll()
    .where("home", "=", home)
    .orderBy("raised_wall", "desc")
    .limit(seesAlarms ? alarmsShown : 0)
    .execute();
  const drills = await db
    .selectFrom("drills")
    .selectAll()
    .where("home", "=", home)
    .orderBy("wall", "desc")
    .limit(drillsShown)
    .execute();
  const agreement = await newestAgreement(db, home);
  return {
    ...summary,
    ...residentView(known, may(who.role, "resident-see")),
    timezone: known.timezone,
    agreement_version: agreement?.version ?? 0,
    credential:
      known.credential_sha256 === null ? "none" : known.revoked === 1 ? "revoked" : "issued",
    alarms: alarms.map((row) => recordOf(row, known)),
    drills: drills.map(({ id, wall, report }) => ({ id, wall, report: reportOf(report) })),
  };
}

async function changeResident(parts: OfficeParts, ask: Ask) {
  const sent = read(residentSchema, ask.request.body);
  const home = ask.param("home");
  const { group, ...resident } = sent;
  await parts.db
    .updateTable("known_homes")
    .set({ ...resident, ...(group === undefined ? {} : { home_group: group || null }), unread: 1 })
    .where("home", "=", home)
    .execute();
  await parts.accessLog.write(ask.session().who, home, "changed what is known of the resident");
  changed(parts, home);
  return {};
}

/** Here and at the core the row is read anew. */
function changed({ directory, board, core }: OfficeParts, home: string): void {
  directory.forget(home);
  board.touch(home);
  core.tell({ kind: "homes-changed", home });
}

async function setCredential(
  parts: OfficeParts,
  ask: Ask,
  { sha256, revoked }: { readonly sha256?: string; readonly revoked: 0 | 1 },
) {
  const home = ask.param("home");
  await parts.db
    .updateTable("known_homes")
    .set({ revoked, unread: 1, ...(sha256 === undefined ? {} : { credential_sha256: sha256 }) })
    .where("home", "=", home)
    .execute();
  const what = revoked === 1 ? "revoked the gateway's credential" : "issued a gateway credential";
  await parts.accessLog.write(ask.session().who, home, what);
  changed(parts, home);
}

async function askCore(
  parts: OfficeParts,
  ask: Ask,
  wish:
    | { readonly kind: "drill" }
    | { readonly kind: "maintenance" | "absence"; untilWall: number | null },
) {
  const { who } = ask.session();
  const home = ask.param("home");
  await parts.core.ask({ home, account: { id: who.id, name: who.name }, ...wish });
  await parts.accessLog.write(who, home, `asked for ${wish.kind}`, true);
  parts.directory.forget(home);
  return { taken: true, why: "" };
}

export function homeRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/homes": async ({ session }) => ({ homes: await allSummaries(parts, session().who) }),
    "GET /api/homes/:home": (ask) => detail(parts, ask),
    "PUT /api/homes/:home": (ask) => changeResident(parts, ask),
    "POST /api/homes/:home/maintenance": (ask) => {
      const untilWall = read(maintenanceSchema, ask.request.body).until_wall;
      return askCore(parts, ask, { kind: "maintenance", untilWall });
    },
    "POST /api/homes/:home/absence": (ask) => {
      const untilWall = read(absenceSchema, ask.request.body).until_wall;
      return askCore(parts, ask, { kind: "absence", untilWall });
    },
    "POST /api/homes/:home/drill": (ask) => {
      read(drillSchema, ask.request.body);
      return askCore(parts, ask, { kind: "drill" });
    },
    "POST /api/homes/:home/credential": async (ask) => {
      const { secret, sha256 } = issueCredential();
      await setCredential(parts, ask, { sha256, revoked: 0 });
      return { secret };
    },
    "DELETE /api/homes/:home/credential": async (ask) => {
      await setCredential(parts, ask, { revoked: 1 });
      return {};
    },
  };
}
