/** Receipts that come to another process than the home's, or while the home's is dead, hold the chain. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openDesk } from "../../care/desk-client.ts";
import { advance } from "../../care/notify/telling-rows.ts";
import { openCareDatabase } from "../../care/store/open.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../support/postgres.ts";
import { open, password } from "./broker-rig.ts";
import { alarmOf, maier, offerOf, startCareRig, until, yilmaz } from "./care-rig.ts";
import { HttpPeer } from "./notify/peers.ts";
import { receipt, startPair } from "./pair-rig.ts";

const peer = new HttpPeer();
let sms: number;
let server: PostgresServer;
beforeAll(async () => {
  sms = await peer.listen();
  server = await startPostgres();
}, postgresStartMs);
afterAll(async () => {
  await peer.close();
  await server.close();
});
afterEach(() => void peer.heard.splice(0));

const longMs = 120_000;
const deliveredMs = 6_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Both have a way; the second is told once the message to the first has reached nobody. */
const agreement = {
  version: 1,
  parties: [maier, yilmaz].map((party, nth) => ({
    ...party,
    kind: "helper",
    reach: [`sms:+49151000000${nth}`],
  })),
  fallback: [
    { tell: ["maier"], within_s: 600, delivered_within_s: deliveredMs / 1_000 },
    { tell: ["yilmaz"], within_s: 600 },
  ],
};

/** Ids of the messages that left, as the provider knows them. */
const sent = () => peer.heard.map(({ headers }) => String(headers["idempotency-key"]));

test(
  "I4: a receipt at another process holds the chain; twice, late or while its own is dead as well",
  async () => {
    const pair = await startPair(server, { sms, agreement });
    const { owner, other } = await pair.sides("weber");
    const browser = pair.browser(other);
    const { weber } = pair.homes;
    const desk = openDesk({
      ...{ url: `mqtts://127.0.0.1:${pair.at.broker.port}`, name: "desk", password },
      ca: pair.at.broker.ca,
    });
    open.push(desk);
    const shown = (id: string) => desk.openAlarms().find(({ alarm }) => alarm.id === id);
    const reached = (id: string, withinMs?: number) =>
      until(`${id} has reached somebody`, () => shown(id)?.reached[0], withinMs);
    const told = (id: string) =>
      weber.bodies("told").flatMap(({ alarmId, by }) => (alarmId === id ? [by.id] : []));

    // Two alarms at once: of one nobody says that its message has arrived.
    for (const id of ["a1", "a2"]) weber.send(offerOf(`m-${id}`, alarmOf(id)));
    await until("both messages left", () => sent().length === 2 || undefined);
    const rows = await pair.db.selectFrom("tellings").select(["id", "alarm"]).execute();
    const idOf = (alarm: string) => rows.find((row) => row.alarm === alarm)?.id ?? "";
    expect((await receipt(browser, idOf("a1"), "delivered")).json).toMatchObject({ news: 1 });
    expect(await reached("a1")).toBe("maier");
    expect((await receipt(browser, idOf("a1"), "seen")).json).toMatchObject({ news: 1 });
    expect((await receipt(pair.browser(owner), idOf("a1"), "delivered")).json).toMatchObject({
      news: 0,
    });
    await until("the other alarm goes on", () => told("a2").includes("yilmaz") || undefined);
    expect(told("a1")).toEqual(["maier"]);
    // Too late for its step: it changes nothing, and is not asked for again.
    await receipt(browser, idOf("a2"), "delivered");
    await until("it is heard", async () => {
      const left = await pair.db
        .selectFrom("tellings")
        .where("unheard", "=", 1)
        .select("id")
        .execute();
      return left.length === 0 || undefined;
    });
    expect(shown("a2")).toMatchObject({ step: 1, reached: [] });

    // The process of the home dies between the row and the hearing.
    weber.send(offerOf("m-a3", alarmOf("a3")));
    const third = await until("the third message left", async () => {
      const row = await pair.db
        .selectFrom("tellings")
        .selectAll()
        .where("alarm", "=", "a3")
        .where("stage", "=", "sent")
        .executeTakeFirst();
      return row?.id;
    });
    await owner.program.kill();
    expect((await receipt(browser, third, "delivered")).json).toMatchObject({ news: 1 });
    // Nobody looks after the home for longer than the message may take.
    expect(await reached("a3", 60_000)).toBe("maier");
    await pause(1_000);
    expect(shown("a3")).toMatchObject({ step: 0, round: 0, reached: ["maier"] });
    expect(told("a3")).toEqual(["maier"]);
  },
  longMs,
);

test(
  "I5: on SQLite too a row that was moved before the kill -9 is heard after the start",
  async () => {
    const notify = { sms: { url: `http://127.0.0.1:${sms}/`, secret_file: "sms-secret" } };
    const rig = await startCareRig(
      {},
      { agreement, notify, office: { host: "127.0.0.1", port: 0 } },
      (folder) => writeFileSync(join(folder, "sms-secret"), "shared"),
    );
    open.push(rig);
    const weber = rig.home("weber");
    for (const id of ["a1", "a2"]) weber.send(offerOf(`m-${id}`, alarmOf(id)));
    await until("both messages left", () => sent().length === 2 || undefined);
    await rig.care.kill("SIGKILL");
    const db = await openCareDatabase({ sqliteFile: join(rig.folder, "data", "care.db") });
    const rows = await db.selectFrom("tellings").select(["id", "alarm"]).execute();
    const first = rows.find(({ alarm }) => alarm === "a1")?.id ?? "";
    await advance(db, first, { stage: "delivered", now: Date.now() });
    await db.destroy();
    await pause(deliveredMs);
    rig.start();
    // The same start finds the deadline of both overdue.
    await rig.event("told", ({ alarmId, step }) => alarmId === "a2" && step === 1);
    const desk = rig.desk();
    const shown = () => desk.openAlarms().find(({ alarm }) => alarm.id === "a1");
    await until("the desk sees it", () => shown()?.reached[0]);
    await pause(1_000);
    expect(shown()).toMatchObject({ step: 0, round: 0, reached: ["maier"] });
    expect(
      rig.events.filter(
        ({ kind, alarmId, step }) => kind === "told" && alarmId === "a1" && step === 1,
      ),
    ).toEqual([]);
  },
  longMs,
);
