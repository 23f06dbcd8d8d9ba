/**
 * The agreement on the desk: read, changed as a new version, and asked "whom would we call then?".
 */
import { faultsIn } from "../../platform/agreement-faults.ts";
import {
  agreementOf,
  agreementSchema,
  type WrittenAgreement,
} from "../../platform/agreement-file.ts";
import type { Agreement } from "../../protocol/agreement.ts";
import {
  type PreviewQuestion,
  previewSchema,
  putAgreementSchema,
} from "../../protocol/care-api.ts";
import { hasFaults, issueIn, troubleIn } from "./agreement-words.ts";
import { agreementInForce, agreementVersions, newestAgreement, writtenOf } from "./agreements.ts";
import { type Language, languageOf } from "./language.ts";
import type { OfficeParts } from "./parts.ts";
import { previewOf } from "./preview.ts";
import { notYours, Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

/** A sentence for each fault, in the language of whoever wrote it. */
function checked(sent: unknown, language: Language): WrittenAgreement {
  const result = agreementSchema.safeParse(sent, { reportInput: true });
  const faults = result.success
    ? faultsIn(result.data).map((fault) => troubleIn(language, fault))
    : result.error.issues.map((issue) => issueIn(language, issue));
  if (result.success && faults.length === 0) return result.data;
  throw new Refusal(422, hasFaults[language], faults);
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
    languageOf(ask.request),
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
  { db }: OfficeParts,
  { request, param }: Ask,
  asked: PreviewQuestion,
): Promise<Agreement> {
  const { agreement } = asked;
  if (agreement !== undefined) return agreementOf(checked(agreement, languageOf(request)));
  const inForce = await agreementInForce(db, param("home"));
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
    "POST /api/homes/:home/agreement/preview": async (ask) => {
      const asked = read(previewSchema, ask.request.body);
      return previewOf(await previewed(parts, ask, asked), asked);
    },
  };
}
