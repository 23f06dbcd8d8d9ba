import type { Kysely } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { CareDatabase } from "../../../care/store/schema.ts";
import { until } from "../../../sim/demo/process.ts";
import { openTcpProxy, type TcpProxy } from "../../../sim/tcp-proxy.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../../support/postgres.ts";
import { entryOf, importOf, type Opened, openedStore } from "./places.ts";

let server: PostgresServer;
let line: TcpProxy;
let one: Opened;
/** Not by the line. */
let db: Kysely<CareDatabase>;
let order: string[];

beforeAll(async () => {
  server = await startPostgres();
}, postgresStartMs);
afterAll(() => server.close());

beforeEach(async () => {
  const direct = await server.database();
  db = await openCareDatabase({ postgresUrl: direct });
  const url = new URL(direct);
  line = await openTcpProxy(Number(url.port));
  url.port = String(line.port);
  one = await openedStore({ postgresUrl: url.href }, { imports: [importOf("weber")] });
  order = [];
  await one.write(entryOf("weber", { message: "m0" }));
});

afterEach(async () => {
  await one.close();
  await line.close();
  await db.destroy();
});

function append(name: string): void {
  const row = entryOf("weber", { message: name, lines: [{ id: name, line: name }] });
  one.store.append(row, () => order.push(name));
}

const events = async (): Promise<number> =>
  (await db.selectFrom("events").select("seq").execute()).length;

/** Nothing is lost, nothing doubled, all in order, and the trouble is over. */
async function expectWhole(names: readonly string[]): Promise<void> {
  await until("all are durable", () => (order.length === names.length ? true : undefined), 60_000);
  expect(order).toEqual(names);
  expect(await one.store.taken("weber")).toEqual(["m0", ...names]);
  expect(await events()).toBe(names.length + 1);
  expect(one.lost).toEqual([]);
  const isWell = () => (one.troubles.at(-1) === undefined ? true : undefined);
  await until("the trouble is over", isWell);
}

test("I5: the connection breaks between commits: what waits is written when it is back", async () => {
  line.cut();
  append("m1");
  append("m2");
  await until("the trouble is said", () => one.troubles[0]);
  append("m3");
  expect(order).toEqual([]);
  line.heal();
  await expectWhole(["m1", "m2", "m3"]);
});

test("I5: the answer to a commit is lost: it is not written twice", async () => {
  line.delay(1_000);
  append("m1");
  await until(
    "it is in the tables",
    async () => ((await events()) === 2 ? true : undefined),
    60_000,
  );
  line.cut();
  append("m2");
  await until("the trouble is said", () => one.troubles[0]);
  expect(order).toEqual([]);
  line.delay(0);
  line.heal();
  await expectWhole(["m1", "m2"]);
}, 120_000);

test("I5: the network falls silent: the connection is given up, and another one serves", async () => {
  line.freeze();
  append("m1");
  const given = () => one.troubles.find((why) => why?.includes("Query read timeout"));
  await until("the connection is given up", given, 90_000);
  line.heal();
  await expectWhole(["m1"]);
}, 120_000);
