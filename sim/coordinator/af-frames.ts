/** Application data in the frames of the line, for those who watch it: alarms, commands, times. */
import { ByteReader } from "../bytes.ts";
import { type Frame, kinds, subsystems } from "./frame.ts";

export interface DataFrame {
  /** The device's short address; the group's number where `group` is set. */
  readonly nwk: number;
  readonly group: boolean;
  readonly cluster: number;
  readonly endpoint: number;
  readonly zcl: Buffer;
}

const incomingMessage = 0x81;
const dataRequest = 0x01;
const dataRequestExt = 0x02;
const groupMode = 1;

/** What a device said, in a frame to the host; nothing where the frame is another. */
export function readIncoming(frame: Frame): DataFrame | undefined {
  if (frame.kind !== kinds.indication || frame.subsystem !== subsystems.af) return undefined;
  if (frame.command !== incomingMessage) return undefined;
  const reader = new ByteReader(frame.data);
  reader.u16();
  const cluster = reader.u16();
  const nwk = reader.u16();
  const endpoint = reader.u8();
  reader.bytes(9);
  return { nwk, group: false, cluster, endpoint, zcl: reader.bytes(reader.u8()) };
}

/** What the host sends to a device, a group or everybody; nothing where the frame is another. */
export function readSending(frame: Frame): DataFrame | undefined {
  if (frame.kind !== kinds.request || frame.subsystem !== subsystems.af) return undefined;
  const reader = new ByteReader(frame.data);
  if (frame.command === dataRequest) {
    const nwk = reader.u16();
    const endpoint = reader.u8();
    reader.u8();
    const cluster = reader.u16();
    reader.bytes(3);
    return { nwk, group: false, cluster, endpoint, zcl: reader.bytes(reader.u8()) };
  }
  if (frame.command !== dataRequestExt) return undefined;
  const group = reader.u8() === groupMode;
  const nwk = reader.bytes(8).readUInt16LE(0);
  const endpoint = reader.u8();
  reader.bytes(3);
  const cluster = reader.u16();
  reader.bytes(3);
  return { nwk, group, cluster, endpoint, zcl: reader.bytes(reader.u16()) };
}

/** From this address on a frame goes to everybody, or to all of one sort (Zigbee 3.6.6). */
const firstBroadcast = 0xfff8;

/** Whether the frame is an "off" for a device: to its own address, its group, or everybody. */
export function isOff(
  frame: Frame,
  device: { readonly nwk: number; readonly group: number },
): boolean {
  const data = readSending(frame);
  if (data?.cluster !== 0x0006) return false;
  if (((data.zcl[0] ?? 0) & 3) !== 1 || data.zcl[2] !== 0x00) return false;
  if (data.group) return data.nwk === device.group;
  return data.nwk === device.nwk || data.nwk >= firstBroadcast;
}
