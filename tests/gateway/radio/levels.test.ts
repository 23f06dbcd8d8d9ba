/** How lights and covers are: read at the start, said by themselves, asked after a wish. */
import { afterEach, expect, test } from "vitest";
import { realClock } from "../../../sim/clock.ts";
import { clusters } from "../../../sim/devices/model.ts";
import { weber } from "../../../sim/homes/weber.ts";
import { quiet, type RadioHome, type RadioHomeOptions, radioHome, until } from "./radio-home.ts";
import { record } from "./wire.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

const lamp = "living-light";
const shutter = "bedroom-shutter";
const brightness = { endpoint: 1, cluster: clusters.level, attribute: 0 };
const onOff = { endpoint: 1, cluster: clusters.onOff, attribute: 0 };
const lift = { endpoint: 1, cluster: clusters.covering, attribute: 8 };

/** Both are set up: each has said how it is, and reports from now on. */
async function start(options?: RadioHomeOptions): Promise<RadioHome> {
  rig = await radioHome(options);
  for (const name of [lamp, shutter]) {
    await until(`${name} says how it is`, () => last(name) !== undefined);
    const { reporting } = rig.home.device(name);
    await until(`${name} reports`, () => reporting.configs.every(({ max_s }) => max_s === 300));
  }
  await quiet(rig);
  return rig;
}

const levels = (device: string): readonly number[] =>
  rig.said.of("level-read").flatMap((fact) => (fact.device === device ? [fact.level] : []));
const last = (device: string): number | undefined => levels(device).at(-1);

test("I5: a start tells how lights and covers are, not only what changes", async () => {
  const { home, radio } = await start();
  expect([last(lamp), last(shutter)]).toEqual([0, 100]);
  await radio.stop();
  home.device(lamp).set(onOff, true);
  home.device(lamp).set(brightness, 127);
  home.device(shutter).set(lift, 30);
  rig.said.clear();
  const next = rig.again();
  next.radio.start();
  const { level } = await next.said.next("level-read", ({ device }) => device === shutter);
  expect(level).toBe(70);
  await next.said.next("level-read", (fact) => fact.device === lamp && fact.level === 50);
});

test("I2: a wish becomes a frame, and the level is what the light then says", async () => {
  const { home, radio, said } = await start();
  const { nwk } = home.device(lamp);
  const sent = record(home);
  said.clear();
  expect(await radio.wish(lamp, 40)).toMatchObject({ ok: true });
  await until("the light says 40", () => last(lamp) === 40);
  expect(sent.filter(({ to, cluster }) => to === nwk && cluster === clusters.level)).not.toEqual(
    [],
  );
  expect(home.device(lamp).value(brightness)).toBe(102);
  expect(await radio.wish(lamp, 0)).toMatchObject({ ok: true });
  await until("the light says off", () => last(lamp) === 0);
});

test("I2: a shutter is where it says that it is, also on its way", async () => {
  const { home, radio, said } = await start({ home: { clock: realClock(4) } });
  said.clear();
  expect(await radio.wish(shutter, 20)).toMatchObject({ ok: true });
  expect(levels(shutter)).toEqual([]);
  await until("the shutter has come down", () => last(shutter) === 20);
  const way = levels(shutter);
  expect(way.length).toBeGreaterThan(2);
  expect(way).toEqual(way.toSorted((a, b) => b - a));
  expect(home.device(shutter).value(lift)).toBe(80);
});

test("a light and a shutter that somebody moves by hand are shown", async () => {
  const { home } = await start({ home: { clock: realClock(20) } });
  home.device(lamp).act("on");
  await until("the light is on", () => last(lamp) === 100);
  home.device(lamp).act("off");
  await until("the light is off", () => last(lamp) === 0);
  home.device(shutter).act("down");
  await until("the shutter is closed", () => last(shutter) === 0);
});

test("I6: of a frame that is lost the last true level stays, never the one that was wished", async () => {
  const { home, radio, said } = await start();
  home.faults.device(lamp, "dead");
  said.clear();
  expect(await radio.wish(lamp, 100)).toMatchObject({ ok: false });
  home.faults.device(lamp, "well");
  await until("the light was asked", () => last(lamp) !== undefined);
  expect(levels(lamp)).toEqual([0]);
});

