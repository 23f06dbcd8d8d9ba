/** Catalogue, orders and choices at the wire: a real service in its process, homes on the real uplink. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { OrderWord } from "../../../protocol/living.ts";
import { alarmOf, type CareRig, offerOf, startCareRig, type TestHome, until } from "../care-rig.ts";

const both = (word: string) => ({ de: word, en: word });
const service = (id: string) => ({
  ...{ id, kind: "meals", title: both(id), about: both("a"), told: both("w") },
});
const word = (more: Partial<OrderWord> = {}): OrderWord => ({
  ...{ orderId: "o1", act: "ask", service: "lunch", day: "2099-11-27", part: "noon", ...more },
});

let rig: CareRig;
afterEach(() => rig.close());

const start = () => startCareRig({}, { services: [service("lunch")] });

const catalogues = (home: TestHome) => home.bodies("catalogue");
const listed = (home: TestHome, nth: number) =>
  until(`word ${nth} is in the list`, () =>
    home.bodies("orders").findLast(({ orders }) => orders.some((order) => order.nth >= nth)),
  );

async function again(home: TestHome): Promise<TestHome> {
  await home.uplink.close();
  const next = rig.home("weber");
  await next.connected();
  return next;
}

/** Nothing is on its way to the home: an order word is answered after everything else. */
async function quiet(home: TestHome, nth: number): Promise<void> {
  home.send({ id: `m${nth}-${Math.random()}`, body: { kind: "order", order: word(), nth } });
  await listed(home, nth);
}

test("a home gets the catalogue once: not again when it comes again, but when it changes", async () => {
  rig = await start();
  const first = rig.home("weber");
  const told = await until("the catalogue comes", () => catalogues(first)[0]);
  expect(told.offers).toMatchObject([{ id: "lunch", price: both("") }]);
  await quiet(first, 1);
  const second = await again(first);
  await quiet(second, 2);
  expect(catalogues(second)).toEqual([]);
  await rig.care.kill();
  const file = parse(readFileSync(rig.configFile, "utf8")) as { services: object[] };
  const services = [...file.services, service("taxi")];
  writeFileSync(rig.configFile, stringify({ ...file, services }, { aliasDuplicateObjects: false }));
  rig.start();
  await rig.ready();
  const next = await until("the new one comes", () => catalogues(second)[0], 30_000);
  expect(next.offers.map(({ id }) => id)).toEqual(["lunch", "taxi"]);
  expect(next.version).toBeGreaterThan(told.version);
}, 60_000);

test("a home that takes nothing is told again when it comes again", async () => {
  rig = await start();
  const deaf = rig.home("weber");
  deaf.taking = false;
  await until("the catalogue comes", () => catalogues(deaf)[0]);
  const heard = await again(deaf);
  await until("it comes again", () => catalogues(heard)[0]);
}, 60_000);

test("I5: an order that has its receipt survives a kill, and its list comes whole", async () => {
  rig = await start();
  const home = rig.home("weber");
  home.send({ id: "m1", body: { kind: "order", order: word(), nth: 1 } });
  await until("its receipt", () => home.settled.find((id) => id === "m1"));
  await rig.care.kill("SIGKILL");
  rig.start();
  await rig.ready();
  home.send({ id: "m2", body: { kind: "order", order: word({ orderId: "o2" }), nth: 2 } });
  const { orders } = await listed(home, 2);
  expect(orders.map(({ id, nth, state }) => ({ id, nth, state }))).toEqual(
    expect.arrayContaining([
      { id: "o1", nth: 1, state: "asked" },
      { id: "o2", nth: 2, state: "asked" },
    ]),
  );
}, 60_000);

test("choices, a wish and a word of wellbeing are rows once they have their receipts", async () => {
  rig = await start();
  const home = rig.home("weber");
  await home.connected();
  const now = performance.now();
  const pausedUntil_at_ms = now + 3_600_000;
  home.send({
    id: "c1",
    body: { kind: "choices", nth: 1, dropped: ["daily-sign"], pausedUntil_at_ms },
  });
  home.send({ id: "w1", body: { kind: "wellbeing", at_ms: now - 1_000 } });
  const wish = { kind: "module-wish", ask: "a1", module: "stove-guard", on: false } as const;
  home.send({ id: "q1", body: wish });
  await until("the receipts", () => (home.settled.length >= 3 ? true : undefined));
  const db = await openCareDatabase({ sqliteFile: join(rig.folder, "data", "care.db") });
  const living = await db.selectFrom("living").selectAll().where("home", "=", "weber").execute();
  const wishes = await db.selectFrom("wishes").selectAll().execute();
  await db.destroy();
  expect(living).toMatchObject([{ dropped: '["daily-sign"]', choices_nth: 1 }]);
  const { paused_until_wall, wellbeing_wall } = living[0] ?? {};
  expect(Math.abs((paused_until_wall ?? 0) - Date.now() - 3_600_000)).toBeLessThan(20_000);
  expect(Math.abs((wellbeing_wall ?? 0) - Date.now())).toBeLessThan(20_000);
  expect(wishes).toMatchObject([{ home: "weber", module: "stove-guard", wanted: 0 }]);
}, 60_000);

test("I1: an alarm is taken among hundreds of orders", async () => {
  rig = await start();
  const home = rig.home("weber");
  await home.connected();
  for (let nth = 1; nth <= 300; nth += 1) {
    home.send({ id: `m${nth}`, body: { kind: "order", order: word({ orderId: `o${nth}` }), nth } });
  }
  home.send(offerOf("offer", alarmOf("a1")));
  await home.custody("a1");
  expect(home.settled.length).toBeLessThan(300);
}, 60_000);
