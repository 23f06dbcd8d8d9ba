/** Story 12 in real processes: somebody on the home's Wi-Fi learns, moves and delays nothing. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../sim/demo/process.ts";
import { openTablet } from "../../sim/demo/tablet.ts";
import type { Browser } from "../care/office/office-rig.ts";
import { type House, openHouse } from "./house.ts";
import { enterOffice, intrusionsAt, officePages } from "./office.ts";

let house: House;
let office: Browser;
let port = 0;
let pid = 0;
beforeAll(async () => {
  const pages = await officePages();
  house = await openHouse({ care: { office: pages.office } });
  const status = await house.rig.ready();
  port = status.ports["mqtt"] ?? 0;
  pid = status.pid;
  office = await enterOffice(house.rig, pages);
}, 120_000);
afterEach(() => house.calm(), 120_000);
afterAll(async () => {
  office?.close();
  await house?.close();
}, 60_000);

/** A client of the home that does not keep to its part. */
function intruder(client: string, token = house.rig.files.tokens[client] ?? "") {
  return connectAsync(`mqtts://127.0.0.1:${port}`, {
    clientId: `${client}:${randomUUID()}`,
    username: client,
    password: token,
    rejectUnauthorized: false,
    reconnectPeriod: 0,
  });
}

/** A granted QoS of 128 is a refusal (MQTT 3.1.1, clause 3.9.3); mqtt.js rejects for it. */
async function mayHear(client: MqttClient, topic: string): Promise<boolean> {
  const granted = await client.subscribeAsync(topic, { qos: 1 }).catch(() => []);
  return granted.some(({ qos }) => qos < 128);
}

describe("story 12: the stranger", () => {
  test("I10: without a credential of one's own there is no entry, and the log says who tried", async () => {
    await expect(openTablet({ port, client: "tablet", token: "" })).rejects.toThrow();
    await expect(openTablet({ port, client: "tablet", token: "guess" })).rejects.toThrow();
    const own = house.rig.files.tokens["tablet"] ?? "";
    await expect(openTablet({ port, client: "phone", token: own })).rejects.toThrow();
    const log = join(house.rig.folder, "gateway.log");
    for (const name of ["tablet", "phone"]) {
      await until(`the log names who was refused as ${name}`, () =>
        readFileSync(log, "utf8").includes(`refused a login as ${name} from 127.0.0.1`)
          ? true
          : undefined,
      );
    }
    // Three refusals may be mistakes.
    expect(await intrusionsAt(office)).toEqual([]);
  }, 120_000);

  test("I10: the desk sees that somebody tries, once, in none of his words, and nobody is called", async () => {
    const since = house.since();
    const guess = (client: string) =>
      openTablet({ port, client, token: "guess" }).catch(() => undefined);
    const names = Array.from({ length: 10 }, (_, nth) => `HELP-${nth}`);
    await Promise.all(names.map(guess));
    const seen = await until("a work order", async () => (await intrusionsAt(office))[0], 60_000);
    expect(seen).toMatchObject({ home: "weber", subject: "hub", what: "intrusion", blind: [] });
    expect(seen).toMatchObject({ cleared_wall: null, work_state: "open", work_note: "" });
    await Promise.all(names.map((name) => guess(`${name}-again`)));
    await house.callArrives("bath-button");
    await house.closeAll();
    expect(await intrusionsAt(office)).toEqual([seen]);
    const { text } = await office.get("/api/faults");
    expect(text).not.toMatch(/HELP|guess|127\.0\.0/);
    expect(since.raised("fault")).toEqual([]);
  }, 180_000);

  test("I10: a client hears and asks nothing in another's name", async () => {
    const phone = await intruder("phone");
    const heard: string[] = [];
    phone.on("message", (topic) => heard.push(topic));
    expect(await mayHear(phone, "home/answer/tablet")).toBe(false);
    expect(await mayHear(phone, "home/request/#")).toBe(false);
    expect(await mayHear(phone, "#")).toBe(false);
    await house.giveStovePower();
    expect(heard).toEqual([]);

    // In the tablet's name, and in its own but from outside the kitchen: neither moves the stove.
    const since = house.since();
    const reset = { id: randomUUID(), request: { kind: "stove-reset" } };
    const help = { id: randomUUID(), request: { kind: "help" } };
    for (const topic of ["home/request/tablet", "home/state/stove", "home/announcement"]) {
      const forger = await intruder("phone");
      forger.on("error", () => undefined);
      for (const body of [reset, help]) {
        forger.publish(topic, JSON.stringify(body), { qos: 0, retain: true });
      }
      await forger.endAsync().catch(() => undefined);
    }
    await phone.endAsync(true);
    const alarmId = await house.callArrives("bath-button");
    expect(since.raised("emergency-call")).toEqual([alarmId]);
    const fresh = await house.rig.tabletAt(port);
    await fresh.sees("the true stove", ({ topic }) => topic === "home/state/stove");
    const stove = fresh.shown.filter(({ topic }) => topic === "home/state/stove");
    expect(stove.every(({ payload }) => !("request" in payload))).toBe(true);
    await fresh.close();
  }, 120_000);

  test("I10: yesterday's request, played again, does nothing", async () => {
    const tablet = await intruder("tablet");
    const request = JSON.stringify({ id: randomUUID(), request: { kind: "help" } });
    const first = house.since();
    await tablet.publishAsync("home/request/tablet", request, { qos: 1 });
    const { alarmId = "" } = await first.care("custody");
    await house.closeAll();
    const second = house.since();
    for (let count = 0; count < 10; count += 1) {
      await tablet.publishAsync("home/request/tablet", request, { qos: 1 });
    }
    // Answered again in order, so that all of them were heard before the press.
    await house.tablet.ask({ kind: "presence" });
    const pressed = await house.callArrives("neck-button");
    expect(pressed).not.toBe(alarmId);
    expect(second.raised("emergency-call")).toEqual([pressed]);
    await tablet.endAsync(true);
  }, 120_000);

  test("I8: a press in the middle of a flood arrives", async () => {
    const flooders = await Promise.all(["phone", "comfort"].map((name) => intruder(name)));
    let flooding = true;
    const floods = flooders.map(async (client, nth) => {
      client.on("error", () => undefined);
      const topic = nth === 0 ? "home/request/phone" : "home/wish/comfort";
      while (flooding && client.connected) {
        for (let count = 0; count < 200; count += 1) client.publish(topic, "x".repeat(1_000));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    const strangers = (async () => {
      while (flooding) {
        await openTablet({ port, client: "tablet", token: "guess" }).catch(() => undefined);
      }
    })();
    const since = house.since();
    for (const button of ["bath-button", "neck-button", "bath-button"]) {
      await house.callArrives(button);
      await house.closeAll();
    }
    flooding = false;
    await Promise.all([...floods, strangers]);
    await Promise.all(flooders.map((client) => client.endAsync(true)));
    expect(since.raised("emergency-call")).toHaveLength(3);
    expect((await house.rig.status())?.pid).toBe(pid);
  }, 180_000);
});
