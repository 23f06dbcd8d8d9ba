/** A small home around a stove, for tests of the rules. */
import type { HomePlan, PlannedDevice } from "../../protocol/home.ts";
import { hours, minutes, seconds } from "../../protocol/time.ts";

const motion = (id: string, role: PlannedDevice["roles"][number], room: string): PlannedDevice => ({
  id,
  roles: [role],
  room,
  power: "battery",
  checkInEvery: hours(1),
});

export const stovePlug: PlannedDevice = {
  id: "plug",
  roles: ["stove-relay", "stove-meter"],
  room: "kitchen",
  power: "mains",
  checkInEvery: minutes(2),
};

export const stoveHome: HomePlan = {
  home: "weber",
  devices: [
    stovePlug,
    motion("kitchen", "kitchen-motion", "kitchen"),
    motion("hall", "hall-motion", "hall"),
    motion("bath", "bath-motion", "bath"),
    { id: "door", roles: ["front-door"], room: "hall", power: "battery", checkInEvery: hours(1) },
    { id: "smoke", roles: ["smoke"], room: "kitchen", power: "battery", checkInEvery: hours(12) },
    { id: "heat", roles: ["heat"], room: "kitchen", power: "battery", checkInEvery: hours(12) },
    { id: "leak", roles: ["leak"], room: "bath", power: "battery", checkInEvery: hours(12) },
    { id: "sos", roles: ["sos-button"], room: "bath", power: "battery", checkInEvery: hours(12) },
  ],
  agreement: {
    version: 1,
    parties: [
      { id: "maier", name: "Frau Maier", kind: "professional", reach: ["tel:+49711123456"] },
    ],
    chains: [],
    fallback: [{ tell: ["maier"], within_s: 120 }],
  },
  stove: {
    onAboveWatts: 30,
    absence: minutes(5),
    preAlarm: seconds(15),
    untouched: hours(3),
    total: hours(5),
    leftHome: minutes(2),
  },
  link: {
    beatEvery: seconds(5),
    silentAfter: seconds(15),
    custodyWithin: seconds(20),
    closeWithin: hours(1),
    repeatEvery: seconds(30),
  },
};

/** The same home without something of it. */
export function stoveHomeWith(
  devices: (all: readonly PlannedDevice[]) => readonly PlannedDevice[],
) {
  return { ...stoveHome, devices: devices(stoveHome.devices) };
}
