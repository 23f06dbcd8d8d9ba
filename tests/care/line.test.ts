import mqtt from "mqtt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { careTopics, deskTopics } from "../../protocol/topics.ts";
import { seededRandom } from "../support/random.ts";
import { alarmOf, type CareRig, maier, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig();
});

afterEach(() => rig.close());

function rawClient(name: string, more: mqtt.IClientOptions = {}): mqtt.MqttClient {
  const client = mqtt.connect(`mqtts://127.0.0.1:${rig.port}`, {
    ca: rig.ca,
    clientId: name,
    username: name,
    password: rig.passwords[name] ?? "",
    reconnectPeriod: 0,
    ...more,
  });
  client.on("error", () => undefined);
  rig.open.push({ close: () => void client.end(true) });
  return client;
}

/** True when the broker let the client in. */
function letIn(client: mqtt.MqttClient): Promise<boolean> {
  return new Promise((resolve) => {
    client.once("connect", () => resolve(true));
    client.once("close", () => resolve(false));
  });
}

const closed = (client: mqtt.MqttClient): Promise<void> =>
  new Promise((resolve) => {
    client.once("close", () => resolve());
  });

const head = { boot: "b", at_ms: 1, wall_ms: 1, wall_trusted: true };
const upMessage = (id: string, home: string, alarmId: string): string =>
  JSON.stringify({ id, home, ...head, body: offerOf(id, alarmOf(alarmId)).body });

test("a line that is cut mid-alarm delays the alarm and loses nothing, either way", async () => {
  const home = rig.home("weber");
  const desk = rig.desk();
  await home.connected();
  rig.line.cut();
  home.send(offerOf("m1", alarmOf("a1")));
  rig.line.heal();
  await home.custody("a1");
  rig.line.cut();
  await until("the desk sees it", () => (desk.openAlarms().length > 0 ? true : undefined));
  await desk.accept("a1", maier);
  await desk.closeAlarm("a1", { by: maier, outcome: "helped", note: "" });
  expect(home.bodies("closed")).toEqual([]);
  rig.line.heal();
  await until("the home hears of it", () => home.bodies("closed")[0]);
  const kinds = home.heard.map(({ body }) => body.kind);
  expect(kinds.indexOf("accepted")).toBeGreaterThanOrEqual(0);
  expect(kinds.indexOf("accepted")).toBeLessThan(kinds.indexOf("closed"));
});

test("a line that swallows everything is noticed, and the alarm goes by the next one", async () => {
  const home = rig.home("weber");
  await home.connected();
  rig.line.freeze();
  home.send(offerOf("m1", alarmOf("a1")));
  await until("the silence is noticed", () => home.said.find((said) => said.includes("no ")));
  rig.line.heal();
  await home.custody("a1");
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("a care service that hangs is noticed, and heard again when it goes on", async () => {
  const home = rig.home("weber");
  await home.connected();
  process.kill(rig.care.pid, "SIGSTOP");
  home.send(offerOf("m1", alarmOf("a1")));
  await until("the silence is noticed", () => home.said.find((said) => said.includes("no ")));
  process.kill(rig.care.pid, "SIGCONT");
  await home.custody("a1");
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("I10: a wrong password stays outside and disturbs nobody", async () => {
  const stranger = rig.home("krause", { password: "not the password of this home" });
  const home = rig.home("weber");
  stranger.send(offerOf("m2", alarmOf("a2")));
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  await until("it is refused", () => stranger.said.find((said) => said.includes("refused")));
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
  expect(await letIn(rawClient("krause", { username: "", password: "" }))).toBe(false);
});

test("I10: a home speaks for itself only, and hears nothing of another", async () => {
  const other = rawClient("krause");
  expect(await letIn(other)).toBe(true);
  for (const filter of [careTopics("weber").down, "obhut/#", "desk/state/+"]) {
    await expect(other.subscribeAsync(filter), filter).rejects.toThrow();
  }
  await other.subscribeAsync(careTopics("krause").down);
  // In its own name on its own topic, but for another home: not taken.
  await other.publishAsync(careTopics("krause").up, upMessage("m9", "weber", "a9"), { qos: 1 });
  other.publish(careTopics("weber").up, upMessage("m8", "weber", "a8"), { qos: 1 });
  await closed(other);
  const home = rig.home("weber");
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("I10: a home cannot act as a desk", async () => {
  const home = rig.home("weber");
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  const other = rawClient("krause");
  expect(await letIn(other)).toBe(true);
  const closing = { by: maier, outcome: "helped", note: "" };
  const request = { kind: "close", alarmId: "a1", closing };
  const text = JSON.stringify({ id: "r1", home: "weber", request });
  other.publish(deskTopics.request("desk"), text, { qos: 1 });
  await closed(other);
  expect(rig.events.some(({ kind }) => kind === "closed")).toBe(false);
});

test("the same bytes again are one alarm, and get a receipt each time", async () => {
  const client = rawClient("weber");
  const receipts: string[] = [];
  client.on("message", (_topic, payload) => {
    const { body } = JSON.parse(payload.toString());
    if (body.kind === "receipt") receipts.push(body.of);
  });
  await client.subscribeAsync(careTopics("weber").down, { qos: 1 });
  for (let n = 1; n <= 5; n += 1) {
    await client.publishAsync(careTopics("weber").up, upMessage("m1", "weber", "a1"), { qos: 1 });
    await until("a receipt", () => (receipts.length >= n ? true : undefined));
  }
  expect(receipts).toEqual(["m1", "m1", "m1", "m1", "m1"]);
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("fuzz: 600 mutated messages crash nothing and none is receipted (seed 11)", async () => {
  const random = seededRandom(11);
  const client = rawClient("weber");
  const receipts: string[] = [];
  client.on("message", (_topic, payload) => {
    const { body } = JSON.parse(payload.toString());
    if (body.kind === "receipt") receipts.push(body.of);
  });
  expect(await letIn(client)).toBe(true);
  await client.subscribeAsync(careTopics("weber").down, { qos: 1 });
  const whole = upMessage("fuzz", "weber", "fuzz");
  const mutated = (): Buffer => {
    const bytes = Buffer.from(whole);
    for (let n = 0; n <= random.int(4); n += 1) bytes[random.int(bytes.length)] = random.int(256);
    return bytes.subarray(0, random.chance(0.5) ? random.int(bytes.length) : bytes.length - 1);
  };
  for (let n = 0; n < 600; n += 1) {
    const { up, beatUp } = careTopics("weber");
    client.publish(random.chance(0.8) ? up : beatUp, mutated(), { qos: 0 });
  }
  await client.publishAsync(careTopics("weber").up, upMessage("m1", "weber", "a1"), { qos: 1 });
  await until("the whole one is taken", () => (receipts.includes("m1") ? true : undefined));
  expect(receipts).toEqual(["m1"]);
  const desk = rawClient("desk");
  expect(await letIn(desk)).toBe(true);
  for (let n = 0; n < 50; n += 1) {
    desk.publish(deskTopics.request("desk"), mutated(), { qos: 0 });
  }
  await client.publishAsync(careTopics("weber").up, upMessage("m2", "weber", "a2"), { qos: 1 });
  await until("the next one too", () => (receipts.includes("m2") ? true : undefined));
});
