import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { items } from "../../sim/coordinator/nv.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { type Rig, startController, temporaryDirectory } from "./herdsman.ts";
import { until } from "./until.ts";

let home: VirtualHome;
let rig: Rig;
let backup: { devices: { ieee_address: string; link_key?: object }[] };
const directory = temporaryDirectory();
const seed = (): string | undefined => home.stick.nv.read(items.tcLinkKeySeed)?.toString("hex");
let before: { eui: string; seed: string | undefined };
let replaced: { eui: string; seed: string | undefined };

beforeAll(async () => {
  home = await startVirtualHome();
  // A first run writes a backup of the stick's own tables, link keys included.
  const first = await startController(home, { directory });
  await first.controller.backup();
  await first.stop();
  backup = JSON.parse(readFileSync(first.files.backupPath, "utf8"));
  before = { eui: home.stick.eui, seed: seed() };
  // Not the old stick wiped: a new one, which has an address and a seed of its own.
  home.faults.replace();
  replaced = { eui: home.stick.eui, seed: seed() };
  rig = await startController(home, { directory });
});

afterAll(async () => {
  await rig.stop();
  await home.close();
});

it("the backup is the stick's own: every device with its link key", () => {
  expect(backup.devices).toHaveLength(home.devices.size);
  expect(backup.devices.every((device) => device.link_key !== undefined)).toBe(true);
});

it("another stick is restored from the backup, and devices are heard again", async () => {
  expect(rig.result).toBe("restored");
  // It takes over the address by which devices know their panel, and the seed of their keys.
  expect(replaced.eui).not.toBe(before.eui);
  expect(replaced.seed).not.toBe(before.seed);
  expect({ eui: home.stick.eui, seed: seed() }).toEqual(before);
  const heard: string[] = [];
  rig.controller.on("message", (message) => heard.push(message.device.ieeeAddr));
  home.press("neck-button");
  await until(() => heard.includes(home.device("neck-button").eui));
  home.press("bath-button");
  await until(() => heard.includes(home.device("bath-button").eui));
  const plug = rig.controller.getDeviceByIeeeAddr(home.device("stove-plug").eui);
  await plug?.getEndpoint(1)?.command("genOnOff", "on", {});
  expect(home.stove.relay.closed).toBe(true);
  heard.length = 0;
  home.stove.switchOn(1_500);
  await until(() => heard.includes(home.stove.plug.eui));
});

it("without the backup's head start in the frame counter, devices refuse the stick", async () => {
  const plug = home.device("stove-plug");
  plug.heardCounter = 1_000_000;
  const known = rig.controller.getDeviceByIeeeAddr(plug.eui)?.getEndpoint(1);
  const options = { timeout: 300, disableRecovery: true };
  await expect(known?.command("genOnOff", "off", {}, options)).rejects.toThrow("300ms");
  expect(home.stove.relay.closed).toBe(true);
});

it("a stick with another address is not whom the devices mean", async () => {
  const heard: string[] = [];
  rig.controller.on("message", (message) => heard.push(message.device.ieeeAddr));
  home.stick.nv.put(items.extAddr, Buffer.from("0000005e00124b00", "hex").reverse());
  home.press("bath-button");
  home.press("neck-button");
  await until(() => heard.includes(home.device("neck-button").eui));
  expect(heard).not.toContain(home.device("bath-button").eui);
});
