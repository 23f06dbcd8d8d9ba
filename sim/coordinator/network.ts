/** The network a stick is in, and how Z-Stack keeps it in its NV items. */
import { euiFromBytes, euiToBytes } from "../bytes.ts";
import { items, type NvStore } from "./nv.ts";

export interface Network {
  readonly panId: number;
  /** Eight bytes, most significant first, in hex: the form a host's configuration uses. */
  readonly extendedPanId: string;
  readonly channel: number;
  /** Sixteen bytes in hex. */
  readonly key: string;
}

/** Offsets in the network information base of a processor that aligns its structures. */
const nib = {
  size: 116,
  securityLevel: 12,
  channel: 24,
  coordinatorExt: 28,
  panId: 36,
  state: 38,
  channelList: 40,
  extendedPanId: 57,
  keyLoaded: 65,
} as const;

/** Security level 5: encryption with a 32-bit integrity code, the only one Zigbee uses. */
const securityLevel = 5;

/** A network from the items a host has set; nothing where they are missing. */
export function networkFromItems(nv: NvStore): Network | undefined {
  const panId = nv.read(items.panId);
  const extended = nv.read(items.extendedPanId);
  const channels = nv.read(items.channelList);
  const key = nv.read(items.preconfiguredKey);
  if (panId?.length !== 2 || extended?.length !== 8) return undefined;
  if (channels?.length !== 4 || key?.length !== 16) return undefined;
  return {
    panId: panId.readUInt16LE(0),
    extendedPanId: euiFromBytes(extended).slice(2),
    channel: lowestChannel(channels.readUInt32LE(0)),
    key: key.toString("hex"),
  };
}

function lowestChannel(mask: number): number {
  for (let channel = 11; channel <= 26; channel++) {
    if ((mask & (1 << channel)) !== 0) return channel;
  }
  return 11;
}

/** Writes the items that make a network last. */
export function keepNetwork(nv: NvStore, network: Network, coordinatorEui: string): void {
  const held = Buffer.alloc(nib.size);
  held[nib.securityLevel] = securityLevel;
  held[nib.channel] = network.channel;
  euiToBytes(coordinatorEui).copy(held, nib.coordinatorExt);
  held.writeUInt16LE(network.panId, nib.panId);
  held[nib.state] = 8;
  held.writeUInt32LE(2 ** network.channel, nib.channelList);
  Buffer.from(network.extendedPanId, "hex").reverse().copy(held, nib.extendedPanId);
  held[nib.keyLoaded] = 1;
  nv.put(items.nib, held);
  const key = Buffer.concat([Buffer.from([0]), Buffer.from(network.key, "hex")]);
  nv.put(items.activeKey, key);
  nv.put(items.alternateKey, key);
}

/** The network that NV holds, as the stick reads it when it starts. */
export function networkFromNv(nv: NvStore): Network | undefined {
  const held = nv.read(items.nib);
  const key = nv.read(items.activeKey);
  if (held?.length !== nib.size || key === undefined || key.length < 17) return undefined;
  return {
    panId: held.readUInt16LE(nib.panId),
    extendedPanId: euiFromBytes(held.subarray(nib.extendedPanId, nib.extendedPanId + 8)).slice(2),
    channel: held[nib.channel] ?? 11,
    key: key.subarray(1, 17).toString("hex"),
  };
}

/** Moves the kept network to another channel. */
export function keepChannel(nv: NvStore, channel: number): void {
  nv.write(items.nib, nib.channel, Buffer.from([channel]));
  const mask = Buffer.alloc(4);
  mask.writeUInt32LE(2 ** channel);
  nv.write(items.nib, nib.channelList, mask);
}
