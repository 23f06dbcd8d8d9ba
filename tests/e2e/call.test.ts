/** Calls for help in real processes: the fall, the link that was down, the power cut. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../sim/demo/process.ts";
import { daughter, type House, nightService, openHouse, otherKernel } from "./house.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterEach(() => house.calm(), 120_000);
afterAll(() => house.close(), 60_000);

/** A step lasts 5 s here; both times are stamped by the care service, however busy the machine is. */
const atOnceMs = 2_000;
const threeWeeksMs = 21 * 24 * 3_600_000;

describe("story 1: the fall", () => {
  test("I2, I3, I4: who declines or is silent is passed by, who accepts is named, a person ends it", async () => {
    const { rig, desk } = house;
    const since = house.since();
    const alarmId = await house.callArrives("bath-button");
    await since.says("help-with-care", alarmId);
    await since.care("told", (event) => event.alarmId === alarmId && event.step === 0);
    await desk.decline(alarmId, daughter);
    const declined = await since.care("declined", (event) => event.alarmId === alarmId);
    const next = await since.care("told", (it) => it.alarmId === alarmId && it.step === 1);
    expect(next.wall_ms - declined.wall_ms).toBeLessThan(atOnceMs);
    // The neighbour says nothing; his time runs out.
    await since.care("told", (event) => event.alarmId === alarmId && event.step === 2);
    expect(since.said(alarmId)).not.toContain("help-coming");

    const { taken } = await desk.accept(alarmId, nightService);
    expect(taken).toBe(true);
    const coming = await since.says("help-coming", alarmId);
    expect(JSON.stringify(coming.payload)).toContain("Frau Maier");
    expect((await rig.status())?.open_alarms).toBe(1);

    await house.closeAll();
    const closed = await since.care("closed", (event) => event.alarmId === alarmId);
    expect(closed.by?.name).toBe("Frau Maier");
    await since.says("alarm-closed", alarmId);
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);
});

describe("story 2: the link that was down", () => {
  test("I2: what is said is true at every moment, and the same call arrives with the line", async () => {
    const { rig } = house;
    const since = house.since();
    rig.line.cut();
    await rig.home.press("neck-button");
    const shown = await since.says("help-stored");
    const alarmId = String(shown.payload["alarmId"]);
    expect(house.isOnDisk(alarmId)).toBe(true);
    await since.says("help-no-path", alarmId);
    expect(since.said(alarmId)).not.toContain("help-with-care");
    expect(since.said(alarmId)).not.toContain("help-coming");
    expect(since.raised("emergency-call")).toEqual([]);
    await until("the home's own chain goes on", () =>
      house.ownTells(alarmId).length > 0 ? true : undefined,
    );

    rig.line.heal();
    await since.care("custody", (event) => event.alarmId === alarmId);
    await since.says("help-with-care", alarmId);
    await house.closeAll();
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);

  test("I2: a line that swallows everything is a line that is down", async () => {
    const { rig } = house;
    const since = house.since();
    rig.line.freeze();
    await rig.home.press("bath-button");
    const alarmId = String((await since.says("help-stored")).payload["alarmId"]);
    await since.says("help-no-path", alarmId);
    rig.line.heal();
    await since.care("custody", (event) => event.alarmId === alarmId);
    await since.says("help-with-care", alarmId);
    await house.closeAll();
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);
});

describe("story 2: the link that broke under an open call", () => {
  test("I2, I4: custody comes back to the home, which says so, and goes again with the line", async () => {
    const { rig } = house;
    const since = house.since();
    const alarmId = await house.callArrives("bath-button");
    await since.says("help-with-care", alarmId);
    const before = house.ownTells(alarmId).length;
    const broken = house.since();
    rig.line.cut();
    await broken.says("help-no-path", alarmId);
    await until("the home's own chain goes on", () =>
      house.ownTells(alarmId).length > before ? true : undefined,
    );
    expect((await rig.status())?.open_alarms).toBe(1);
    const lost = house.since();
    expect(since.said(alarmId)).not.toContain("help-coming");

    rig.line.heal();
    const again = await lost.care("custody", (event) => event.alarmId === alarmId);
    expect(again.epoch).toBeGreaterThanOrEqual(2);
    await lost.says("help-with-care", alarmId);
    await house.closeAll();
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);
});

describe("story 3: the power cut", () => {
  test("I5: the call goes on at once, marked late, and is the same call", async () => {
    const { rig } = house;
    const since = house.since();
    rig.line.cut();
    await rig.home.press("bath-button");
    const alarmId = String((await since.says("help-stored")).payload["alarmId"]);
    await rig.gateway.kill();
    await rig.home.ask("power", "off");
    await rig.home.ask("power", "on");
    // Three weeks back, with a kernel that knows nothing of the time before.
    await house.comeBack(otherKernel(-threeWeeksMs));
    expect((await rig.status())?.open_alarms).toBe(1);
    const tells = await until("the overdue step of the home's own chain", () => {
      const rows = house.ownTells(alarmId);
      return rows.some(({ late }) => late) ? rows : undefined;
    });
    expect(tells.length).toBeGreaterThan(0);

    rig.line.heal();
    await since.care("custody", (event) => event.alarmId === alarmId);
    await house.closeAll();
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);

  test("I5, I3: with the care service, the call is neither raised again nor ended by it", async () => {
    const { rig, desk } = house;
    const since = house.since();
    const alarmId = await house.callArrives("neck-button");
    await rig.gateway.kill();
    await desk.accept(alarmId, nightService);
    await house.comeBack();
    const after = house.since();
    await rig.home.press("neck-button");
    await after.care("noted", (event) => event.alarmId === alarmId);
    await after.says("help-coming", alarmId);
    await house.closeAll();
    expect(since.raised("emergency-call")).toEqual([alarmId]);
  }, 180_000);
});
