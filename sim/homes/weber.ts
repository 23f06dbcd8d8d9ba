/** The home of Mrs Weber, 84: a device of every role, at addresses that others may rely on. */
import type { PlannedDevice, PlannedHome } from "./home.ts";

interface Placed {
  readonly name: string;
  readonly roles: readonly string[];
  readonly room: string;
  readonly model: string;
}

const placed: readonly Placed[] = [
  { name: "bath-button", roles: ["sos-button"], room: "bath", model: "SOS-EM" },
  { name: "neck-button", roles: ["sos-button"], room: "person", model: "TS0215A" },
  { name: "kitchen-motion", roles: ["kitchen-motion"], room: "kitchen", model: "MS01" },
  { name: "bath-motion", roles: ["bath-motion"], room: "bath", model: "MS01" },
  { name: "hall-motion", roles: ["hall-motion"], room: "hall", model: "MS01" },
  { name: "bedroom-motion", roles: ["bedroom-motion"], room: "bedroom", model: "MS01" },
  { name: "living-motion", roles: ["living-motion"], room: "living room", model: "MS01" },
  { name: "front-door", roles: ["front-door"], room: "hall", model: "DS01" },
  { name: "stove-plug", roles: ["stove-relay", "stove-meter"], room: "kitchen", model: "SP 120" },
  { name: "stove-heat", roles: ["heat"], room: "kitchen", model: "TH01" },
  { name: "bedroom-climate", roles: ["temperature"], room: "bedroom", model: "TH01" },
  { name: "bed-mat", roles: ["bed"], room: "bedroom", model: "DS01" },
  { name: "kitchen-smoke", roles: ["smoke"], room: "kitchen", model: "SmokeSensor-EM" },
  { name: "bath-leak", roles: ["leak"], room: "bath", model: "WaterSensor-EM" },
  { name: "living-light", roles: ["light"], room: "living room", model: "RB 265" },
  { name: "bedroom-shutter", roles: ["cover"], room: "bedroom", model: "SIN-4-RS-20" },
  { name: "hall-siren", roles: ["siren"], room: "hall", model: "WarningDevice" },
];

function device(entry: Placed, index: number): PlannedDevice {
  const number = index + 1;
  const ieee = `0x00124b00265e${(0x1000 + number).toString(16)}`;
  return { ...entry, ieee, nwk: 0x1000 + number };
}

export const weber: PlannedHome = {
  name: "weber",
  coordinator: { ieee: "0x00124b00265e0001" },
  network: {
    panId: 0x1a62,
    extendedPanId: "00124b00265e0001",
    channel: 15,
    key: "01030507090b0d0f00020406080a0c0d",
  },
  devices: placed.map(device),
};
