/** The office on PostgreSQL: the same words of SQL, and two offices beside each other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { claim } from "../../../care/notify/telling-rows.ts";
import { invite } from "../../../care/office/invite-command.ts";
import { retain } from "../../../care/office/retention.ts";
import { openCareDatabase } from "../../../care/store/open.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../../support/postgres.ts";
import { HttpPeer } from "../notify/peers.ts";
import { noWays, type OfficeRig, startOfficeRig, until } from "./office-rig.ts";

let server: PostgresServer;
let rig: OfficeRig;
const peer = new HttpPeer();
let sms: { url: string; secret: string };
beforeAll(async () => {
  server = await startPostgres();
  sms = { url: `http://127.0.0.1:${await peer.listen()}/`, secret: "s" };
  const place = { postgresUrl: await server.database() };
  rig = await startOfficeRig({ place, notify: { ...noWays, sms } });
}, postgresStartMs);
afterAll(async () => {
  await rig.close();
  await peer.close();
  await server.close();
});

const password = "correct horse battery";

test("I10: link, password and the throttle", async () => {
  const token = (await invite(rig.place, "Anna")).split("/").at(-1);
  const browser = rig.browser();
  expect((await browser.post("/api/invite", { token, password })).status).toBe(200);
  expect((await browser.post("/api/invite", { token, password })).status).toBe(410);
  const guesses = await Promise.all(
    Array.from({ length: 12 }, () =>
      rig.browser().post("/api/login", { name: "Anna", password: "guess guess guess" }),
    ),
  );
  const counted = guesses.filter(({ status }) => status === 401).length;
  expect(counted).toBe(5);
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(7);
});

test("lists, history, statistics, faults, agreement, log and export answer", async () => {
  await rig.alarm("weber", "p1");
  rig.view("weber", ["p1"]);
  const lead = await rig.as("lead");
  await until("the alarm is there", async () =>
    (await lead.get("/api/alarms")).text.includes("p1") ? true : undefined,
  );
  for (const path of [
    "homes",
    "homes/weber",
    "homes/weber/alarms/p1",
    "homes/weber/agreement",
    "homes/weber/access-log",
    "homes/weber/export",
    "faults",
    "history?from=0&home=weber",
    "history?format=csv",
    "statistics",
  ]) {
    const { status, text } = await lead.get(`/api/${path}`);
    expect(status, `${path} ${text}`).toBe(200);
  }
  const agreement = (await lead.get("/api/homes/weber/agreement")).json["agreement"];
  const put = { base: 1, agreement };
  expect((await lead.ask("PUT", "/api/homes/weber/agreement", put)).status).toBe(200);
  expect((await lead.ask("PUT", "/api/homes/weber/agreement", put)).status).toBe(409);
});

test("I4: of two offices one sends each message", async () => {
  const other = await openCareDatabase(rig.place);
  const { startOffice } = await import("../../../care/office/front.ts");
  const progress: string[] = [];
  const front = await startOffice(rig.settings, {
    request: (_request, answer) => answer({ taken: true, why: "" }),
    tellingStage: ({ stage }) => progress.push(stage),
    homesChanged: () => undefined,
    warn: () => undefined,
  });
  front.hello([{ home: "weber", timezone: "Europe/Berlin" }]);
  await rig.alarm("weber", "p2");
  const due_wall = Date.now() + 1_000;
  for (let nth = 0; nth < 60; nth += 1) await rig.telling("weber", "p2", { due_wall });
  await until("all are sent", async () => {
    front.put({ kind: "tellings" });
    const rows = await other
      .selectFrom("tellings")
      .select("id")
      .where("alarm", "=", "p2")
      .where("stage", "=", "sent")
      .execute();
    return rows.length === 60 ? true : undefined;
  });
  const keys = peer.heard.map(({ headers }) => String(headers["idempotency-key"]));
  expect(keys).toHaveLength(60);
  expect(new Set(keys).size).toBe(60);
  await front.close();
  await other.destroy();
});

test("I4: of many who reach for the same row at once, one has it", async () => {
  const other = await openCareDatabase(rig.place);
  await rig.alarm("weber", "p3");
  const { id } = await rig.telling("weber", "p3", { due_wall: Date.now() + 60_000 });
  const row = await rig.row(id);
  const wish = { until: Date.now() + 60_000, repeat: false, digest: "d" };
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, nth) => claim(nth % 2 === 0 ? other : rig.db, row, wish)),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  await other.destroy();
});

test("retention and erasing leave no row", async () => {
  const keep = { eventsDays: 1, alarmsDays: 1, accessLogDays: 1, contextDays: 1, ordersDays: 1 };
  await rig.alarm("krause", "old", { closed_wall: 1 });
  expect(await retain(rig.db, keep, Date.now())).toMatchObject({ alarms: 1, events: 0 });
  rig.view("weber", []);
  const admin = await rig.as("administrator");
  const erased = await until("it is erased", async () => {
    const answer = await admin.post("/api/homes/weber/erase", { confirm: "weber" });
    return answer.status === 200 ? answer.json : undefined;
  });
  expect(erased["rows"]).toBeGreaterThan(60);
  const rows = await rig.db.selectFrom("tellings").selectAll().execute();
  expect(rows.filter(({ home }) => home === "weber")).toEqual([]);
});
