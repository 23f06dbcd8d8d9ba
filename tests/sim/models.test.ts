import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as converters from "zigbee-herdsman-converters";
import { listDevices } from "../../sim/device-list.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { type Rig, startController } from "./herdsman.ts";

/** What the converters of 26.112.0 call each model. */
const definitions: Readonly<Record<string, string>> = {
  "SOS-EM": "HS1EB/HS1EB-E",
  TS0215A: "R7052",
  MS01: "SNZB-03",
  DS01: "SNZB-04",
  TH01: "SNZB-02",
  "SP 120": "SP 120",
  "SmokeSensor-EM": "HS3SA/HS1SA",
  "WaterSensor-EM": "HS1WL/HS3WL",
  "RB 265": "RB 265",
  "SIN-4-RS-20": "SIN-4-RS-20",
  WarningDevice: "HS2WD-E",
};

let home: VirtualHome;
let rig: Rig;

beforeAll(async () => {
  const quiet = () => {};
  converters.setLogger({ debug: quiet, info: quiet, warning: quiet, error: quiet });
  home = await startVirtualHome();
  rig = await startController(home);
});

afterAll(async () => {
  await rig.stop();
  await home.close();
});

function known(name: string): NonNullable<ReturnType<Rig["controller"]["getDeviceByIeeeAddr"]>> {
  const device = rig.controller.getDeviceByIeeeAddr(home.device(name).eui);
  if (device === undefined) throw new Error(`${name} is not known to the host`);
  return device;
}

describe.each(Object.keys(definitions))("%s", (model) => {
  it("is recognised, and its converter can set it up", async () => {
    const plan = home.plan.devices.find((device) => device.model === model);
    if (plan === undefined) throw new Error(`no ${model} in the home`);
    const device = known(plan.name);
    const definition = await converters.findByDevice(device);
    expect(definition?.model).toBe(definitions[model]);
    const coordinator = rig.controller.getDevicesByType("Coordinator")[0];
    const endpoint = coordinator?.getEndpoint(1);
    if (definition === undefined || endpoint === undefined) throw new Error("no definition");
    await definition.configure?.(device, endpoint, definition);
  });
});

it("the list for a gateway's configuration says how each is powered and how often it speaks", () => {
  const listed = listDevices(home.plan);
  expect(listed).toHaveLength(home.devices.size);
  expect(listed.find((device) => device.name === "stove-plug")).toEqual({
    name: "stove-plug",
    ieee: "0x00124b00265e1009",
    model: "SP 120",
    manufacturer: "innr",
    roles: ["stove-relay", "stove-meter"],
    room: "kitchen",
    power: "mains",
    checkIn_s: 300,
  });
  expect(listed.find((device) => device.name === "bath-button")?.checkIn_s).toBe(43_200);
});

it("every model of the home has a name here", () => {
  const models = new Set(home.plan.devices.map((device) => device.model));
  expect([...models].filter((model) => definitions[model] === undefined)).toEqual([]);
});
