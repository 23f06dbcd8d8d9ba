/** What is set or changed of a home at any process, on one PostgreSQL and one broker. */
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deskAnswerSchema } from "../../protocol/desk.ts";
import { neighbourTopics } from "../../protocol/topics.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../support/postgres.ts";
import { open, password } from "./broker-rig.ts";
import { alarmOf, maier, offerOf, until, yilmaz } from "./care-rig.ts";
import { type Pair, pairHomes, startPair } from "./pair-rig.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, postgresStartMs);
afterAll(() => server.close());

const longMs = 120_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const drillsOf = ({ homes }: Pair, home: "weber" | "krause") =>
  new Set(homes[home].bodies("drill-asked").map(({ drillId }) => drillId));

const known = ({ db }: Pair, home: string) =>
  db.selectFrom("known_homes").selectAll().where("home", "=", home).executeTakeFirstOrThrow();

const ordered = async ({ db }: Pair, home: string): Promise<number> => {
  const rows = await db.selectFrom("events").select("event").where("home", "=", home).execute();
  return rows.filter(({ event }) => event.includes('"drill-ordered"')).length;
};

/** A process of the care service that does nothing but ask; it may say a question again. */
async function asker({ at }: Pair, name: string) {
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${at.broker.port}`, {
    ...{ username: "care", clientId: `care:${name}`, password, ca: at.broker.ca },
    ...{ protocolVersion: 4, reconnectPeriod: 0, keepalive: 30 },
  });
  open.push({ close: () => client.endAsync(true) });
  const answers: { of: string; taken: boolean; why: string }[] = [];
  client.on("message", (_topic, bytes) => {
    answers.push(deskAnswerSchema.parse(JSON.parse(bytes.toString())));
  });
  await client.subscribeAsync(neighbourTopics.answer(name), { qos: 1 });
  return {
    answers,
    ask: (id: string, home: string, wish: object) =>
      client.publishAsync(neighbourTopics.request(name), JSON.stringify({ id, home, wish }), {
        qos: 1,
      }),
  };
}

test(
  "maintenance, absence, test alarms and agreements are asked for at any process, and done once",
  async () => {
    const pair = await startPair(server);
    let nth = 0;
    for (const home of pairHomes) {
      const { owner, other } = await pair.sides(home);
      await pair.homes[home].connected();
      for (const care of [other, owner]) {
        nth += 1;
        const browser = pair.browser(care);
        const until_wall = Date.now() + 3_600_000 + nth;
        for (const what of ["maintenance", "absence"]) {
          const answer = await browser.post(`/api/homes/${home}/${what}`, { until_wall });
          expect(answer.status, answer.text).toBe(200);
        }
        // It was answered, so it is on the disk.
        expect(await known(pair, home)).toMatchObject({
          maintenance_until_wall: until_wall,
          absent_until_wall: until_wall,
        });
        expect((await browser.post(`/api/homes/${home}/drill`)).status).toBe(200);
        const drills = care === other ? 1 : 2;
        await until("the home is asked", () => drillsOf(pair, home).size === drills || undefined);
      }
      const ended = await pair
        .browser(other)
        .post(`/api/homes/${home}/maintenance`, { until_wall: null });
      expect(ended.status).toBe(200);
      expect(await known(pair, home)).toMatchObject({ maintenance_until_wall: null });
      expect(await ordered(pair, home)).toBe(2);
    }
    const { other } = await pair.sides("weber");
    const parties = [maier, yilmaz].map((party) => ({ ...party, kind: "helper" }));
    const agreement = { parties, fallback: [{ tell: ["yilmaz"], within_s: 60 }] };
    const put = { base: 1, agreement };
    const changed = await pair.browser(other).ask("PUT", "/api/homes/weber/agreement", put);
    expect(changed.status, changed.text).toBe(200);
    await until("an alarm goes by the new agreement", async () => {
      nth += 1;
      pair.homes.weber.send(offerOf(`m${nth}`, alarmOf(`a${nth}`)));
      await pair.homes.weber.custody(`a${nth}`);
      const told = pair.homes.weber.bodies("told").filter(({ alarmId }) => alarmId === `a${nth}`);
      return told.some(({ by }) => by.id === "yilmaz") || undefined;
    });
  },
  longMs,
);

test(
  "I5: a setting is done once by its id, also when its process is killed and another one is asked",
  async () => {
    const pair = await startPair(server);
    const { owner, other } = await pair.sides("weber");
    await pair.homes.weber.connected();
    const one = await asker(pair, "care-one");
    for (const again of [1, 2, 3]) {
      await one.ask("w1", "weber", { kind: "drill" });
      await until("an answer", () => one.answers.length >= again || undefined);
    }
    expect(one.answers).toEqual(one.answers.map(() => ({ of: "w1", taken: true, why: "" })));
    // Who asked is dead before the answer, and it is done.
    const untilWall = Date.now() + 3_600_000;
    const dead = await asker(pair, "care-dead");
    await dead.ask("w2", "weber", { kind: "absence", untilWall });
    await until("it is on the disk", async () => {
      return (await known(pair, "weber")).absent_until_wall === untilWall || undefined;
    });
    // An act with an alarm, too: its repeat is not refused as coming too late.
    pair.homes.weber.send(offerOf("m1", alarmOf("a1")));
    await pair.homes.weber.custody("a1");
    const closing = { by: maier, outcome: "helped", note: "" };
    const close = { kind: "alarm", request: { kind: "close", alarmId: "a1", closing } };
    await one.ask("w3", "weber", close);
    await until("it is closed", () => one.answers.find(({ of }) => of === "w3"));
    await owner.program.kill();
    const browser = pair.browser(other);
    const refused = await browser.post("/api/homes/weber/maintenance", { until_wall: untilWall });
    expect(refused.status).toBe(503);
    expect(refused.text).toContain(
      "no process that looks after weber answered within 7 s; look whether it was taken",
    );
    const before = one.answers.length;
    await until(
      "the other process has the home",
      async () => {
        await one.ask("w1", "weber", { kind: "drill" });
        await pause(500);
        return one.answers.length > before || undefined;
      },
      60_000,
    );
    expect(one.answers.at(-1)).toEqual({ of: "w1", taken: true, why: "" });
    await one.ask("w3", "weber", close);
    await one.ask("w4", "weber", close);
    const answerTo = (of: string, nth: number) =>
      until(`an answer to ${of}`, () => one.answers.filter((answer) => answer.of === of)[nth]);
    expect(await answerTo("w3", 1)).toEqual({ of: "w3", taken: true, why: "" });
    expect(await answerTo("w4", 0)).toMatchObject({ why: "Frau Maier closed it already" });
    const taken = await browser.post("/api/homes/weber/maintenance", { until_wall: untilWall });
    expect(taken.status, taken.text).toBe(200);
    expect(await known(pair, "weber")).toMatchObject({
      maintenance_until_wall: untilWall,
      absent_until_wall: untilWall,
    });
    expect(await ordered(pair, "weber")).toBe(1);
    expect(drillsOf(pair, "weber").size).toBe(1);
  },
  longMs,
);
