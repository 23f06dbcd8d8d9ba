import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { erasedKey } from "../../../care/store/erased.ts";
import { importHomes } from "../../../care/store/imports.ts";
import { openCareDatabase } from "../../../care/store/open.ts";
import { pruneHome } from "../../../care/store/prune.ts";
import type { ImportedHome } from "../../../care/store/rows.ts";
import { until } from "../../../sim/demo/process.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import { type Dialect, dialects, entryOf, importOf, openedStore, startDialect } from "./places.ts";

const day = 24 * 3_600_000;
const desk = { by_account: "lead", wall: 5 };

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());

  /** Imports files one after the other; says what was said, and what counts in the end. */
  async function imported(
    files: readonly ImportedHome[],
    between: (db: Awaited<ReturnType<typeof openCareDatabase>>) => Promise<unknown> = async () => 0,
  ) {
    const db = await openCareDatabase(await dialect.place());
    const said: (readonly string[])[] = [];
    for (const [at, file] of files.entries()) {
      if (at === 1) await between(db);
      said.push(await importHomes(db, [file], 1));
    }
    const known = await db.selectFrom("known_homes").selectAll().executeTakeFirst();
    const agreements = await db
      .selectFrom("agreements")
      .select(["version", "body"])
      .orderBy("version")
      .execute();
    await db.destroy();
    return { said, known, agreements };
  }

  test("a home is taken from the file once; the same file again says nothing", async () => {
    const { said, known, agreements } = await imported([importOf("weber"), importOf("weber")]);
    expect(said).toEqual([[], []]);
    expect(known).toMatchObject({ imported_version: 1, timezone: "Europe/Berlin", revoked: 0 });
    expect(agreements).toEqual([{ version: 1, body: '{"version":1}' }]);
  });

  test("who lives there is read for a new home, and never again", async () => {
    const about = (resident: string) => ({ about: { resident, address: "Lindenstraße 7" } });
    const { known } = await imported([
      importOf("weber", about("Frau Weber")),
      importOf("weber", { version: 2, ...about("Somebody else") }),
    ]);
    expect(known).toMatchObject({ resident: "Frau Weber", address: "Lindenstraße 7" });
  });

  test("a home that was erased is not brought back by the file, and that is said", async () => {
    const { said, known, agreements } = await imported(
      [importOf("weber"), importOf("weber", { version: 2 })],
      async (db) => {
        await db.deleteFrom("known_homes").execute();
        await db.deleteFrom("agreements").execute();
        await db
          .insertInto("settings")
          .values({ key: erasedKey("weber"), value: "5" })
          .execute();
      },
    );
    expect(said[1]?.join()).toContain("was erased at a desk");
    expect([known, agreements]).toEqual([undefined, []]);
  });

  test("a higher version in the file counts, with all that stands beside it", async () => {
    const second = { version: 2, agreement: '{"version":2}', timezone: "Europe/Vienna" };
    const { said, known, agreements } = await imported(
      [importOf("weber"), importOf("weber", second)],
      (db) => db.updateTable("known_homes").set({ resident: "Frau Weber" }).execute(),
    );
    expect(said).toEqual([[], []]);
    expect(known).toMatchObject({ timezone: "Europe/Vienna", resident: "Frau Weber" });
    expect(agreements.map(({ version }) => version)).toEqual([1, 2]);
  });

  test("what a desk made newer stands against the file, and that is said", async () => {
    const { said, agreements } = await imported(
      [importOf("weber"), importOf("weber", { version: 2 })],
      (db) =>
        db
          .insertInto("agreements")
          .values({ ...desk, home: "weber", version: 3, body: "{}" })
          .execute(),
    );
    expect(said[1]?.join()).toContain("version 3 was made at a desk; give it version 4");
    expect(agreements.map(({ version }) => version)).toEqual([1, 3]);
  });

  test("a change in the file under the same version is said, and does not count", async () => {
    const first = importOf("weber", { agreement: '{"version":1,"a":[{"b":1}]}' });
    const other = { agreement: '{"version":1,"a":[{"b":2}]}', link: '{"beat_every_s":9}' };
    const { said, agreements } = await imported([first, importOf("weber", other)]);
    expect(said[1]?.join()).toContain("agreement and link differ from what is in force");
    expect(agreements).toEqual([{ version: 1, body: first.agreement }]);
  });

  test("a setting that an update brought with its default is no change", async () => {
    const newer = importOf("weber", { link: '{"beat_every_s":5,"alarm_after_s":180}' });
    expect((await imported([importOf("weber"), newer])).said).toEqual([[], []]);
  });

  test("I10: a new password in the file counts; an old one never brings a revoked one back", async () => {
    const issue = (db: Parameters<typeof importHomes>[0]) =>
      db
        .updateTable("known_homes")
        .set({ credential_sha256: "d".repeat(64), revoked: 1 })
        .execute();
    const old = await imported(
      [importOf("weber"), importOf("weber"), importOf("weber", { version: 2 })],
      issue,
    );
    expect(old.known).toMatchObject({ credential_sha256: "d".repeat(64), revoked: 1 });
    const fresh = importOf("weber", { credentialSha256: "f".repeat(64) });
    const { known } = await imported([importOf("weber"), fresh], issue);
    expect(known).toMatchObject({ credential_sha256: "f".repeat(64), revoked: 0 });
  });

  test("I9: homes come page by page, the most urgent first, and none twice", async () => {
    const place = await dialect.place();
    const names = [...Array(250).keys()].map((n) => `home-${String(n).padStart(3, "0")}`);
    const first = await openedStore(place, { imports: names.map((home) => importOf(home)) });
    expect(first.pages).toEqual([128, 122]);
    await first.write(entryOf("home-200", { wakeAt: 1 }));
    await first.close();
    const again = await openedStore(place);
    expect(again.homes[0]?.home).toBe("home-200");
    expect(new Set(again.homes.map(({ home }) => home)).size).toBe(250);
    expect(again.homes).toHaveLength(250);
    await again.close();
  });

  test("a home that the desk makes comes to the core without a restart", async () => {
    const lease = { leaseMs: 10_000, renewMs: 200 };
    const { db, homes, close } = await openedStore(await dialect.place(), { lease });
    await importHomes(db, [importOf("neu")], 1);
    await expect.poll(() => homes.map(({ home }) => home), { timeout: 5_000 }).toEqual(["neu"]);
    await close();
  });

  test("I4: a home that was let go, released and not erased comes again, and is written of", async () => {
    const lease = { leaseMs: 20_000, renewMs: 200 };
    const place = await dialect.place();
    const { store, homes, write, db, close } = await openedStore(place, {
      ...{ lease, imports: [importOf("weber")] },
    });
    await store.forget("weber");
    store.append(entryOf("weber", { state: '{"n":"lost"}' }));
    await store.release(["weber"]);
    await until("it comes again", () => homes.length === 2 || undefined);
    await write(entryOf("weber", { state: '{"n":"kept"}' }));
    expect(await db.selectFrom("homes").select("state").execute()).toEqual([
      { state: '{"n":"kept"}' },
    ]);
    await close();
  });

  test("I9: a noisy home loses its own oldest events, never another's", async () => {
    const imports = [importOf("noisy"), importOf("quiet")];
    const { store, write, close, db } = await openedStore(await dialect.place(), { imports });
    for (let n = 0; n < 100; n += 1) store.append(entryOf("quiet", { message: `q${n}` }));
    for (let n = 0; n < 300; n += 1) store.append(entryOf("noisy", { message: `m${n}` }));
    await write(entryOf("noisy"));
    const count = async (table: "events" | "inbox", home: string) =>
      (await db.selectFrom(table).select("home").where("home", "=", home).execute()).length;
    await pruneHome(db, "noisy", { events: 50, eventsSince_wall: 0 });
    expect(await count("events", "noisy")).toBe(50);
    expect(await count("inbox", "noisy")).toBe(96);
    expect(await count("events", "quiet")).toBe(100);
    expect(await store.taken("noisy")).toContain("m299");
    const left = await db.selectFrom("events").select("at").where("home", "=", "noisy").execute();
    const all = await db.selectFrom("events").select("at").execute();
    expect(Math.max(...left.map(({ at }) => at))).toBe(Math.max(...all.map(({ at }) => at)));
    await close();
  });

  test("events go by age, too, in portions", async () => {
    const imports = [importOf("weber")];
    const { store, write, close, db } = await openedStore(await dialect.place(), { imports });
    for (let n = 0; n < 2_100; n += 1) store.append(entryOf("weber", { wall: day }));
    await write(entryOf("weber", { wall: 40 * day }));
    const bounds = { events: 10_000, eventsSince_wall: 10 * day };
    expect(await pruneHome(db, "weber", bounds)).toBe(true);
    expect(await pruneHome(db, "weber", bounds)).toBe(false);
    expect(await db.selectFrom("events").select("wall").execute()).toEqual([{ wall: 40 * day }]);
    await close();
  });
});
