/** Tables of an earlier version go on with what is in them, on both dialects. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRows } from "../../../care/office/open-alarms.ts";
import { careMigrations } from "../../../care/store/migrations.ts";
import { careApplicationId, openCareDatabase } from "../../../care/store/open.ts";
import type { DatabasePlace } from "../../../care/store/place.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import { type Dialect, dialects, entryOf, importOf, openedStore, startDialect } from "./places.ts";

const rows = `
  INSERT INTO known_homes (home, resident, timezone, link, maintenance_until_wall)
    VALUES ('weber', 'Frau Weber', 'Europe/Berlin', '{}', 77);
  INSERT INTO agreements VALUES ('weber', 1, '{"version":1}', NULL, 5);
  INSERT INTO homes (home, state) VALUES ('weber', '{"kept":1}');
`;

/** Tables as the version before absences left them. */
async function makeSecond(place: DatabasePlace): Promise<void> {
  if ("sqliteFile" in place) {
    const db = new Database(place.sqliteFile);
    for (const step of careMigrations("sqlite").slice(0, 2)) db.exec(step);
    db.exec(rows);
    db.pragma(`application_id = ${careApplicationId}`);
    db.pragma("user_version = 2");
    db.close();
    return;
  }
  const client = new pg.Client({ connectionString: place.postgresUrl });
  await client.connect();
  await client.query("CREATE TABLE obhut_schema (version BIGINT PRIMARY KEY)");
  for (const step of careMigrations("postgres").slice(0, 2)) await client.query(step);
  await client.query(`${rows} INSERT INTO obhut_schema VALUES (1), (2);`);
  await client.end();
}

test("I9: the desks find open alarms without reading those that were closed in years", async () => {
  const folder = mkdtempSync(join(tmpdir(), "obhut-plan-"));
  const db = await openCareDatabase({ sqliteFile: join(folder, "care.db") });
  const plan = await openRows(db).explain<{ detail: string }>(undefined, sql`query plan`);
  expect(plan.map(({ detail }) => detail).join()).toContain("USING INDEX alarms_open");
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());

  test("I5: tables of the second version go on, and nobody is away until somebody says so", async () => {
    const place = await dialect.place();
    await makeSecond(place);
    const { homes, store, write, close } = await openedStore(place);
    expect(homes).toMatchObject([{ home: "weber", state: '{"kept":1}' }]);
    const known = { resident: "Frau Weber", maintenance_until_wall: 77 };
    expect(homes[0]?.known?.known).toMatchObject({ ...known, absent_until_wall: null });
    await write(entryOf("weber", { known: { absent_until_wall: 1_790_000_000_000 } }));
    const row = await store.loadHome("weber");
    expect(row?.known).toMatchObject({ ...known, absent_until_wall: 1_790_000_000_000 });
    await close();
  });

  test("an absence stands when the file comes again, also with a new agreement", async () => {
    const place = await dialect.place();
    const first = await openedStore(place, { imports: [importOf("weber")] });
    expect(first.homes[0]?.known?.known.absent_until_wall).toBeNull();
    await first.write(entryOf("weber", { known: { absent_until_wall: 88 } }));
    await first.close();
    const again = await openedStore(place, { imports: [importOf("weber", { version: 2 })] });
    expect(again.homes[0]?.known?.known).toMatchObject({
      absent_until_wall: 88,
      imported_version: 2,
    });
    await again.close();
  });
});
