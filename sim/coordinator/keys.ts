/** Tables of addresses and link keys, as a host's backup reads and its restore writes them. */
import { ByteWriter, euiToBytes } from "../bytes.ts";
import { items, type NvStore, tables } from "./nv.ts";

/** The address is used by the association table and by security. */
const associatedAndSecured = 3;
/** A link key that the trust center gave and the device confirmed. */
const verifiedKey = 2;
const apsKeyEntries = 8;
const securityEntries = 4;
/** Bytes of one legacy security manager entry, after a count of two bytes. */
const securityManagerEntry = 6;

/** Empty tables, large enough for the home. A new stick has them before it has a network. */
export function clearTables(nv: NvStore, capacity: number): void {
  fill(nv, tables.addressManager, capacity);
  fill(nv, tables.tcLinkKey, capacity);
  fill(nv, tables.apsKey, apsKeyEntries);
  fill(nv, tables.networkSecurity, securityEntries);
  nv.put(items.apsLinkKeyTable, Buffer.alloc(2 + apsKeyEntries * securityManagerEntry));
}

function fill(nv: NvStore, table: { item: number; entryBytes: number }, count: number): void {
  for (let index = 0; index < count; index++) {
    nv.putEntry(table.item, index, Buffer.alloc(table.entryBytes));
  }
}

/** The frame counter of a new network, for the network itself and for any other. */
export function startCounters(nv: NvStore, extendedPanId: string): void {
  const own = Buffer.from(extendedPanId, "hex").reverse();
  const { item } = tables.networkSecurity;
  nv.putEntry(item, 0, new ByteWriter().u32(1).bytes(own).done());
  nv.putEntry(
    item,
    securityEntries - 1,
    new ByteWriter().u32(1).bytes(Buffer.alloc(8, 255)).done(),
  );
}

/** Counts one frame more and says the count: devices refuse frames that count lower than before. */
export function countFrame(nv: NvStore): number {
  const entry = nv.entry(tables.networkSecurity.item, 0);
  if (entry === undefined) return 0;
  const count = (entry.readUInt32LE(0) + 1) >>> 0;
  entry.writeUInt32LE(count, 0);
  return count;
}

/** Remembers a device that joined; its link key is the seed mixed with its address. */
export function keepDevice(nv: NvStore, device: { eui: string; nwk: number }): void {
  const address = euiToBytes(device.eui);
  const known = place(nv, tables.addressManager.item, address, 4);
  if (known === undefined) return;
  const entry = new ByteWriter().u8(associatedAndSecured, 0xff).u16(device.nwk).bytes(address);
  nv.putEntry(tables.addressManager.item, known, entry.done());
  const keyPlace = place(nv, tables.tcLinkKey.item, address, 8);
  if (keyPlace === undefined) return;
  const key = new ByteWriter().u32(0).u32(0).bytes(address).u8(verifiedKey, 0, 0, 0);
  nv.putEntry(tables.tcLinkKey.item, keyPlace, key.done());
}

export function forgetDevice(nv: NvStore, eui: string): void {
  const address = euiToBytes(eui);
  for (const { item, offset, size } of [
    { item: tables.addressManager.item, offset: 4, size: tables.addressManager.entryBytes },
    { item: tables.tcLinkKey.item, offset: 8, size: tables.tcLinkKey.entryBytes },
  ]) {
    const index = find(nv, item, (entry) => holds(entry, address, offset));
    if (index !== undefined) nv.putEntry(item, index, Buffer.alloc(size));
  }
}

/** Where the address stands, or the first free place. */
function place(nv: NvStore, item: number, address: Buffer, offset: number): number | undefined {
  return (
    find(nv, item, (entry) => holds(entry, address, offset)) ??
    find(nv, item, (entry) => isBlank(entry.subarray(offset, offset + 8)))
  );
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff);
}

function holds(entry: Buffer, address: Buffer, offset: number): boolean {
  return entry.subarray(offset, offset + 8).equals(address);
}

function find(nv: NvStore, item: number, fits: (entry: Buffer) => boolean): number | undefined {
  for (let index = 0; ; index++) {
    const entry = nv.entry(item, index);
    if (entry === undefined) return undefined;
    if (fits(entry)) return index;
  }
}
