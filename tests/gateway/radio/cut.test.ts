/**
 * `off` reaches the relay whatever hangs, and its outcome is what the relay says. Causes, not
 * clocks.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Device } from "zigbee-herdsman/dist/controller/model/index.js";
import { formatDatabase, parseDatabase } from "../../../gateway/radio/database.ts";
import { stoveGroup } from "../../../gateway/radio/settings.ts";
import { writeHerdsmanFiles } from "../../../sim/herdsman-files.ts";
import type { PlannedHome } from "../../../sim/homes/home.ts";
import { weber } from "../../../sim/homes/weber.ts";
import { quiet, type RadioHome, radioHome, until } from "./radio-home.ts";
import { isOff, record } from "./wire.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

const plug = "stove-plug";

async function start(home?: PlannedHome): Promise<RadioHome> {
  rig = await radioHome(home === undefined ? {} : { home: { home } });
  await quiet(rig);
  await rig.radio.givePower(plug);
  rig.home.stove.switchOn(1_800);
  await rig.said.next("power-read", (fact) => fact.watts > 1_700);
  return rig;
}

/** A request as the stack makes it by default: 10 s, route discovery, 10 s again. */
function hangingRead(ieee: string): { readonly isPending: () => boolean } {
  let pending = true;
  const done = (): void => {
    pending = false;
  };
  Device.byIeeeAddr(ieee)?.endpoints[0]?.read("genOnOff", ["onOff"]).then(done, done);
  return { isPending: () => pending };
}

function addressOf(name: string): string {
  return rig.home.device(name).plan.ieee;
}

/** How many frames went to the stove's group. */
function countGroupFrames(): { readonly count: () => number } {
  const sent = record(rig.home);
  const toGroup = (): number =>
    sent.filter(({ to, address }) => to === "group" && address === stoveGroup).length;
  return { count: toGroup };
}

test("I1: off is read back, and power is seen to fall", async () => {
  const { home, radio, said } = await start();
  said.clear();
  expect(await radio.cutPower(plug, "direct")).toMatchObject({ ok: true });
  expect(home.stove.relay.closed).toBe(false);
  await said.next("relay-read", (fact) => !fact.on);
  await said.next("power-read", (fact) => fact.watts === 0);
  expect(await radio.readRelay(plug)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/relay is off/),
  });
});

test("I1: off to the plug itself is the first frame, before whatever else is asked then", async () => {
  const { home, radio } = await start();
  const sent = record(home);
  const cut = radio.cutPower(plug, "direct");
  radio.signal("alarm");
  void radio.readRelay(plug);
  void radio.wish("living-light", 100);
  await cut;
  expect(sent.map(({ to }) => to)[0]).toBe(home.device(plug).nwk);
  expect(sent.map(isOff)[0]).toBe(true);
});

test("I1: a dead plug holds neither siren nor lamps back", async () => {
  const { home, radio } = await start();
  home.faults.device(plug, "dead");
  let ended = false;
  const cut = radio.cutPower(plug, "direct").finally(() => {
    ended = true;
  });
  radio.signal("alarm");
  // In its first moment a cut is alone on the air.
  expect(await radio.wish("living-light", 0)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/being cut/),
  });
  await until("the siren sounds", () => home.device("hall-siren").look()["sounding"] === true);
  await until("the light is on", () => home.device("living-light").look()["on"] === true);
  expect(ended).toBe(false);
  expect(await cut).toMatchObject({ ok: false });
});

/** What a stick confirms when the frame did not get through; the group's frame does. */
const confirms = [
  ["E9, no answer on the air", 0xe9],
  ["CD, no route", 0xcd],
  ["E1, the channel is busy", 0xe1],
  ["B7, no application answer", 0xb7],
  ["no confirmation at all", "none"],
] as const;
test.each(confirms)(
  "H 6.2: %s: the stove is cut, and the next order is not held up",
  async (_name, status) => {
    const { home, radio } = await start();
    home.faults.confirm(plug, status);
    expect(await radio.cutPower(plug, "direct")).toMatchObject({ ok: true });
    expect(home.stove.relay.closed).toBe(false);
    home.faults.confirm(plug, undefined);
    const given = radio.givePower(plug);
    await until("on arrived", () => home.stove.relay.closed);
    expect(await given).toMatchObject({ ok: true });
  },
);

test("H 6.2: off reaches the relay while a read to the same plug still hangs", async () => {
  const { home, radio } = await start();
  // The plug hears and acts, but nothing it says arrives: the read stays in the stack's queue.
  home.faults.device(plug, "voiceless");
  const sent = record(home);
  const read = hangingRead(addressOf(plug));
  await until("the read is out", () => sent.length === 1);
  const before = home.offCount;
  void radio.cutPower(plug, "direct");
  await until("off arrived", () => home.offCount > before);
  expect(read.isPending()).toBe(true);
  expect(home.stove.relay.closed).toBe(false);
});

test("H 5.2: off reaches the relay while reads to twenty mute devices hang", async () => {
  const lamps = Array.from({ length: 20 }, (_, index) => ({
    name: `lamp-${index + 1}`,
    roles: ["light"],
    room: "hall",
    model: "RB 265",
    ieee: `0x00124b00265e${(0x2000 + index).toString(16)}`,
    nwk: 0x2000 + index,
  }));
  const { home, radio } = await start({ ...weber, devices: [...weber.devices, ...lamps] });
  const reads = lamps.map(({ name }) => {
    home.faults.device(name, "mute");
    return hangingRead(addressOf(name));
  });
  const before = home.offCount;
  const cut = radio.cutPower(plug, "direct");
  await until("off arrived", () => home.offCount > before);
  expect(reads.filter((read) => read.isPending())).toHaveLength(20);
  expect(await cut).toMatchObject({ ok: true });
  expect(reads.filter((read) => read.isPending())).toHaveLength(20);
});

