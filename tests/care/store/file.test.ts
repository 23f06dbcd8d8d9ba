import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { careMigrations } from "../../../care/store/migrations.ts";
import { careApplicationId, openCareDatabase } from "../../../care/store/open.ts";
import { Program } from "../../../sim/demo/process.ts";
import { importOf, openedStore } from "./places.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-file-"));
  file = join(folder, "care.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("I5: a file of the first version goes on with its open alarms and outbox", async () => {
  const old = new Database(file);
  old.exec(careMigrations("sqlite")[0] ?? "");
  old.pragma(`application_id = ${careApplicationId}`);
  old.pragma("user_version = 1");
  old.exec(`INSERT INTO homes VALUES ('weber', '{"kept":1}');
    INSERT INTO inbox VALUES (1, 'weber', 'm1'), (2, 'weber', 'm2'), (3, 'weber', 'm1');
    INSERT INTO outbox VALUES (1, 'weber', 'l1', 'line');
    INSERT INTO stamp VALUES (1, '{"mono_ms":1,"boot":"b","wall":{"wall_ms":1,"trusted":true},"at":42}')`);
  old.close();
  const { homes, store, close } = await openedStore({ sqliteFile: file });
  expect(homes).toMatchObject([{ home: "weber", state: '{"kept":1}', lines: ["line"] }]);
  expect(homes[0]?.known).toBeUndefined();
  expect(await store.taken("weber")).toEqual(["m2", "m1"]);
  expect(store.stamp?.at).toBe(42);
  await close();
});

test("I4: one file has one care service; a killed one leaves it free at once", async () => {
  const holder = new Program({
    name: "holder",
    args: ["tests/care/store/holder.ts", JSON.stringify({ sqliteFile: file }), "first", "[]"],
    logFile: join(folder, "holder.log"),
    onLine: () => undefined,
  });
  await holder.line(/"kind":"claimed"/);
  await expect(openedStore({ sqliteFile: file })).rejects.toThrow(
    /another care service looks after the homes in this file/,
  );
  await holder.kill("SIGKILL");
  const { close } = await openedStore({ sqliteFile: file }, { imports: [importOf("weber")] });
  await close();
});

test("an office that writes beside the store waits its turn, and so does the store", async () => {
  const { write, close } = await openedStore({ sqliteFile: file }, { imports: [importOf("a")] });
  const office = await openCareDatabase({ sqliteFile: file });
  const writes = [...Array(50).keys()].map(async (n) => {
    await office.transaction().execute(async (within) => {
      await within.selectFrom("settings").selectAll().execute();
      await within
        .insertInto("settings")
        .values({ key: `k${n}`, value: "v" })
        .execute();
    });
    await write({ kind: "settle", home: "a", id: `${n}` });
  });
  await Promise.all(writes);
  expect(await office.selectFrom("settings").select("key").execute()).toHaveLength(50);
  await office.destroy();
  await close();
});
