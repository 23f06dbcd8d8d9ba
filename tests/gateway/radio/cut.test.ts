/**
 * `off` reaches the relay whatever hangs, and its outcome is what the relay says. Causes, not
 * clocks.
 */
import { afterEach, expect, test } from "vitest";
import { Device } from "zigbee-herdsman/dist/controller/model/index.js";
import { stoveGroup } from "../../../gateway/radio/settings.ts";
import { kinds, subsystems } from "../../../sim/coordinator/frame.ts";
import type { PlannedHome } from "../../../sim/homes/home.ts";
import { weber } from "../../../sim/homes/weber.ts";
import type { FrameEvent } from "../../../sim/line.ts";
import { quiet, type RadioHome, radioHome, until } from "./radio-home.ts";

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

const dataRequestExt = 2;
const groupMode = 1;

/** How many frames went to the stove's group. */
function countGroupFrames(): { readonly count: () => number } {
  let count = 0;
  rig.home.onFrame(({ direction, frame }: FrameEvent) => {
    const isRequest =
      direction === "from-host" &&
      frame.kind === kinds.request &&
      frame.subsystem === subsystems.af &&
      frame.command === dataRequestExt;
    if (isRequest && frame.data[0] === groupMode && frame.data.readUInt16LE(1) === stoveGroup) {
      count += 1;
    }
  });
  return { count: () => count };
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

test("H 6.2: off reaches the relay while a read to the same plug still hangs", async () => {
  const { home, radio } = await start();
  // The plug hears and acts, but nothing it says arrives: the read stays in the stack's queue.
  home.faults.device(plug, "voiceless");
  const read = hangingRead(addressOf(plug));
  await until("the read is out", () => home.offCount === 0);
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

test("H 6.2: nothing is kept back and sent when the plug speaks again", async () => {
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