test("I6: a light that obeyed and whose words were lost is asked", async () => {
  const { home, radio, said } = await start();
  said.clear();
  home.faults.device(lamp, "voiceless");
  expect(await radio.wish(lamp, 100)).toMatchObject({ ok: false });
  expect(levels(lamp)).toEqual([]);
  home.faults.device(lamp, "well");
  await until("the light says that it is on", () => last(lamp) === 100);
});

test("each is held to a report every five minutes, and left alone where it is so", async () => {
  const { home, said } = await start();
  const configs = (name: string) =>
    home.device(name).reporting.configs.map(({ cluster, max_s }) => `${cluster} ${max_s}`);
  expect(new Set(configs(lamp))).toEqual(new Set(["6 300", "8 300"]));
  expect(configs(shutter)).toEqual(["258 300"]);
  const sent = record(home);
  said.clear();
  home.faults.cut("rst");
  await said.next("level-read", ({ device }) => device === shutter);
  await quiet(rig);
  const configured = sent.filter(({ zcl }) => ((zcl[0] ?? 0) & 3) === 0 && zcl[2] === 0x06);
  expect(configured).toEqual([]);
});

test("I8: a mute light keeps no other waiting, and is set up when it speaks", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome({ start: false });
  const { home, radio, said } = rig;
  home.faults.device(lamp, "mute");
  radio.start();
  await said.next("level-read", ({ device }) => device === shutter);
  expect(levels(lamp)).toEqual([]);
  home.faults.device(lamp, "well");
  await until("the light was asked again", () => last(lamp) === 0);
  await until("it reports", () =>
    home.device(lamp).reporting.configs.some(({ max_s }) => max_s === 300),
  );
});

test("I5: a light that comes back after its wall switch was off is asked", async () => {
  const { home, said } = await start();
  home.faults.device(lamp, "dead");
  home.device(lamp).set(onOff, true);
  home.faults.device(lamp, "well");
  said.clear();
  home.stick.announced(home.device(lamp));
  await until("the light says that it is on", () => last(lamp) === 100);
});

test("I8: a light that flickers is comfort and gives way; what it says last is shown", async () => {
  const { home, radio, said } = await start();
  const flickering = home.device(lamp);
  flickering.reporting.configure({ ...onOff, min_s: 0, max_s: 300, change: 0 });
  flickering.set(onOff, true);
  said.clear();
  for (let n = 0; n < 400; n += 1) flickering.set(onOff, n % 2 === 0);
  expect(await radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: true });
  flickering.set(onOff, true);
  await until("the light is on", () => last(lamp) === 100);
  expect(levels(lamp).length).toBeLessThan(6);
});

test("I8: a stove that is called a light is none, whatever its relay says", async () => {
  const devices = weber.devices.map((device) =>
    device.name === "stove-plug" ? { ...device, roles: [...device.roles, "light"] } : device,
  );
  const { radio, said } = await start({ home: { home: { ...weber, devices } } });
  await radio.givePower("stove-plug");
  await said.next("relay-read", ({ on }) => on);
  expect(levels("stove-plug")).toEqual([]);
});

test("I6: another socket of a lamp's relay proves nothing of the lamp", async () => {
  const { home, said } = await start();
  const { nwk } = home.device(lamp);
  said.clear();
  const report = (sourceEndpoint: number, on: number): void => {
    const payload = Buffer.from([0x18, sourceEndpoint, 0x0a, 0, 0, 0x10, on]);
    home.stick.heard(nwk, { cluster: 6, sourceEndpoint, targetEndpoint: 1, payload }, 120);
  };
  report(2, 1);
  report(1, 0);
  await until("its own word", () => last(lamp) !== undefined);
  await quiet(rig);
  expect(levels(lamp)).toEqual([0]);
});

test("I6: a brightness alone does not make a light on, and an unknown position is none", async () => {
  const { home, said } = await start();
  said.clear();
  const report = (name: string, cluster: number, attribute: number, value: number): void => {
    const payload = Buffer.from([0x18, 1, 0x0a, attribute, 0, 0x20, value]);
    const frame = { cluster, sourceEndpoint: 1, targetEndpoint: 1, payload };
    home.stick.heard(home.device(name).nwk, frame, 120);
  };
  report(lamp, clusters.level, 0, 200);
  report(lamp, clusters.level, 0, 0xff);
  report(shutter, clusters.covering, 8, 0xff);
  report(shutter, clusters.covering, 8, 40);
  await until("the shutter's word", () => last(shutter) !== undefined);
  expect([levels(lamp), levels(shutter)]).toEqual([[0], [60]]);
});
