/** The plug's own safety: off when power returns, a group, reports; each read back. */
import { afterEach, expect, test } from "vitest";
import { stoveGroup } from "../../../gateway/radio/settings.ts";
import { kinds, subsystems } from "../../../sim/coordinator/frame.ts";
import { weber } from "../../../sim/homes/weber.ts";
import type { FrameEvent } from "../../../sim/line.ts";
import { quiet, type RadioHome, radioHome, until } from "./radio-home.ts";
import { isOff, record } from "./wire.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

const plug = "stove-plug";
const startUp = { endpoint: 1, cluster: 6, attribute: 0x4003 };

/** Frames from the host to the plug that write or set something up, by ZCL command. */
function settings(events: readonly FrameEvent[]): readonly number[] {
  const { nwk } = rig.home.device(plug).plan;
  return events
    .filter(({ direction, frame }) => direction === "from-host" && frame.kind === kinds.request)
    .filter(({ frame }) => frame.subsystem === subsystems.af && frame.command === 1)
    .filter(({ frame }) => frame.data.readUInt16LE(0) === nwk)
    .map(({ frame }) => frame.data.subarray(10))
    .filter((zcl) => ((zcl[0] ?? 0) & 3) === 0)
    .map((zcl) => zcl[2] ?? -1);
}

/** Requests of the stack to the plug, answered or not. */
function questions(events: readonly FrameEvent[]): number {
  const { nwk } = rig.home.device(plug).plan;
  return events.filter(
    ({ direction, frame }) =>
      direction === "from-host" &&
      frame.subsystem === subsystems.af &&
      frame.command === 1 &&
      frame.data.readUInt16LE(0) === nwk,
  ).length;
}

const writeAttributes = 0x02;
const configureReporting = 0x06;

test("I7: the plug is told to stay off when power returns, and read back", async () => {
  rig = await radioHome();
  const { home, said } = rig;
  expect(await said.next("fail-safe-read")).toMatchObject({ device: plug, armed: true });
  expect(home.device(plug).value(startUp)).toBe(0);
  await quiet(rig);
  await rig.radio.givePower(plug);
  home.stove.relay.powerReturns();
  expect(home.stove.relay.closed).toBe(false);
});

test("the plug is in the stove's group, and nothing else is", async () => {
  rig = await radioHome();
  await quiet(rig);
  const members = [...rig.home.devices.values()].filter(({ groups }) => groups.has(stoveGroup));
  expect(members.map(({ name }) => name)).toEqual([plug]);
});

test("what the plug already has is not written again", async () => {
  rig = await radioHome();
  await quiet(rig);
  const events: FrameEvent[] = [];
  rig.home.onFrame((event) => events.push(event));
  rig.said.clear();
  rig.home.faults.cut("rst");
  await rig.said.next("fail-safe-read");
  await quiet(rig);
  const commands = settings(events);
  expect(commands).not.toContain(writeAttributes);
  expect(commands).not.toContain(configureReporting);
});

test("I6: a plug that was mute at the start is set up when it speaks", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome({ start: false });
  const { home, radio, said } = rig;
  home.faults.device(plug, "mute");
  radio.start();
  await said.next("radio-ready");
  const events: FrameEvent[] = [];
  home.onFrame((event) => events.push(event));
  // The second question means that the first was given up.
  await until("two questions to the mute plug", () => questions(events) > 1);
  expect(said.of("fail-safe-read")).toHaveLength(0);
  home.faults.device(plug, "well");
  expect(await said.next("fail-safe-read")).toMatchObject({ armed: true });
});

test("I2: a plug that comes back after a power cut is asked for its fail-safe again", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, said } = rig;
  home.device(plug).set(startUp, 0xff);
  said.clear();
  home.stick.announced(home.device(plug));
  expect(await said.next("fail-safe-read")).toMatchObject({ armed: true });
  expect(home.device(plug).value(startUp)).toBe(0);
});

test("I7: a plug that comes back gets the cut that is owed to it, and is asked", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, radio, said } = rig;
  await radio.givePower(plug);
  home.faults.device(plug, "dead");
  expect(await radio.cutPower(plug, "direct")).toMatchObject({ ok: false });
  home.faults.device(plug, "well");
  said.clear();
  const sent = record(home);
  home.stick.announced(home.device(plug));
  await until("the relay is open", () => !home.stove.relay.closed);
  expect(sent.map(isOff)[0]).toBe(true);
  await said.next("relay-read", (fact) => !fact.on);
});

test("I5: a plug that comes back is asked what it is, also when nothing is owed", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, said } = rig;
  home.faults.device(plug, "dead");
  home.stove.relay.switchTo(true);
  home.faults.device(plug, "well");
  said.clear();
  home.stick.announced(home.device(plug));
  expect(await said.next("relay-read")).toMatchObject({ on: true });
  await said.next("power-read");
});

test("I6: a plug that was reset and said nothing of it is bound again", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, radio } = rig;
  const device = home.device(plug);
  for (const binding of device.bindings) device.unbind(binding);
  expect(device.bindings).toEqual([]);
  await radio.stop();
  // The database still has the bindings.
  rig.again().radio.start();
  const bound = (): readonly number[] => device.bindings.map(({ cluster }) => cluster);
  await until("relay and meter are bound", () =>
    [0x0006, 0x0b04].every((it) => bound().includes(it)),
  );
});

test("I6: another socket of the plug proves nothing of the stove", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, said } = rig;
  const { nwk } = home.device(plug);
  said.clear();
  const report = (sourceEndpoint: number): void => {
    const payload = Buffer.from([0x18, sourceEndpoint, 0x0a, 0, 0, 0x10, 0]);
    home.stick.heard(nwk, { cluster: 6, sourceEndpoint, targetEndpoint: 1, payload }, 120);
  };
  report(2);
  report(1);
  await said.next("relay-read");
  await quiet(rig);
  expect(said.of("relay-read")).toHaveLength(1);
});

test("I6: a relay without such a setting is said to have no fail-safe", async () => {
  const devices = weber.devices.map((device) =>
    device.name === "bedroom-shutter" ? { ...device, roles: ["stove-relay"] } : device,
  );
  rig = await radioHome({ home: { home: { ...weber, devices } } });
  const told = await rig.said.next("fail-safe-read", (fact) => fact.device === "bedroom-shutter");
  expect(told.armed).toBe(false);
});

test("I5: a start tells what the relay and the power are, not only what changes", async () => {
  rig = await radioHome();
  const { home, radio } = rig;
  await radio.givePower(plug);
  home.stove.switchOn(1_500);
  await quiet(rig);
  await radio.stop();
  const { radio: next, said } = rig.again();
  next.start();
  expect((await said.next("relay-read")).on).toBe(true);
  expect((await said.next("power-read")).watts).toBeGreaterThan(1_400);
});