test("H 5.2: off passes a reply that the stick still owes on its serial line", async () => {
  const { home, radio } = await start();
  home.faults.loseReplies(1);
  hangingRead(addressOf("living-light"));
  // The stack would hold every frame back for 6 s, three times as long as this outcome may take.
  expect(await radio.cutPower(plug, "direct")).toMatchObject({ ok: true });
  expect(home.stove.relay.closed).toBe(false);
});

test("H 6.2: a refusal is no success, although the stack calls it one", async () => {
  const { home, radio } = await start();
  home.stove.fault("refuse");
  const outcome = await radio.cutPower(plug, "direct");
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/refused with status 1/),
  });
  expect(home.stove.relay.closed).toBe(true);
});

test("H 6.2: a refused on is no success either", async () => {
  const { home, radio } = await start();
  await radio.cutPower(plug, "direct");
  home.stove.fault("refuse");
  expect(await radio.givePower(plug)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/refused with status 1/),
  });
  expect(home.stove.relay.closed).toBe(false);
});

test("H 6.2: a mute plug ends in a failure, and frames went both ways", async () => {
  const { home, radio } = await start();
  const group = countGroupFrames();
  home.faults.device(plug, "mute");
  const outcome = await radio.cutPower(plug, "direct");
  expect(outcome).toMatchObject({ ok: false, detail: expect.stringMatching(/says nothing/) });
  expect(group.count()).toBeGreaterThan(0);
});

test("I2: a plug that lies is found by the power that still flows", async () => {
  const { home, radio, said } = await start();
  home.stove.fault("lie");
  said.clear();
  expect(await radio.cutPower(plug, "direct")).toMatchObject({ ok: true });
  expect(home.stove.powerW).toBeGreaterThan(1_700);
  home.stove.switchOn(1_900);
  await said.next("power-read", (fact) => fact.watts > 1_800);
});

test("the group is a second way: off by it, read back", async () => {
  const { home, radio } = await start();
  const group = countGroupFrames();
  const cut = radio.cutPower(plug, "group");
  await until("the group frame", () => group.count() > 0);
  expect(await cut).toMatchObject({ ok: true });
  expect(home.stove.relay.closed).toBe(false);
});

test("I7: a cut overtakes an order to give power; what waits to be sent is not sent", async () => {
  const { home, radio } = await start();
  await radio.cutPower(plug, "direct");
  home.faults.device(plug, "mute");
  const give = radio.givePower(plug);
  const cut = radio.cutPower(plug, "direct");
  expect(await give).toMatchObject({ ok: false });
  home.faults.device(plug, "well");
  await cut;
  expect(home.stove.relay.closed).toBe(false);
});

/** The database says of every device that it checks in: the stack keeps what fails for it. */
function checkingIn(dir: string, plan: PlannedHome): void {
  writeHerdsmanFiles(dir, plan);
  const file = join(dir, "database.db");
  const { rows } = parseDatabase(readFileSync(file, "utf8"));
  writeFileSync(file, formatDatabase(rows.map((row) => ({ ...row, checkinInterval: 3_600 }))));
}

test("H 6.2: nothing is kept back and sent when a device speaks again", async () => {
  rig = await radioHome({ files: checkingIn });
  await quiet(rig);
  const { home, radio } = rig;
  // An "on" the stack would not keep, an "off" and a cover's way it would.
  for (const [name, level] of [
    ["living-light", 0],
    ["bedroom-shutter", 100],
  ] as const) {
    const device = home.device(name);
    expect(Device.byIeeeAddr(device.eui)?.pendingRequestTimeout).toBeGreaterThan(0);
    home.faults.device(name, "dead");
    expect(await radio.wish(name, level)).toMatchObject({ ok: false });
    home.faults.device(name, "well");
    const sent = record(home);
    home.stick.announced(device);
    await quiet(rig);
    // It is asked how it is; what commands it would be a frame of its cluster.
    const commands = sent.filter(({ to, zcl }) => to === device.nwk && ((zcl[0] ?? 0) & 3) === 1);
    expect(commands).toEqual([]);
  }
});

test("H 6.2: no order to give power is kept back and sent when the plug speaks again", async () => {
  const { home, radio, said } = await start();
  await radio.cutPower(plug, "direct");
  home.faults.device(plug, "dead");
  expect(await radio.givePower(plug)).toMatchObject({ ok: false });
  home.faults.device(plug, "well");
  said.clear();
  home.stove.switchOn(100);
  expect(await radio.readRelay(plug)).toMatchObject({ detail: expect.stringMatching(/is off/) });
  expect(home.stove.relay.closed).toBe(false);
});

test("a device that is no relay, or is not there, is a failure in words", async () => {
  const { radio } = await start();
  for (const device of ["living-light", "nowhere"]) {
    expect(await radio.cutPower(device, "direct")).toMatchObject({ ok: false });
    expect(await radio.readRelay(device)).toMatchObject({ ok: false });
  }
});
