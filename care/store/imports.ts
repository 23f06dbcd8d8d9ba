/**
 * Takes the homes of the configuration file into the database, where the desk may change them
 * later: the file counts for a home that is new, and where its agreement has a higher version.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { erasedKey } from "./erased.ts";
import { portions, storable } from "./portions.ts";
import type { ImportedHome } from "./rows.ts";
import type { CareDatabase, TableOf } from "./schema.ts";

/** Homes that one transaction takes. */
const togetherMax = 256;

interface Known {
  readonly row: TableOf<"known_homes">;
  readonly newest: number;
  /** The body of the version that the file names, if there is one. */
  readonly sameVersion: string | undefined;
}

/** Returns a sentence for each thing in the file that is not taken. */
export async function importHomes(
  db: Kysely<CareDatabase>,
  homes: readonly ImportedHome[],
  wall: number,
): Promise<readonly string[]> {
  const said: string[] = [];
  for (let at = 0; at < homes.length; at += togetherMax) {
    const page = homes.slice(at, at + togetherMax);
    const words = await db.transaction().execute((within) => importPage(within, page, wall));
    said.push(...words);
  }
  return said;
}

async function importPage(
  within: Transaction<CareDatabase>,
  page: readonly ImportedHome[],
  wall: number,
): Promise<readonly string[]> {
  const known = await readKnown(within, page);
  const erased = await readErased(within, page);
  const taken: ImportedHome[] = [];
  const said: string[] = [];
  for (const home of page) {
    if (erased.has(erasedKey(home.home))) {
      said.push(
        `${home.home}: was erased at a desk and is not taken again; take it out of the file`,
      );
      continue;
    }
    const before = known.get(home.home);
    if (before === undefined || home.version > before.newest) taken.push(home);
    else {
      await takeCredential(within, home, before);
      said.push(...refusals(home, before));
    }
  }
  await write(within, taken, wall);
  return said;
}

/** Who was erased is not brought back by a file that nobody has changed. */
async function readErased(
  within: Transaction<CareDatabase>,
  page: readonly ImportedHome[],
): Promise<ReadonlySet<string>> {
  const keys = page.map(({ home }) => erasedKey(home));
  const found = new Set<string>();
  for (const part of portions(keys)) {
    const rows = await within
      .selectFrom("settings")
      .select("key")
      .where("key", "in", part)
      .execute();
    for (const { key } of rows) found.add(key);
  }
  return found;
}

async function readKnown(
  within: Transaction<CareDatabase>,
  page: readonly ImportedHome[],
): Promise<ReadonlyMap<string, Known>> {
  const names = page.map(({ home }) => home);
  const known = new Map<string, Known>();
  for (const part of portions(names)) {
    const rows = await within
      .selectFrom("known_homes")
      .selectAll()
      .where("home", "in", part)
      .execute();
    const versions = await within
      .selectFrom("agreements")
      .select(["home", "version", "body"])
      .where("home", "in", part)
      .execute();
    for (const row of rows) {
      const own = versions.filter(({ home }) => home === row.home);
      const file = page.find(({ home }) => home === row.home)?.version;
      known.set(row.home, {
        row,
        newest: Math.max(0, ...own.map(({ version }) => version)),
        sameVersion: own.find(({ version }) => version === file)?.body,
      });
    }
  }
  return known;
}

/** A password that changed in the file since it was last read there is a new one. */
async function takeCredential(
  within: Transaction<CareDatabase>,
  { home, credentialSha256 }: ImportedHome,
  { row }: Known,
): Promise<void> {
  if (row.imported_credential === credentialSha256) return;
  await within
    .updateTable("known_homes")
    .set({
      credential_sha256: credentialSha256,
      imported_credential: credentialSha256,
      revoked: 0,
      unread: 1,
    })
    .where("home", "=", home)
    .execute();
}

/** What the file says and what counts are different, and whoever wrote the file must hear of it. */
function refusals(home: ImportedHome, { row, newest, sameVersion }: Known): string[] {
  const { version } = home;
  const remedy = `give it version ${newest + 1} to bring it into force`;
  if (version < newest && version > row.imported_version) {
    const words = `its agreement has version ${version}, but version ${newest} was made at a desk`;
    return [`${home.home}: ${words}; ${remedy}`];
  }
  if (version !== row.imported_version) return [];
  const other: string[] = [];
  if (sameVersion !== undefined && !agrees(sameVersion, home.agreement)) other.push("agreement");
  if (!agrees(row.link, home.link)) other.push("link");
  if (row.timezone !== home.timezone) other.push("timezone");
  if (other.length === 0 || newest !== version) return [];
  const words = `${other.join(" and ")} differ from what is in force, under the same version`;
  return [`${home.home}: in the file ${words} ${version}; ${remedy}`];
}

/** A setting that came with an update stands in the file by its default, not in what was stored. */
const agrees = (stored: string, file: string): boolean =>
  isPart(JSON.parse(stored), JSON.parse(file));

function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || typeof whole !== "object" || part === null || whole === null) {
    return part === whole;
  }
  if (Array.isArray(part) && Array.isArray(whole) && part.length !== whole.length) return false;
  return Object.entries(part).every(([name, value]) =>
    isPart(value, (whole as Record<string, unknown>)[name]),
  );
}

async function write(
  within: Transaction<CareDatabase>,
  homes: readonly ImportedHome[],
  wall: number,
): Promise<void> {
  const rows = homes.map(({ home, timezone, credentialSha256, link, version, about }) =>
    storable({
      ...{ home, timezone, link, credential_sha256: credentialSha256 },
      ...{ imported_credential: credentialSha256, imported_version: version },
      ...{ resident: null, address: null, phone: null, key_safe: null, notes: null },
      ...{ home_group: null, revoked: 0, maintenance_until_wall: null, drill_due_wall: null },
      absent_until_wall: null,
      ...about,
    }),
  );
  for (const part of portions(rows)) {
    await within
      .insertInto("known_homes")
      .values(part)
      .onConflict((on) =>
        on.column("home").doUpdateSet({
          timezone: sql`excluded.timezone`,
          link: sql`excluded.link`,
          imported_version: sql`excluded.imported_version`,
          // A password that the desk issued stays in force until the file has another one.
          credential_sha256: sql`CASE
            WHEN known_homes.imported_credential = excluded.imported_credential
            THEN known_homes.credential_sha256 ELSE excluded.credential_sha256 END`,
          revoked: sql`CASE
            WHEN known_homes.imported_credential = excluded.imported_credential
            THEN known_homes.revoked ELSE 0 END`,
          imported_credential: sql`excluded.imported_credential`,
          // Another process may look after it.
          unread: sql`1`,
        }),
      )
      .execute();
  }
  const agreements = homes.map(({ home, version, agreement }) =>
    storable({ ...{ home, version, wall }, body: agreement, by_account: null }),
  );
  for (const part of portions(agreements)) {
    await within
      .insertInto("agreements")
      .values(part)
      .onConflict((on) => on.columns(["home", "version"]).doNothing())
      .execute();
  }
  const empty = { state: null, wake_at: null, owner: null, fence: 0 };
  for (const part of portions(homes.map(({ home }) => ({ home, ...empty })))) {
    await within
      .insertInto("homes")
      .values(part)
      .onConflict((on) => on.column("home").doNothing())
      .execute();
  }
}
