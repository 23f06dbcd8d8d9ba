/** The same store on both dialects: a fresh database for each test, and a store that notes what it says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { DatabasePlace } from "../../../care/store/place.ts";
import type { Arrival, EntryRow, ImportedHome, KeptHome } from "../../../care/store/rows.ts";
import type { CareDatabase } from "../../../care/store/schema.ts";
import { type CareStore, openStore, type StoreParts } from "../../../care/store/store.ts";
import { instant } from "../../../protocol/time.ts";
import { startPostgres } from "../../support/postgres.ts";

export interface Dialect {
  place(): Promise<DatabasePlace>;
  close(): Promise<void>;
}

export const dialects = ["SQLite", "PostgreSQL"] as const;

export async function startDialect(name: (typeof dialects)[number]): Promise<Dialect> {
  if (name === "PostgreSQL") {
    const server = await startPostgres();
    return {
      place: async () => ({ postgresUrl: await server.database() }),
      close: () => server.close(),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), "obhut-store-"));
  let count = 0;
  return {
    place: async () => {
      count += 1;
      return { sqliteFile: join(folder, `care${count}.db`) };
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Opened {
  readonly store: CareStore;
  readonly homes: KeptHome[];
  /** As often as they were said. */
  readonly arrivals: Arrival[];
  readonly changed: string[];
  readonly pages: number[];
  readonly troubles: (string | undefined)[];
  readonly notices: string[];
  readonly lost: string[];
  /** A look at the tables from outside. */
  readonly db: Kysely<CareDatabase>;
  /** Appends, and resolves once the row is on disk. */
  write(row: Parameters<CareStore["append"]>[0]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store on this database and takes its homes. */
export async function openedStore(
  place: DatabasePlace,
  more: Partial<StoreParts> = {},
): Promise<Opened> {
  const homes: KeptHome[] = [];
  const arrivals: Arrival[] = [];
  const changed: string[] = [];
  const pages: number[] = [];
  const troubles: (string | undefined)[] = [];
  const notices: string[] = [];
  const lost: string[] = [];
  const wall = { wall_ms: 1_790_000_000_000, trusted: true };
  const store = await openStore({
    place,
    owner: "one",
    // The walls below are of an autumn long ago: no sweep must take their events.
    eventsDays: 36_500,
    stamp: () => ({ mono_ms: 1, boot: "b", wall, at: instant(7) }),
    onHomes: (page) => {
      pages.push(page.length);
      homes.push(...page);
    },
    onArrivals: (page) => arrivals.push(...page),
    onChanged: (names) => changed.push(...names),
    onSurplus: () => undefined,
    onTrouble: (why) => troubles.push(why),
    onRoom: () => undefined,
    onNotice: (text) => notices.push(text),
    onLost: (why) => lost.push(why),
    ...more,
  });
  await store.claim();
  const db = await openCareDatabase(place);
  return {
    ...{ store, homes, arrivals, changed, pages, troubles, notices, lost, db },
    write: (row) => new Promise((resolve) => store.append(row, resolve)),
    close: async () => {
      await db.destroy();
      await store.close();
    },
  };
}

export const importOf = (home: string, more: Partial<ImportedHome> = {}): ImportedHome => ({
  home,
  timezone: "Europe/Berlin",
  credentialSha256: "a".repeat(64),
  link: '{"beat_every_s":5}',
  version: 1,
  agreement: '{"version":1}',
  ...more,
});

let count = 0;

export function entryOf(home: string, more: Partial<EntryRow> = {}): EntryRow {
  count += 1;
  return {
    kind: "entry",
    home,
    at: count,
    wall: 1_790_000_000_000 + count,
    trusted: true,
    event: `{"n":${count}}`,
    decisions: "[]",
    state: `{"n":${count}}`,
    message: undefined,
    lines: [],
    ...more,
  };
}
