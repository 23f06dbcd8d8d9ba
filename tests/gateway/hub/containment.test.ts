/** A tablet that was stolen, and one that has gone mad: what the others notice of it. */
import { connect } from "node:net";
import mqtt from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { orderPairing } from "../../../gateway/hub/pair-order.ts";
import { systemTime } from "../../../platform/clock.ts";
import { until } from "../../support/test-broker.ts";
import { quietView, startTestHub, type TestHub } from "../../support/test-hub.ts";

let place: TestHub;
const open: mqtt.MqttClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) client.end(true);
  await place.close();
});

const asked = (id: string, kind: string): string => JSON.stringify({ id, request: { kind } });

/** Another machine: on this one it has another address of the loopback. */
async function from(address: string, clientId: string, password: string) {
  const at = { host: "127.0.0.1", port: place.ports.mqtt, localAddress: address };
  const client = new mqtt.MqttClient(() => connect(at), {
    clientId,
    username: "tablet-1",
    password,
    reconnectPeriod: 0,
  });
  client.on("error", () => undefined);
  open.push(client);
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("error", reject);
  });
  return client;
}

describe("a credential in two hands", () => {
  test("I10: is said, and neither pushes the other out", async () => {
    place = await startTestHub();
    const secret = place.secretOf("tablet-1");
    const tablet = await from("127.0.0.1", "tablet-1:page", secret);
    const thief = await from("127.0.0.2", "tablet-1:thief", secret);
    await until(() => place.intrusions.length > 0);
    expect(place.intrusions).toEqual(["tablet-1 is used in two places: 127.0.0.1, 127.0.0.2"]);
    await tablet.publishAsync("home/request/tablet-1", asked("r1", "help"), { qos: 1 });
    await until(() => place.requests.length === 1);
    expect(thief.connected).toBe(true);
    // It may have been given another address; once it has spoken beside the other it is certain.
    const isProved = () => place.intrusions.includes("tablet-1 speaks in two places");
    for (let nth = 0; !isProved(); nth += 1) {
      await tablet.publishAsync("home/request/tablet-1", asked(`p${nth}`, "presence"), { qos: 1 });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(place.intrusions).toHaveLength(2);
  });

  test("I8: whoever opens ever more sessions with it ends his own", async () => {
    place = await startTestHub();
    const secret = place.secretOf("tablet-1");
    const tablet = await from("127.0.0.1", "tablet-1:page", secret);
    const thieves: mqtt.MqttClient[] = [];
    for (let count = 0; count < 12; count += 1) {
      thieves.push(await from("127.0.0.2", `tablet-1:${count}`, secret));
    }
    await until(() => thieves.filter(({ connected }) => connected).length === 3);
    await tablet.publishAsync("home/request/tablet-1", asked("r1", "help"), { qos: 1 });
    await until(() => place.requests.length === 1);
    expect(tablet.connected).toBe(true);
  });

  test("I10: once the tablet is paired anew, the thief is out and learns nothing more", async () => {
    place = await startTestHub({ settings: { pagesDir: "/nowhere" } });
    const secret = place.secretOf("tablet-1");
    const thief = await from("127.0.0.2", "tablet-1:thief", secret);
    const learned: string[] = [];
    thief.on("message", (topic, payload) => learned.push(`${topic} ${payload}`));
    await thief.subscribeAsync(["home/state/#", "home/event/#", "home/announcement"], { qos: 1 });
    const code = await orderPairing(place.folder, "tablet-1", systemTime()());
    const answer = await fetch(`http://127.0.0.1:${place.ports.websocket}/pair`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    const given = (await answer.json()) as { secret: string };
    await until(() => !thief.connected);
    const tablet = await from("127.0.0.1", "tablet-1:page", given.secret);
    const heard: string[] = [];
    tablet.on("message", (topic) => heard.push(topic));
    await tablet.subscribeAsync("home/state/#", { qos: 1 });
    const before = learned.length;
    place.hub.showState({ ...quietView, signal: "alarm" });
    await until(() => heard.includes("home/state/signal"));
    for (let count = 0; count < 3; count += 1) {
      await expect(from("127.0.0.2", "tablet-1:thief", secret)).rejects.toThrow("Bad username");
    }
    expect(learned.slice(before)).toEqual([]);
    expect(learned.join()).not.toContain('"alarm"');
    // What the thief sends in the tablet's name goes nowhere.
    thief.publish("home/request/tablet-1", asked("r9", "help"));
    await tablet.publishAsync("home/request/tablet-1", asked("r1", "presence"), { qos: 1 });
    await until(() => place.requests.length === 1);
    expect(place.requests.map(([, { id }]) => id)).toEqual(["r1"]);
  });
});

describe("a request that comes again", () => {
  const ask = async (client: mqtt.MqttClient, id: string): Promise<void> => {
    await client.publishAsync("home/request/tablet-1", asked(id, "presence"), { qos: 1 });
  };

  test("is told again that it was taken, also by one who asks too fast, and does nothing", async () => {
    place = await startTestHub();
    const answers = await place.reader("tablet-1", ["home/answer/tablet-1"]);
    const tablet = await place.client("tablet-1", { clientId: "tablet-1:page" });
    await ask(tablet, "r1");
    await until(() => place.requests.length === 1);
    place.hub.answer("tablet-1", { of: "r1", taken: true, why: "" });
    const flooder = await place.client("tablet-1", { clientId: "tablet-1:mad" });
    for (let nth = 0; nth < 120; nth += 1) {
      flooder.publish("home/request/tablet-1", asked(`p${nth}`, "presence"), { qos: 0 });
    }
    await until(() => answers.some(({ message }) => message["taken"] === false));
    const before = answers.length;
    await ask(tablet, "r1");
    await until(() => answers.slice(before).some(({ message }) => message["of"] === "r1"));
    const told = answers.filter(({ message }) => message["of"] === "r1");
    expect(told.map(({ message }) => message["taken"])).toEqual([true, true]);
    expect(place.requests.filter(([, { id }]) => id === "r1")).toHaveLength(1);
  });

  test("is judged anew where it was refused: the answer may have been lost", async () => {
    place = await startTestHub();
    const tablet = await place.client("tablet-1");
    await ask(tablet, "r1");
    await until(() => place.requests.length === 1);
    // While it is judged it is not heard twice.
    await ask(tablet, "r1");
    place.hub.answer("tablet-1", { of: "r1", taken: false, why: "the lamp did not answer" });
    await ask(tablet, "r1");
    await until(() => place.requests.length === 2);
  });
});

describe("a tablet that floods", () => {
  test("I8: costs the home few entries, is told so, and its call for help is heard", async () => {
    place = await startTestHub();
    const answers = await place.reader("tablet-1", ["home/answer/tablet-1"]);
    const flooder = await place.client("tablet-1", { clientId: "tablet-1:mad" });
    const other = await place.client("tablet-2");
    for (let count = 0; count < 120; count += 1) {
      flooder.publish("home/request/tablet-1", asked(`f${count}`, "presence"), { qos: 0 });
    }
    await other.publishAsync("home/request/tablet-2", asked("o1", "wellbeing"), { qos: 1 });
    await flooder.publishAsync("home/request/tablet-1", asked("h1", "help"), { qos: 1 });
    await until(() => place.requests.some(([, { id }]) => id === "h1"));
    const taken = place.requests.filter(([, { id }]) => id.startsWith("f"));
    // The burst, and four for each second that the broker let the flood through in.
    expect(taken.length).toBeLessThan(80);
    expect(place.requests.some(([, { id }]) => id === "o1")).toBe(true);
    await until(() => answers.some(({ message }) => message["taken"] === false));
    expect(place.intrusions).toContain("tablet-1 asks too fast; some was not taken");
    // Refused is not forgotten: the same request again, at a finger's pace, is taken.
    const refused = answers.find(({ message }) => message["taken"] === false)?.message["of"];
    const again = () => place.requests.some(([, { id }]) => id === refused);
    while (!again()) {
      await flooder.publishAsync("home/request/tablet-1", asked(String(refused), "presence"), {
        qos: 1,
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
});
