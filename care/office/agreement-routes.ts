/**
 * The agreement on the desk: read, changed as a new version, and asked "whom would we call then?".
 */
import {
  agreementFaults,
  agreementOf,
  agreementSchema,
  type WrittenAgreement,
} from "../../platform/agreement-file.ts";
import { sentence, spell } from "../../platform/yaml-file.ts";
import type { Agreement } from "../../protocol/agreement.ts";
import {
  type PreviewQuestion,
  previewSchema,
  putAgreementSchema,
} from "../../protocol/care-api.ts";
import { agreementInForce, agreementVersions, newestAgreement, writtenOf } from "./agreements.ts";
import type { OfficeParts } from "./parts.ts";
import { previewOf } from "./preview.ts";
import { notYours, Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

const fault = (path: readonly PropertyKey[], words: string): string =>
  `${spell(path) || "the agreement"} ${words}`;

/** A sentence for each fault, in the words of the configuration file. */
function checked(sent: unknown): WrittenAgreement {
  const result = agreementSchema.safeParse(sent, { reportInput: true });
  const faults = result.success
    ? agreementFaults(result.data, [], fault)
    : result.error.issues.map((issue) => fault(issue.path, sentence(issue)));
  if (result.success && faults.length === 0) return result.data;
  throw new Refusal(422, "the agreement has faults", faults);
}

async function put(parts: OfficeParts, ask: Ask) {
  const { db, wall, accessLog, core } = parts;
  const { who } = ask.session();
  const home = ask.param("home");
  const { base, agreement } = read(putAgreementSchema, ask.request.body);
  const newest = await newestAgreement(db, home);
  const inForce = newest?.version ?? 0;
  const version = inForce + 1;
  const written = checked(
    typeof agreement === "object" && agreement !== null ? { ...agreement, version } : agreement,
  );
  if (base !== inForce) {
    throw new Refusal(409, `version ${inForce} is in force by now; look at it and change that one`);
  }
  const row = { home, version, body: JSON.stringify(written), by_account: who.id, wall: wall() };
  const added = await db.transaction().execute(async (within) => {
    await within.updateTable("known_homes").set({ unread: 1 }).where("home", "=", home).execute();
    return await within
      .insertInto("agreements")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
  });
  if (added.numInsertedOrUpdatedRows !== 1n) {
    throw new Refusal(409, "somebody else has just changed the agreement; look at it again");
  }
  await accessLog.write(who, home, `changed the agreement: version ${version}`, true);
  core.tell({ kind: "homes-changed", home });
  return { version, agreement: written, versions: await agreementVersions(db, home) };
}

async function previewed(
  parts: OfficeParts,
  home: string,
  asked: PreviewQuestion,
): Promise<Agreement> {
  if (asked.agreement !== undefined) return agreementOf(checked(asked.agreement));
  const inForce = await agreementInForce(parts.db, home);
  if (inForce === undefined) throw new Refusal(409, "this home has no agreement yet");
  return inForce;
}

export function agreementRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/homes/:home/agreement": async ({ session, param }) => {
      const home = param("home");
      const row = await newestAgreement(parts.db, home);
      if (row === undefined) throw notYours("agreement");
      await parts.accessLog.write(session().who, home, "saw the agreement", true);
      const agreement = writtenOf(row.body) ?? JSON.parse(row.body);
      const versions = await agreementVersions(parts.db, home);
      return { version: row.version, agreement, versions };
    },
    "PUT /api/homes/:home/agreement": (ask) => put(parts, ask),
    "POST /api/homes/:home/agreement/preview": async ({ request, param }) => {
      const asked = read(previewSchema, request.body);
      return previewOf(await previewed(parts, param("home"), asked), asked);
    },
  };
}
