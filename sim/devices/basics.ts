/** What every device has: basic information, battery, identify, groups. */
import { ByteWriter } from "../bytes.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters, type ReportModel } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

const mainsSupply = 1;
const batterySupply = 3;

/** The basic cluster, by which a host recognises a model. */
export function basic(names: {
  model: string;
  manufacturer: string;
  power: "mains" | "battery";
}): ClusterModel {
  return {
    id: clusters.basic,
    attributes: [
      { id: 0x0000, type: types.uint8, value: 3 },
      { id: 0x0001, type: types.uint8, value: 1 },
      { id: 0x0002, type: types.uint8, value: 1 },
      { id: 0x0003, type: types.uint8, value: 1 },
      { id: 0x0004, type: types.text, value: names.manufacturer },
      { id: 0x0005, type: types.text, value: names.model },
      { id: 0x0006, type: types.text, value: "20240710" },
      {
        id: 0x0007,
        type: types.enum8,
        value: names.power === "mains" ? mainsSupply : batterySupply,
      },
      { id: 0x4000, type: types.text, value: "1.0" },
    ],
  };
}

export const identifyCluster: ClusterModel = {
  id: clusters.identify,
  attributes: [{ id: 0x0000, type: types.uint16, value: 0, writable: true }],
};

export const groupsCluster: ClusterModel = {
  id: clusters.groups,
  attributes: [{ id: 0x0000, type: types.bitmap8, value: 0 }],
};

/** Battery: voltage in tenths of a volt, charge in half percents. */
export const powerCluster: ClusterModel = {
  id: clusters.power,
  attributes: [
    { id: 0x0020, type: types.uint8, value: 30 },
    { id: 0x0021, type: types.uint8, value: 200 },
  ],
};

/** Reports of the battery are also a battery sensor's sign of life. */
export function batteryReports(every_s: number): readonly ReportModel[] {
  const place = { endpoint: 1, cluster: clusters.power };
  return [
    { ...place, attribute: 0x0020, min_s: 3600, max_s: every_s, change: 1 },
    { ...place, attribute: 0x0021, min_s: 3600, max_s: every_s, change: 2 },
  ];
}

/** A coin cell: 3.0 V when full, 2.0 V when empty. */
export function battery(device: Device): Behaviour {
  const place = { endpoint: 1, cluster: clusters.power };
  const percent = () => Number(device.value({ ...place, attribute: 0x0021 })) / 2;
  return {
    actions: {
      battery: (amount = 100) => {
        const charge = Math.min(100, Math.max(0, amount));
        device.set({ ...place, attribute: 0x0021 }, Math.round(charge * 2));
        device.set({ ...place, attribute: 0x0020 }, 20 + Math.round(charge / 10));
      },
    },
    look: () => ({ battery: percent() }),
  };
}

/** Says who it is; a real one would blink. */
export function identify(device: Device): Behaviour {
  const place = { endpoint: 1, cluster: clusters.identify, attribute: 0 };
  const handle = (call: ClusterCall) => {
    switch (call.command) {
      case 0x00:
        device.set(place, call.payload.u16());
        return statuses.success;
      case 0x01:
        return statuses.success;
      case 0x40:
        return statuses.success;
      default:
        return statuses.unsupportedCommand;
    }
  };
  return { commands: new Map([[clusters.identify, handle]]) };
}

const groupsMost = 16;

/** Membership in groups, so that one message can reach many devices at once. */
export function groups(device: Device): Behaviour {
  const isMember = (group: number, endpoint: number) =>
    device.groups.get(group)?.has(endpoint) === true;

  function add(group: number, endpoint: number): number {
    if (isMember(group, endpoint)) return statuses.duplicate;
    if (device.groups.size >= groupsMost) return statuses.insufficientSpace;
    const members = device.groups.get(group) ?? new Set<number>();
    device.groups.set(group, members.add(endpoint));
    device.changed();
    return statuses.success;
  }

  function remove(group: number, endpoint: number): number {
    if (!isMember(group, endpoint)) return statuses.notFound;
    device.groups.get(group)?.delete(endpoint);
    if (device.groups.get(group)?.size === 0) device.groups.delete(group);
    device.changed();
    return statuses.success;
  }

  function membership({ payload, endpoint }: ClusterCall): Buffer {
    const asked = Array.from({ length: payload.u8() }, () => payload.u16());
    const own = [...device.groups.keys()].filter((group) => isMember(group, endpoint));
    const told = asked.length === 0 ? own : own.filter((group) => asked.includes(group));
    return new ByteWriter()
      .u8(groupsMost - own.length, told.length)
      .u16(...told)
      .done();
  }

  const statusReply = (command: number, status: number, group: number) => {
    return { command, payload: new ByteWriter().u8(status).u16(group).done() };
  };

  const handle = (call: ClusterCall) => {
    const { command, endpoint, payload } = call;
    switch (command) {
      case 0x00: {
        const group = payload.u16();
        return statusReply(0x00, add(group, endpoint), group);
      }
      case 0x01: {
        const group = payload.u16();
        const status = isMember(group, endpoint) ? statuses.success : statuses.notFound;
        return { command, payload: new ByteWriter().u8(status).u16(group).u8(0).done() };
      }
      case 0x02:
        return { command, payload: membership(call) };
      case 0x03: {
        const group = payload.u16();
        return statusReply(0x03, remove(group, endpoint), group);
      }
      case 0x04:
        for (const group of [...device.groups.keys()]) remove(group, endpoint);
        return statuses.success;
      default:
        return statuses.unsupportedCommand;
    }
  };
  return { commands: new Map([[clusters.groups, handle]]) };
}
