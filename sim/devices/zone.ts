/** IAS zone (ZCL 8.2): what alarm sensors speak, and how they enrol with their control panel. */
import { ByteWriter } from "../bytes.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

/** What a zone watches (ZCL 8.2.2.2.1.2). */
export const zoneTypes = {
  motion: 0x000d,
  contact: 0x0015,
  fire: 0x0028,
  water: 0x002a,
  emergency: 0x002c,
  warning: 0x0225,
} as const;

/** Bits of the zone status. */
export const zoneBits = { alarm1: 1, alarm2: 2, tamper: 4, batteryLow: 8, test: 0x100 } as const;

const nobody = "0x0000000000000000";
const ids = { state: 0x0000, type: 0x0001, status: 0x0002, panel: 0x0010, zone: 0x0011 } as const;

export function zoneCluster(type: number): ClusterModel {
  return {
    id: clusters.zone,
    attributes: [
      { id: ids.state, type: types.enum8, value: 0 },
      { id: ids.type, type: types.enum16, value: type },
      { id: ids.status, type: types.bitmap16, value: 0 },
      { id: ids.panel, type: types.eui, value: nobody, writable: true },
      { id: ids.zone, type: types.uint8, value: 0xff },
    ],
  };
}

const place = (attribute: number) => ({ endpoint: 1, cluster: clusters.zone, attribute });

export function zoneStatus(device: Device): number {
  return Number(device.value(place(ids.status)));
}

/** Enrols as a prepared device would be: the panel is the coordinator, the zone number is 23. */
export function enrol(device: Device, coordinator: string): void {
  if (device.attributes.at(place(ids.panel)) === undefined) return;
  device.set(place(ids.panel), coordinator);
  device.set(place(ids.zone), 23);
  device.set(place(ids.state), 1);
}

/** Tells the panel the present status. A device that is not enrolled tells nobody. */
export function notifyZone(device: Device, repeats = 0): void {
  if (device.value(place(ids.state)) !== 1) return;
  const zone = Number(device.value(place(ids.zone)));
  const payload = new ByteWriter().u16(zoneStatus(device)).u8(0, zone).u16(0).done();
  const addressee = String(device.value(place(ids.panel)));
  const about = { endpoint: 1, cluster: clusters.zone, fromServer: true } as const;
  device.tell({ ...about, command: 0x00, payload, repeats, addressee });
}

/** Sets or clears bits of the status and tells, where that changes anything. */
export function changeZone(device: Device, bits: number, on: boolean, repeats = 0): void {
  const before = zoneStatus(device);
  const after = on ? before | bits : before & ~bits;
  if (after === before) return;
  device.set(place(ids.status), after);
  notifyZone(device, repeats);
}

/** Asks to be enrolled as soon as it knows its panel; is enrolled when the panel says so. */
export function zone(device: Device): Behaviour {
  const handle = (call: ClusterCall) => {
    if (call.command !== 0x00) return statuses.unsupportedCommand;
    const accepted = call.payload.u8() === 0;
    const number = call.payload.u8();
    if (accepted) {
      device.set(place(ids.zone), number);
      device.set(place(ids.state), 1);
    }
    return statuses.success;
  };
  return {
    commands: new Map([[clusters.zone, handle]]),
    written: (written) => {
      if (written.cluster !== clusters.zone || written.attribute !== ids.panel) return;
      const type = Number(device.value(place(ids.type)));
      const payload = new ByteWriter().u16(type, device.model.manufacturerCode).done();
      const { zone: cluster } = clusters;
      device.tell({ endpoint: 1, cluster, command: 0x01, payload, fromServer: true });
    },
    actions: {
      tamper: (amount = 1) => changeZone(device, zoneBits.tamper, amount !== 0),
      "low-battery": (amount = 1) => changeZone(device, zoneBits.batteryLow, amount !== 0),
    },
  };
}
