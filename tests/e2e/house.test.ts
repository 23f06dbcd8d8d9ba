/** Stories in real processes: the gateway, the care service, the virtual home, and a stranger. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Desk } from "../../care/desk-client.ts";
import { until } from "../../sim/demo/process.ts";
import { type Rig, startRig } from "../../sim/demo/rig.ts";
import { openTablet, type Tablet } from "../../sim/demo/tablet.ts";
import { seededRandom } from "../support/random.ts";

const by = { id: "night-service", name: "Frau Maier" };
let rig: Rig;
let tablet: Tablet;
let desk: Desk;
let pid = 0;

beforeAll(async () => {
  rig = await startRig({
    stove: { absence_min: 0.1, pre_alarm_s: 3 },
    link: { beat_every_s: 1, silent_after_s: 10, custody_within_s: 3, repeat_every_s: 5 },
    stepWithin_s: 30,
  });
  pid = (await rig.ready(60_000)).pid;
  tablet = await rig.tablet();
  desk = rig.desk();
}, 90_000);

afterAll(() => rig.close(), 60_000);

/** Presses until the care service has a new call; a press that noise swallowed is pressed again. */
async function callArrives(button: string): Promise<string> {
  const mark = rig.careEvents.length;
  await rig.home.press(button);
  const event = await rig.careEvent(
    "a new emergency call",
    (it) =>
      it.kind === "custody" &&
      rig.careEvents.indexOf(it) >= mark &&
      (it.alarmId ?? "").includes("emergencyCall"),
    30_000,
  );
  return event.alarmId ?? "";
}

async function closeAll(): Promise<void> {
  await until(
    "no alarm is open",
    async () => {
      for (const { alarm } of desk.openAlarms()) {
        await desk.closeAlarm(alarm.id, { by, outcome: "helped", note: "" });
      }
      return (await rig.status())?.open_alarms === 0 ? true : undefined;
    },
    30_000,
  );
}

/** Writes bytes to a port of this machine and hangs up. */
function throwAt(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.on("error", end);
    socket.on("close", end);
    socket.on("connect", () => {
      socket.write(bytes);
      setTimeout(end, 50);
    });
  });
}

async function givePower(): Promise<void> {
  await until(
    "the stove has power",
    async () => {
      await tablet.ask({ kind: "stove-reset" });
      return (await rig.home.status()).stove.relayOn ? true : undefined;
    },
    30_000,
  );
}

describe("stories in real processes", () => {
  test("story 12, I10: a stranger learns nothing and delays nothing", async () => {
    const port = (await rig.status())?.ports["mqtt"] ?? 0;
    await expect(openTablet({ port, client: "tablet", token: "guess" })).rejects.toThrow();
    await expect(openTablet({ port, client: "stranger", token: "" })).rejects.toThrow();
    const id = await callArrives("bath-button");
    expect(id).not.toBe("");
    await closeAll();
  }, 60_000);

  test("fuzz: after noise at every door the same process hears the next press", async () => {
    const ports = (await rig.status())?.ports ?? {};
    const doors = [ports["mqtt"] ?? 0, ports["websocket"] ?? 0, rig.line.target];
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = seededRandom(seed);
      const bytes = Buffer.from(Array.from({ length: 400 }, () => random.int(256)));
      await Promise.all(doors.map((door) => throwAt(door, bytes)));
      await rig.home.ask("fault", "garbage", 50 + random.int(400));
      await callArrives(random.pick(["bath-button", "neck-button"]));
      await closeAll();
    }
    expect((await rig.status())?.pid).toBe(pid);
  }, 180_000);

  test("story 5, I2: a relay that lies is an alarm, and never proved off", async () => {
    await givePower();
    await rig.home.ask("stove", "on", 1_800);
    await rig.home.ask("stove", "fault", "weld");
    const mark = tablet.shown.length;
    const alarm = await rig.careEvent(
      "the stove cannot be switched off",
      (it) => it.kind === "raised" && it.reason === "stove-not-off",
      90_000,
    );
    expect(alarm.level).toBe("alarm");
    expect((await rig.home.status()).stove.powerW).toBeGreaterThan(1_000);
    const keys = tablet.shown.slice(mark).map(({ payload }) => payload["key"]);
    expect(keys).not.toContain("stove-proved-off");
    expect(keys).toContain("stove-not-off");
    await rig.home.ask("stove", "fault", "none");
    await rig.home.ask("stove", "off");
  }, 150_000);

  test("story 3, I5, I7: killed while the stove is cut, it stays cut and nothing is raised twice", async () => {
    await closeAll();
    const mark = rig.careEvents.length;
    await tablet.close();
    await rig.gateway.kill();
    rig.startGateway();
    await rig.ready(60_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await rig.home.status()).stove.relayOn).toBe(false);
    const raised = rig.careEvents.slice(mark).filter(({ kind }) => kind === "raised");
    expect(raised).toEqual([]);
  }, 90_000);
});
