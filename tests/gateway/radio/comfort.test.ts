/** Lights, sirens and covers: shown when asked, bounded, and never in the way. */
import { afterEach, expect, test } from "vitest";
import { relayOf } from "../../../sim/devices/plug.ts";
import { weber } from "../../../sim/homes/weber.ts";
import { quiet, type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

async function start(): Promise<RadioHome> {
  rig = await radioHome();
  await quiet(rig);
  return rig;
}

const siren = () => rig.home.device("hall-siren").look();
const light = () => rig.home.device("living-light").look();

test("an alarm sounds and lights up; its end is silent and leaves the light on", async () => {
  const { radio } = await start();
  radio.signal("alarm");
  await until("the siren sounds", () => siren()["sounding"] === true);
  await until("the light is on", () => light()["on"] === true);
  radio.signal("none");
  await until("silence", () => siren()["sounding"] === false);
  expect(light()["on"]).toBe(true);
});

test("I9: the latest pattern wins, whatever came between", async () => {
  const { radio } = await start();
  radio.signal("alarm");
  radio.signal("none");
  radio.signal("alarm");
  radio.signal("none");
  await quiet(rig);
  expect(siren()["sounding"]).toBe(false);
});

test("I8: a mute siren holds nothing up", async () => {
  const { home, radio } = await start();
  home.faults.device("hall-siren", "mute");
  radio.signal("alarm");
  await until("the light is on", () => light()["on"] === true);
  expect(await radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: true });
});

test("a pattern in force is shown again after the stick was lost", async () => {
  const { home, radio, said } = await start();
  await home.faults.refuse(true);
  await said.next("radio-lost");
  radio.signal("alarm");
  await home.faults.refuse(false);
  await until("the siren sounds", () => siren()["sounding"] === true);
});

test("wishes move lights and covers", async () => {
  const { radio } = await start();
  expect(await radio.wish("living-light", 40)).toMatchObject({ ok: true });
  await until("the light is on", () => light()["on"] === true);
  expect(await radio.wish("living-light", 0)).toMatchObject({ ok: true });
  await until("the light is off", () => light()["on"] === false);
  expect(await radio.wish("bedroom-shutter", 100)).toMatchObject({ ok: true });
});

test("I8: no wish reaches the stove, and none a device that does not obey wishes", async () => {
  const { home, radio } = await start();
  await radio.givePower("stove-plug");
  for (const device of ["stove-plug", "bath-button", "nowhere"]) {
    expect(await radio.wish(device, 0)).toMatchObject({ ok: false });
  }
  expect(home.stove.relay.closed).toBe(true);
  expect(await radio.wish("living-light", 101)).toMatchObject({ ok: false });
});

test("H 6.2: a lamp that refuses is no success", async () => {
  const lamp = { name: "desk-lamp", roles: ["light"], room: "living", model: "SP 120" };
  const device = { ...lamp, ieee: "0x00124b00265e2f01", nwk: 0x2f01 };
  rig = await radioHome({ home: { home: { ...weber, devices: [...weber.devices, device] } } });
  await quiet(rig);
  relayOf(rig.home.device("desk-lamp"))?.setFault("refuse");
  expect(await rig.radio.wish("desk-lamp", 100)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/status 1/),
  });
});

test("I8: an alarm switches on every lamp, and no stove that is called one", async () => {
  const devices = weber.devices.map((device) =>
    device.name === "stove-plug"
      ? { ...device, roles: [...device.roles, "light", "siren"] }
      : device,
  );
  rig = await radioHome({ home: { home: { ...weber, devices } } });
  await quiet(rig);
  rig.radio.signal("called");
  await until("the light is on", () => light()["on"] === true);
  await quiet(rig);
  expect(rig.home.stove.relay.closed).toBe(false);
});

test("I9: of many wishes for one device the last is done, and those between are told", async () => {
  const { radio } = await start();
  const outcomes = await Promise.all(
    [100, 50, 20, 0].map((level) => radio.wish("living-light", level)),
  );
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, true]);
  await until("the light is off", () => light()["on"] === false);
});
