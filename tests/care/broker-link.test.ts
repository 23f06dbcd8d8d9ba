/** The care service at a real mosquitto with the rights of deploy/mosquitto, alone and in pairs. */
import mqtt from "mqtt";
import { expect, test } from "vitest";
import { openDesk } from "../../care/desk-client.ts";
import { careTopics, neighbourTopics } from "../../protocol/topics.ts";
import { postgresStartMs, startPostgres } from "../support/postgres.ts";
import { home, open, password, place, said, startCare } from "./broker-rig.ts";
import { alarmOf, maier, offerOf, until, yilmaz } from "./care-rig.ts";

test("custody, chain, desk and acceptance by a broker that is not ours", async () => {
  const at = await place();
  const care = await startCare(at, "one");
  const weber = home(at, "weber");
  weber.send(offerOf("m1", alarmOf("a1")));
  await weber.custody("a1");
  await until("settled", () => weber.settled.includes("m1") || undefined);
  await said(care, "told", "a1");
  // The state is retained at the broker: a desk that comes later sees it.
  const settings = { name: "desk", password, ca: at.broker.ca };
  const desk = openDesk({ url: `mqtts://127.0.0.1:${at.broker.port}`, ...settings });
  open.push(desk);
  await until("the desk sees it", () => desk.openAlarms()[0]);
  expect(await desk.accept("a1", yilmaz)).toMatchObject({ taken: true });
  await until("the home hears who comes", () => weber.bodies("accepted")[0]);
});

test("I1: an alarm raised while the broker is down has its custody when it is back", async () => {
  const at = await place();
  const care = await startCare(at, "one");
  const weber = home(at, "weber");
  await weber.connected();
  await at.broker.kill();
  await care.program.line(/no connection to the broker/);
  weber.send(offerOf("m1", alarmOf("a1")));
  await at.broker.start();
  await weber.custody("a1", 40_000);
  await until("settled", () => weber.settled.includes("m1") || undefined);
}, 90_000);

test("I10: a home speaks for itself only: the broker's rights are what receipts are bound to", async () => {
  const at = await place();
  const care = await startCare(at, "one");
  const krause = home(at, "krause");
  await krause.connected();
  const forger = await mqtt.connectAsync(`mqtts://127.0.0.1:${at.broker.port}`, {
    ...{ username: "krause", clientId: "forger", password, ca: at.broker.ca },
    ...{ protocolVersion: 4, reconnectPeriod: 0, keepalive: 30 },
  });
  open.push({ close: () => forger.endAsync(true) });
  const { up, down, beatDown } = careTopics("weber");
  const head = { home: "weber", boot: "b", at_ms: 1, wall_ms: 1, wall_trusted: false };
  const offer = { id: "m1", ...head, body: offerOf("m1", alarmOf("forged")).body };
  const heard: string[] = [];
  forger.on("message", (topic) => heard.push(topic));
  // Mosquitto grants a filter and then delivers nothing of it.
  const others = [neighbourTopics.request("+"), neighbourTopics.answer("+")];
  await forger.subscribeAsync([down, beatDown, "desk/state/+", ...others]);
  await forger.publishAsync(up, JSON.stringify(offer), { qos: 1 });
  const drill = { id: "q1", home: "weber", wish: { kind: "drill" } };
  await forger.publishAsync(neighbourTopics.request("krause"), JSON.stringify(drill), { qos: 1 });
  const weber = home(at, "weber");
  weber.send(offerOf("m2", alarmOf("a2")));
  await weber.custody("a2");
  await said(care, "told", "a2");
  expect(heard).toEqual([]);
  expect(weber.bodies("drill-asked")).toEqual([]);
  expect(care.events.filter(({ alarmId }) => alarmId === "forged")).toEqual([]);
});

test(
  "I4: of two processes one is killed; the chains of its homes go on at the other",
  async () => {
    const postgres = await startPostgres();
    open.push({ close: () => postgres.close() });
    const url = await postgres.database();
    const at = await place();
    const first = await startCare(at, "one", url);
    const homes = ["weber", "krause"].map((name) => ({ name, home: home(at, name) }));
    for (const { name, home: one } of homes) {
      one.send(offerOf(`m-${name}`, alarmOf(`a-${name}`)));
      await one.custody(`a-${name}`);
    }
    const second = await startCare(at, "two", url);
    // The newcomer has room: one home moves to it, and its alarm with it.
    const moved = await until(
      "an alarm goes on at the second",
      () => second.events.find(({ kind }) => kind === "told"),
      40_000,
    );
    // Whoever looks after a home answers for it, and nobody else does.
    const settings = { name: "desk", password, ca: at.broker.ca };
    const desk = openDesk({ url: `mqtts://127.0.0.1:${at.broker.port}`, ...settings });
    open.push(desk);
    await until("the desk sees both", () => desk.openAlarms().length === 2 || undefined, 40_000);
    for (const { name } of homes) {
      expect(await desk.decline(`a-${name}`, maier)).toEqual({
        of: expect.any(String),
        taken: true,
        why: "",
      });
    }
    await first.program.kill();
    for (const { name } of homes.filter(({ name }) => moved.home !== name)) {
      await until(
        `the chain of ${name} goes on`,
        () => second.events.find(({ kind, alarmId }) => kind === "told" && alarmId === `a-${name}`),
        60_000,
      );
      const one = homes.find((each) => each.name === name)?.home;
      one?.send(offerOf(`again-${name}`, alarmOf(`b-${name}`)));
      await one?.custody(`b-${name}`, 40_000);
    }
    // Every custody is one alarm: nobody was told of it twice as new.
    for (const { name } of homes) {
      const raised = [...first.events, ...second.events].filter(
        ({ kind, alarmId }) => kind === "raised" && alarmId === `a-${name}`,
      );
      expect(raised).toHaveLength(1);
    }
  },
  postgresStartMs,
);
