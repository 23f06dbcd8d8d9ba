import { afterAll, beforeAll, expect, it } from "vitest";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { type Rig, startController } from "./herdsman.ts";
import { until } from "./until.ts";

let home: VirtualHome;
let rig: Rig;
const heard: { name: string; cluster: string; type: string }[] = [];

beforeAll(async () => {
  home = await startVirtualHome();
  rig = await startController(home);
  rig.controller.on("message", (message) => {
    const device = home.plan.devices.find((entry) => entry.ieee === message.device.ieeeAddr);
    heard.push({ name: device?.name ?? "", cluster: String(message.cluster), type: message.type });
  });
});

afterAll(async () => {
  await rig.stop();
  await home.close();
});

const heardFrom = (name: string) => heard.filter((entry) => entry.name === name);

it("an unmodified host resumes a prepared home with every device interviewed", () => {
  expect(rig.result).toBe("resumed");
  const known = rig.controller.getDevices().filter((device) => device.type !== "Coordinator");
  expect(new Set(known.map((device) => device.ieeeAddr))).toEqual(
    new Set(home.plan.devices.map((device) => device.ieee)),
  );
  expect(known.every((device) => device.interviewState === "SUCCESSFUL")).toBe(true);
});

it("a press of either kind of button arrives once", async () => {
  home.press("bath-button");
  home.press("neck-button");
  await until(() => heardFrom("bath-button").length > 0 && heardFrom("neck-button").length > 0);
  expect(heardFrom("bath-button")).toEqual([
    { name: "bath-button", cluster: "ssIasZone", type: "commandStatusChangeNotification" },
  ]);
  expect(heardFrom("neck-button")).toEqual([
    { name: "neck-button", cluster: "ssIasAce", type: "commandEmergency" },
  ]);
});

it("motion and the door arrive", async () => {
  home.walk("kitchen-motion");
  home.door("front-door").open();
  await until(() => heardFrom("kitchen-motion").length + heardFrom("front-door").length === 2);
});

it("the stove's power follows its relay, over single, read and group commands", async () => {
  const plug = rig.controller.getDeviceByIeeeAddr(home.device("stove-plug").eui);
  const endpoint = plug?.getEndpoint(1);
  if (endpoint === undefined) throw new Error("the plug has no endpoint 1");
  home.stove.switchOn(1800);
  expect(home.stove.powerW).toBe(0);
  await endpoint.command("genOnOff", "on", {});
  expect(home.stove.powerW).toBe(1800);
  expect(await endpoint.read("haElectricalMeasurement", ["activePower"])).toEqual({
    activePower: 1800,
  });
  await endpoint.write("genOnOff", { startUpOnOff: 0 });
  expect(await endpoint.read("genOnOff", ["startUpOnOff"])).toEqual({ startUpOnOff: 0 });
  const group = rig.controller.createGroup(1);
  await endpoint.addToGroup(group);
  await group.command("genOnOff", "off", {}, {});
  expect(home.stove.powerW).toBe(0);
  expect(home.offCount).toBe(1);
});
