/**
 * One home as the rules see it: devices by role, settings, and the agreement. Never models or radio
 * addresses.
 */
import type { Agreement } from "./agreement.ts";
import { oncePer } from "./once.ts";
import type { Duration } from "./time.ts";

/** What a device is for. Rules know roles, never models. */
export const roles = [
  "sos-button",
  "front-door",
  "kitchen-motion",
  "bath-motion",
  "hall-motion",
  "bedroom-motion",
  "living-motion",
  "stove-relay",
  "stove-meter",
  "smoke",
  "heat",
  "leak",
  "bed",
  "temperature",
  "light",
  "cover",
  "siren",
] as const;
export type Role = (typeof roles)[number];

/** How a device is powered: it decides how long it may be silent. */
export type PowerSource = "mains" | "battery";

/**
 * A device of the home. One device may serve two roles (a metering plug is stove relay and stove
 * meter).
 */
export interface PlannedDevice {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly room: string;
  readonly power: PowerSource;
  /** How often a healthy device speaks by itself; the supervision deadline derives from it. */
  readonly checkInEvery: Duration;
  /** Whether it is reached over the radio. A wired device is heard and cut while that is away. */
  readonly byRadio: boolean;
  /**
   * For a relay: how long after it was switched it may still read as before. A contactor behind a
   * timer falls late; without this a relay follows within the second that a radio plug takes.
   */
  readonly settles?: Duration;
}

/** Settings of the stove guard. The limits are in the machine's manifest, each with its source. */
export interface StoveSettings {
  /** Above this power, in watts, the stove is on. */
  readonly onAboveWatts: number;
  readonly absence: Duration;
  readonly preAlarm: Duration;
  readonly untouched: Duration;
  readonly total: Duration;
  /** After leaving the home: how long no motion anywhere until the stove is cut. */
  readonly leftHome: Duration;
}

/** How the two sides watch each other, and how long each step of custody may take. */
export interface LinkSettings {
  readonly beatEvery: Duration;
  /** Without a beat for so long the other side is silent: said at the home, shown at the desks. */
  readonly silentAfter: Duration;
  /** Without a beat for so long a silent home is an alarm at the care service. */
  readonly alarmAfter: Duration;
  /** How long the care service has to take custody before the home starts its own chain. */
  readonly custodyWithin: Duration;
  /** After acceptance: how long until an alarm that nobody closed goes through its chain again. */
  readonly closeWithin: Duration;
  /** How often an open alarm says its state again; at most 30 s. */
  readonly repeatEvery: Duration;
}

/** The home as the rules see it. */
export interface HomePlan {
  readonly home: string;
  readonly devices: readonly PlannedDevice[];
  readonly agreement: Agreement;
  readonly stove: StoveSettings;
  readonly link: LinkSettings;
}

/** The device with this id, where the plan has it. */
export function deviceById(plan: HomePlan, id: string): PlannedDevice | undefined {
  return plan.devices.find((device) => device.id === id);
}

/** By role, each looked up when it is first asked for. */
const served = oncePer((_: readonly PlannedDevice[]) => new Map<Role, readonly PlannedDevice[]>());

/** All devices that serve a role, in the order of the plan. Looked up once: rules ask often. */
export function devicesByRole({ devices }: HomePlan, role: Role): readonly PlannedDevice[] {
  const known = served(devices);
  const found = known.get(role);
  if (found !== undefined) return found;
  const all = devices.filter((device) => device.roles.includes(role));
  known.set(role, all);
  return all;
}

/** Whether a device serves a role. */
export function hasRole(plan: HomePlan, id: string, role: Role): boolean {
  return deviceById(plan, id)?.roles.includes(role) ?? false;
}
