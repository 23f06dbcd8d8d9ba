/** A home as plain data: its network and its devices. */
import { readFileSync } from "node:fs";

export interface PlannedDevice {
  readonly name: string;
  readonly roles: readonly string[];
  readonly room: string;
  /** The model it says of itself, as in the catalogue. */
  readonly model: string;
  readonly ieee: string;
  /** The short address its network has given it. */
  readonly nwk: number;
}

export interface PlannedHome {
  readonly name: string;
  readonly coordinator: { readonly ieee: string };
  readonly network: {
    readonly panId: number;
    /** Eight bytes, most significant first, in hex. */
    readonly extendedPanId: string;
    readonly channel: number;
    /** Sixteen bytes in hex. */
    readonly key: string;
  };
  readonly devices: readonly PlannedDevice[];
}

/** A home that cannot be: the sentence says where and what to do. */
export class HomeFault extends Error {}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (!isRecord(value)) throw new HomeFault(`${where} must be an object`);
  return value;
}

function text(from: Record<string, unknown>, key: string, where: string, form = /./): string {
  const value = from[key];
  if (typeof value === "string" && form.test(value)) return value;
  throw new HomeFault(`${where}.${key} must be text of the form ${form.source}`);
}

function number(from: Record<string, unknown>, key: string, where: string, most: number): number {
  const value = from[key];
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
  throw new HomeFault(`${where}.${key} must be a whole number from 1 to ${most}`);
}

const eui = /^0x[0-9a-f]{16}$/;

function device(value: unknown, where: string): PlannedDevice {
  const from = record(value, where);
  const { roles } = from;
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) {
    throw new HomeFault(`${where}.roles must be a list of words`);
  }
  return {
    name: text(from, "name", where, /^[a-z][a-z0-9-]*$/),
    roles,
    room: text(from, "room", where),
    model: text(from, "model", where),
    ieee: text(from, "ieee", where, eui),
    nwk: number(from, "nwk", where, 0xfff7),
  };
}

/** A home from parsed JSON; throws HomeFault where it is not one. */
export function parseHome(value: unknown): PlannedHome {
  const from = record(value, "home");
  const network = record(from["network"], "home.network");
  const coordinator = record(from["coordinator"], "home.coordinator");
  const { devices } = from;
  if (!Array.isArray(devices)) throw new HomeFault("home.devices must be a list");
  const parsed = devices.map((entry, index) => device(entry, `home.devices[${index}]`));
  for (const key of ["name", "ieee", "nwk"] as const) {
    const twice = parsed.find(
      (one, at) => parsed.findIndex((other) => other[key] === one[key]) < at,
    );
    if (twice !== undefined) throw new HomeFault(`two devices have the ${key} ${twice[key]}`);
  }
  return {
    name: text(from, "name", "home"),
    coordinator: { ieee: text(coordinator, "ieee", "home.coordinator", eui) },
    network: {
      panId: number(network, "panId", "home.network", 0xfffe),
      extendedPanId: text(network, "extendedPanId", "home.network", /^[0-9a-f]{16}$/),
      channel: number(network, "channel", "home.network", 26),
      key: text(network, "key", "home.network", /^[0-9a-f]{32}$/),
    },
    devices: parsed,
  };
}

export function readHome(file: string): PlannedHome {
  try {
    return parseHome(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HomeFault(`${file}: ${why}`);
  }
}
