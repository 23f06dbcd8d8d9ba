/** A device model as data: what it says of itself, and which behaviours make it live. */
import type { Behaviour } from "./behaviour.ts";
import type { Device } from "./device.ts";
import type { Value } from "./values.ts";

export interface AttributeModel {
  readonly id: number;
  readonly type: number;
  readonly value: Value;
  /** The host may write it. */
  readonly writable?: boolean;
}

export interface ClusterModel {
  readonly id: number;
  readonly attributes?: readonly AttributeModel[];
}

export interface EndpointModel {
  readonly id: number;
  readonly profile: number;
  readonly device: number;
  readonly servers: readonly ClusterModel[];
  /** Clusters it uses at others, such as the alarm panel of an SOS button. */
  readonly clients?: readonly number[];
}

/** How a device reports once a host has prepared it: intervals in seconds. */
export interface ReportModel {
  readonly endpoint: number;
  readonly cluster: number;
  readonly attribute: number;
  readonly min_s: number;
  readonly max_s: number;
  readonly change: number;
}

export interface DeviceModel {
  readonly model: string;
  readonly manufacturer: string;
  readonly manufacturerCode: number;
  readonly power: "mains" | "battery";
  readonly endpoints: readonly EndpointModel[];
  readonly reports: readonly ReportModel[];
  readonly behaviours: readonly ((device: Device) => Behaviour)[];
}

/** Cluster numbers of the Zigbee Cluster Library. */
export const clusters = {
  basic: 0x0000,
  power: 0x0001,
  identify: 0x0003,
  groups: 0x0004,
  scenes: 0x0005,
  onOff: 0x0006,
  level: 0x0008,
  ota: 0x0019,
  pollControl: 0x0020,
  covering: 0x0102,
  temperature: 0x0402,
  humidity: 0x0405,
  zone: 0x0500,
  panel: 0x0501,
  warning: 0x0502,
  metering: 0x0702,
  electrical: 0x0b04,
} as const;

export const homeAutomation = 0x0104;
