/** Orders and wishes of homes that another process of the care service looks after. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OrderWord } from "../../../protocol/living.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../../support/postgres.ts";
import { until } from "../care-rig.ts";
import { pairHomes, startPair } from "../pair-rig.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, postgresStartMs);
afterAll(() => server.close());

const both = (word: string) => ({ de: word, en: word });
const services = [
  { id: "lunch", kind: "meals", title: both("Essen"), about: both("a"), told: both("w") },
];
const order: OrderWord = {
  ...{ orderId: "o1", act: "ask", service: "lunch", day: "2099-11-27", part: "noon" },
};

test("I4: an answer given at the desk of any process reaches the home, and is given once", async () => {
  const pair = await startPair(server, { services });
  for (const name of pairHomes) {
    const { owner, other } = await pair.sides(name);
    const home = pair.homes[name];
    await until("the catalogue", () => home.bodies("catalogue")[0]);
    home.send({ id: "m1", body: { kind: "order", order, nth: 1 } });
    home.send({ id: "m2", body: { kind: "module-wish", ask: "w1", module: "m", on: false } });
    await until("the receipts", () => home.settled.length >= 2 || undefined);
    const answer = { order: "o1", nth: 1, answer: "confirmed", from: "12:00", who: "Herr Kern" };
    const path = `/api/homes/${name}`;
    const given = await pair.browser(other).post(`${path}/orders`, answer);
    expect(given.status, given.text).toBe(200);
    await until("the home hears who comes", () =>
      home.bodies("orders").find(({ orders }) => orders[0]?.who === "Herr Kern"),
    );
    const wish = { ask: "w1", granted: true };
    expect((await pair.browser(other).post(`${path}/wishes`, wish)).status).toBe(200);
    expect((await pair.browser(owner).post(`${path}/wishes`, wish)).status).toBe(409);
    await until("the home hears it", () => home.bodies("module-answer")[0]);
  }
  const versions = pairHomes.map((name) => pair.homes[name].bodies("catalogue"));
  expect(versions.map((told) => told.length)).toEqual([1, 1]);
}, 120_000);

test("I5: what is answered while nobody has the home is told by whoever takes it up", async () => {
  const pair = await startPair(server, { services });
  const home = pair.homes.weber;
  const { owner, other } = await pair.sides("weber");
  home.send({ id: "m1", body: { kind: "order", order, nth: 1 } });
  await until("the receipt", () => home.settled[0]);
  await owner.program.kill("SIGKILL");
  const answer = { order: "o1", nth: 1, answer: "declined", note: "Leider nein." };
  const given = await pair.browser(other).post("/api/homes/weber/orders", answer);
  expect(given.status, given.text).toBe(200);
  await until(
    "the home hears it from the other process",
    () => home.bodies("orders").find(({ orders }) => orders[0]?.state === "declined"),
    60_000,
  );
}, 120_000);
