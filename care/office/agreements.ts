/** The agreement in force, as a person wrote it and as the rules read it. */
import type { Kysely } from "kysely";
import {
  agreementOf,
  agreementSchema,
  type WrittenAgreement,
} from "../../platform/agreement-file.ts";
import type { Agreement } from "../../protocol/agreement.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";

/** Older versions that are listed with who made them. */
const versionsMax = 200;

export async function newestAgreement(
  db: Kysely<CareDatabase>,
  home: string,
): Promise<TableOf<"agreements"> | undefined> {
  return await db
    .selectFrom("agreements")
    .selectAll()
    .where("home", "=", home)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function agreementVersions(db: Kysely<CareDatabase>, home: string) {
  const rows = await db
    .selectFrom("agreements")
    .leftJoin("accounts", "accounts.id", "agreements.by_account")
    .select(["agreements.version", "agreements.by_account", "agreements.wall", "accounts.name"])
    .where("agreements.home", "=", home)
    .orderBy("version", "desc")
    .limit(versionsMax)
    .execute();
  return rows.map(({ version, by_account, wall, name }) => ({
    version,
    by: name ?? by_account,
    wall,
  }));
}

/**
 * What is on disk was valid when it was written; a later version of the program may ask for more.
 */
export function writtenOf(body: string): WrittenAgreement | undefined {
  try {
    const read = agreementSchema.safeParse(JSON.parse(body));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

export async function agreementInForce(
  db: Kysely<CareDatabase>,
  home: string,
): Promise<Agreement | undefined> {
  const row = await newestAgreement(db, home);
  const written = row === undefined ? undefined : writtenOf(row.body);
  return written === undefined ? undefined : agreementOf(written);
}
