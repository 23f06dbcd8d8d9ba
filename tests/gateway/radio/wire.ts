/** What the host asked the stick to send, read from the serial line. */
import { kinds, subsystems } from "../../../sim/coordinator/frame.ts";
import type { FrameEvent } from "../../../sim/line.ts";
import type { VirtualHome } from "../../../sim/virtual-home.ts";

/** One application frame on its way to a device or a group. */
export interface Sent {
  readonly to: number | "group";
  readonly address: number;
  readonly cluster: number;
  /** Frame control, sequence number, command, and the rest. */
  readonly zcl: Buffer;
}

const dataRequest = 1;
const dataRequestExt = 2;
const groupMode = 1;

export function sentIn({ direction, frame }: FrameEvent): Sent | undefined {
  const { data } = frame;
  if (direction !== "from-host" || frame.kind !== kinds.request) return undefined;
  if (frame.subsystem !== subsystems.af) return undefined;
  if (frame.command === dataRequest) {
    const address = data.readUInt16LE(0);
    return { to: address, address, cluster: data.readUInt16LE(4), zcl: data.subarray(10) };
  }
  if (frame.command !== dataRequestExt) return undefined;
  const address = data.readUInt16LE(1);
  const to = data[0] === groupMode ? "group" : address;
  return { to, address, cluster: data.readUInt16LE(13), zcl: data.subarray(20) };
}

/** Everything that is sent from now on, in order. */
export function record(home: VirtualHome): readonly Sent[] {
  const all: Sent[] = [];
  home.onFrame((event) => {
    const sent = sentIn(event);
    if (sent !== undefined) all.push(sent);
  });
  return all;
}

/** "off" of the cluster on/off. */
export function isOff({ cluster, zcl }: Sent): boolean {
  return cluster === 6 && ((zcl[0] ?? 0) & 3) === 1 && zcl[2] === 0;
}
