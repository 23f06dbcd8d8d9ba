/**
 * Which of the home's devices is a light or a cover, and which of its endpoints stands for it. What
 * is wished and what is read must be the same endpoint: a relay with two sockets has two lights.
 */
import type { Models } from "zigbee-herdsman";
import type { Role } from "../../protocol/home.ts";

export type FixtureKind = "light" | "cover";

/** Comfort never reaches a stove: whatever else the device is for. */
export function fixtureKind(roles: readonly Role[]): FixtureKind | undefined {
  if (roles.includes("stove-relay")) return undefined;
  if (roles.includes("light")) return "light";
  return roles.includes("cover") ? "cover" : undefined;
}

/** The endpoint; undefined for a device that does not speak by the standard. */
export function fixtureEndpoint(
  device: Models.Device,
  kind: FixtureKind,
): Models.Endpoint | undefined {
  const cluster = kind === "light" ? "genOnOff" : "closuresWindowCovering";
  return device.endpoints.find((one) => one.supportsInputCluster(cluster));
}

/** Whether it says, and takes, how bright it is. */
export function isDimmable(endpoint: Models.Endpoint): boolean {
  return endpoint.supportsInputCluster("genLevelCtrl");
}

/** ZCL counts brightness to 254, a tablet to 100. */
export const brightest = 254;

/**
 * 100 is open. ZCL 7.4 counts how far a cover is closed; the firmware of some models counts the
 * other way.
 */
export const openOf = (percent: number, isInverted: boolean): number =>
  isInverted ? percent : 100 - percent;
