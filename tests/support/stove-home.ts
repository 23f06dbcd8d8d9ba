/** A small home around a stove, for tests of the rules. */
import type { HomePlan, PlannedDevice } from "../../protocol/home.ts";
import { type Duration, hours, minutes, seconds } from "../../protocol/time.ts";

type Role = PlannedDevice["roles"][number];

export function onBattery(
  id: string,
  role: Role,
  room: string,
  checkInEvery: Duration,
): PlannedDevice {
  return { id, roles: [role], room, power: "battery", checkInEvery, byRadio: true };
}

const motion = (id: string, role: Role, room: string) => onBattery(id, role, room, hours(1));

export const stovePlug: PlannedDevice = {
  id: "plug",
  roles: ["stove-relay", "stove-meter"],
  room: "kitchen",
  power: "mains",
  checkInEvery: minutes(2),
  byRadio: true,
};

export const stoveHome: HomePlan = {
  home: "weber",
  devices: [
    stovePlug,
    motion("kitchen", "kitchen-motion", "kitchen"),
    motion("hall", "hall-motion", "hall"),
    motion("bath", "bath-motion", "bath"),
    onBattery("door", "front-door", "hall", hours(1)),
    onBattery("smoke", "smoke", "kitchen", hours(12)),
    onBattery("heat", "heat", "kitchen", hours(12)),
    onBattery("leak", "leak", "bath", hours(12)),
    onBattery("sos", "sos-button", "bath", hours(12)),
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
    alarmAfter: seconds(60),
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
