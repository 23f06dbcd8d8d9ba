import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { type Rig, startController, temporaryDirectory } from "./herdsman.ts";
import { until } from "./until.ts";

let home: VirtualHome;
let rig: Rig;
let backup: { devices: { ieee_address: string; link_key?: object }[] };
const directory = temporaryDirectory();

beforeAll(async () => {
  home = await startVirtualHome();
  // A first run writes a backup of the stick's own tables, link keys included.
  const first = await startController(home, { directory });
  await first.controller.backup();
  await first.stop();
  backup = JSON.parse(readFileSync(first.files.backupPath, "utf8"));
  home.faults.wipe();
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

it("a wiped stick is restored from the backup, and devices are heard again", async () => {
  expect(rig.result).toBe("restored");
  const heard: string[] = [];
  rig.controller.on("message", (message) => heard.push(message.device.ieeeAddr));
  home.press("neck-button");
  await until(() => heard.includes(home.device("neck-button").eui));
  const plug = rig.controller.getDeviceByIeeeAddr(home.device("stove-plug").eui);
  await plug?.getEndpoint(1)?.command("genOnOff", "on", {});
  expect(home.stove.relay.closed).toBe(true);
});

it("without the backup's head start in the frame counter, devices refuse the stick", async () => {
  const plug = home.device("stove-plug");
  plug.heardCounter = 1_000_000;
  const known = rig.controller.getDeviceByIeeeAddr(plug.eui)?.getEndpoint(1);
  const options = { timeout: 300, disableRecovery: true };
  await expect(known?.command("genOnOff", "off", {}, options)).rejects.toThrow("300ms");
  expect(home.stove.relay.closed).toBe(true);
});
