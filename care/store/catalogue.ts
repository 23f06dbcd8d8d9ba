/**
 * The provider's catalogue as it is in force for all homes: what the process that started last has
 * in its configuration. Its version grows for ever, also over a database that began anew.
 */
import type { Kysely } from "kysely";
import type { Offer } from "../../protocol/living.ts";
import type { CareDatabase } from "./schema.ts";

export interface Catalogue {
  /** 0: there never was one. */
  readonly version: number;
  readonly offers: readonly Offer[];
}

const key = "catalogue";

/** The next version of a list: no home has heard a higher one, whatever happened to our memory. */
export const nextVersion = (before: number, wall: number): number =>
  Math.max(before + 1, Math.floor(wall));

export async function readCatalogue(db: Kysely<CareDatabase>): Promise<Catalogue> {
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("key", "=", key)
    .executeTakeFirst();
  return row === undefined ? { version: 0, offers: [] } : (JSON.parse(row.value) as Catalogue);
}

/** Puts the configuration's offers in force. Nothing is written where they are already. */
export async function settleCatalogue(
  db: Kysely<CareDatabase>,
  offers: readonly Offer[],
  wall: number,
): Promise<void> {
  const before = await readCatalogue(db);
  if (JSON.stringify(before.offers) === JSON.stringify(offers)) return;
  const value = JSON.stringify({ version: nextVersion(before.version, wall), offers });
  await db
    .insertInto("settings")
    .values({ key, value })
    .onConflict((on) => on.column("key").doUpdateSet({ value }))
    .execute();
}
