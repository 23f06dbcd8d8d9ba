/** Noise at the tablet's port of a real home: then somebody presses, and asks at the tablet. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { connectAsync, type IClientOptions } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { until as patiently } from "../../sim/demo/process.ts";
import type { Browser } from "../care/office/office-rig.ts";
import { connectPacket, subscribePacket } from "../support/mqtt-bytes.ts";
import { until } from "../support/test-broker.ts";
import { type House, openHouse } from "./house.ts";
import { enterOffice, intrusionsAt, officePages } from "./office.ts";

let house: House;
let office: Browser;
let hub = { mqtt: 0, websocket: 0 };
let pid = 0;
beforeAll(async () => {
  const pages = await officePages();
  house = await openHouse({ care: { office: pages.office } });
  const status = await house.rig.ready();
  hub = { mqtt: status.ports["mqtt"] ?? 0, websocket: status.ports["websocket"] ?? 0 };
  pid = status.pid;
  office = await enterOffice(house.rig, pages);
}, 120_000);
afterEach(() => house.calm(), 120_000);
afterAll(async () => {
  office?.close();
  await house?.close();
}, 60_000);

const log = (): string => readFileSync(join(house.rig.folder, "gateway.log"), "utf8");
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Does it again and again until it is told to end; resolves with how often it could. */
function endlessly(work: () => Promise<unknown>): () => Promise<number> {
  let ended = false;
  const run = (async () => {
    let count = 0;
    while (!ended) {
      await work();
      count += 1;
      await pause(1);
    }
    return count;
  })();
  return () => {
    ended = true;
    return run;
  };
}

/** What the port answered: a status, or 0 where the connection ended. */
function ask(method: string, path: string, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json" };
    const at = { host: "127.0.0.1", port: hub.websocket, path, method, headers, agent };
    const asked = request({ ...at, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      answer.on("close", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", () => resolve(0));
    asked.end(body);
  });
}

/** Holds a connection open that asks for a page byte by byte, and reads nothing. */
function slowReader(): Promise<void> {
  return new Promise((resolve) => {
    const at = { host: "127.0.0.1", port: hub.websocket, rejectUnauthorized: false };
    const socket = connectTls(at, () => {
      socket.write("GET /tablet/ HTTP/1.1\r\nhost: home\r\n\r\nGET /tab");
      socket.pause();
      setTimeout(() => socket.destroy(), 1_000);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

/** Subscribes to everything a tablet may, and never reads again. */
function frozenTablet(): Promise<void> {
  return new Promise((resolve) => {
    const password = house.rig.files.tokens["phone"] ?? "";
    const at = { host: "127.0.0.1", port: hub.mqtt, rejectUnauthorized: false };
    const socket = connectTls(at, () => {
      socket.write(connectPacket({ clientId: "phone:frozen", user: "phone", password }));
      socket.write(subscribePacket(1, "home/state/#", "home/event/#", "home/announcement"));
      socket.pause();
      setTimeout(() => socket.destroy(), 2_000);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

describe("what happens at the tablet's port", () => {
  test("I10: a credential in two hands is a work order at the desk, and the tablet goes on", async () => {
    const since = house.since();
    const thief = await connectAsync(`mqtts://127.0.0.1:${hub.mqtt}`, {
      clientId: "tablet:thief",
      username: "tablet",
      password: house.rig.files.tokens["tablet"] ?? "",
      rejectUnauthorized: false,
      reconnectPeriod: 0,
      localAddress: "127.0.0.2",
    } as IClientOptions);
    const seen = await patiently("a work order", async () => {
      // The tablet lives: whoever has its credential is not it under another address.
      expect((await house.tablet.ask({ kind: "presence" }, 60_000)).taken).toBe(true);
      await pause(500);
      return (await intrusionsAt(office))[0];
    });
    expect(seen).toMatchObject({ home: "weber", subject: "hub", cleared_wall: null, blind: [] });
    expect(log()).toContain("tablet speaks in two places");
    expect(thief.connected).toBe(true);
    await thief.endAsync(true);
    expect(since.raised("fault")).toEqual([]);
  }, 180_000);

  test("I1, I8: pages, guesses and frozen tablets without end change nothing for a press", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const seen = new Map<string, number>();
    const noted = async (what: string, method: string, path: string, body: string) => {
      const key = `${what} ${await ask(method, path, body, agent)}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    };
    const guess = (): string =>
      JSON.stringify({ code: crypto.randomUUID().replaceAll("-", "").slice(0, 22) });
    const noises = [
      ...Array.from({ length: 4 }, () => endlessly(() => noted("page", "GET", "/", ""))),
      ...Array.from({ length: 2 }, () => endlessly(() => noted("guess", "POST", "/pair", guess()))),
      ...Array.from({ length: 4 }, () => endlessly(slowReader)),
      ...Array.from({ length: 2 }, () => endlessly(frozenTablet)),
    ];
    const linesBefore = log().split("\n").length;
    await until(() => seen.has("page 429") && seen.has("guess 429"));
    const since = house.since();
    const calls: string[] = [];
    for (const button of ["bath-button", "neck-button", "bath-button"]) {
      const alarmId = await house.callArrives(button);
      calls.push(alarmId);
      await since.says("help-stored", alarmId);
      expect((await house.tablet.ask({ kind: "wellbeing" }, 60_000)).taken).toBe(true);
      await house.closeAll();
    }
    const rounds = await Promise.all(noises.map((end) => end()));
    agent.destroy();
    expect(since.raised("emergency-call")).toEqual(calls);
    expect((await house.rig.status())?.pid).toBe(pid);
    // The noise was one, no guess was right, and the log did not drown in it.
    expect(Math.min(...rounds)).toBeGreaterThan(0);
    expect(seen.get("guess 200")).toBeUndefined();
    expect(log()).not.toMatch(/worker is gone|worker hangs/);
    expect(log().split("\n").length - linesBefore).toBeLessThan(200);
  }, 240_000);
});
