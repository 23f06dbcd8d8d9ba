/** SYS: life signs, version, NV memory, reset. */
import { type ByteReader, ByteWriter } from "../bytes.ts";
import { items } from "./nv.ts";
import type { Command, CommandTable, Outcome, Stick } from "./stick.ts";

const ok = 0;
const failure = 1;
const created = 9;
const noSuchItem = 10;
/** The longest read that fits one reply. */
const readBytes = 246;
/** What the firmware says it can do: SYS, AF, ZDO, SAPI, UTIL, APP_CNF. */
const capabilities = 0x0659;
/** The date of the firmware; hosts switch features by it. */
const revision = 20_240_710;

const status = (value: number): Outcome => ({ reply: Buffer.from([value]) });

const ping: Command = () => ({ reply: new ByteWriter().u16(capabilities).done() });

const version: Command = (stick) => {
  const { transport, product, major, minor, maintenance } = stick.identity;
  const numbers = [transport, product, major, minor, maintenance];
  return {
    reply: new ByteWriter()
      .u8(...numbers)
      .u32(revision)
      .done(),
  };
};

const resetRequest: Command = (stick) => ({ effect: () => stick.reset() });

const getExtAddr: Command = (stick) => ({ reply: new ByteWriter().eui(stick.eui).done() });

const setExtAddr: Command = (stick, request) => {
  stick.nv.put(items.extAddr, Buffer.from(request.bytes(8)));
  return status(ok);
};

const itemInit: Command = (stick, request) => {
  const item = request.u16();
  const length = request.u16();
  const first = request.bytes(request.u8());
  if (stick.nv.read(item) !== undefined) return status(ok);
  const value = Buffer.alloc(length);
  first.copy(value);
  stick.nv.put(item, value);
  return status(created);
};

const itemDelete: Command = (stick, request) =>
  status(stick.nv.delete(request.u16()) ? ok : noSuchItem);

const itemLength: Command = (stick, request) => {
  const length = stick.nv.read(request.u16())?.length ?? 0;
  return { reply: new ByteWriter().u16(length).done() };
};

function readReply(bytes: Buffer | undefined, offset: number, most: number): Outcome {
  if (bytes === undefined || offset > bytes.length) return { reply: Buffer.from([failure, 0]) };
  const part = bytes.subarray(offset, offset + most);
  return { reply: new ByteWriter().u8(ok, part.length).bytes(part).done() };
}

/** Reads and writes differ between the old and the extended form only in the width of numbers. */
const itemRead = (width: 1 | 2): Command => {
  return (stick, request) => {
    const item = request.u16();
    return readReply(stick.nv.read(item), request.uint(width), readBytes);
  };
};

const itemWrite = (width: 1 | 2): Command => {
  return (stick, request) => {
    const item = request.u16();
    const offset = request.uint(width);
    const value = request.bytes(request.uint(width));
    return status(stick.nv.write(item, offset, value) ? ok : failure);
  };
};

/** System number (always 1, Z-Stack), item, index. */
function entryPlace(request: ByteReader): { item: number; index: number } {
  request.u8();
  return { item: request.u16(), index: request.u16() };
}

const entryCreate: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  const length = request.u32();
  if (length > readBytes) return status(failure);
  stick.nv.putEntry(item, index, Buffer.alloc(length));
  return status(ok);
};

const entryDelete: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  return status(stick.nv.deleteEntry(item, index) ? ok : noSuchItem);
};

const entryLength: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  return { reply: Buffer.from([stick.nv.entry(item, index)?.length ?? 0]) };
};

const entryRead: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  const offset = request.u16();
  return readReply(stick.nv.entry(item, index), offset, request.u8());
};

const entryWrite: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  const offset = request.u16();
  const value = request.bytes(request.u8());
  return status(stick.nv.writeEntry({ item, index, offset }, value) ? ok : failure);
};

const entryUpdate: Command = (stick, request) => {
  const { item, index } = entryPlace(request);
  stick.nv.putEntry(item, index, request.bytes(request.u8()));
  return status(ok);
};

/** Transmit power: the stick says the value it was given. */
const setTxPower: Command = (_stick: Stick, request) => ({ reply: request.bytes(1) });
const stackTune: Command = (_stick: Stick, request) => {
  request.u8();
  return { reply: request.bytes(1) };
};

export const sysCommands: CommandTable = new Map([
  [0x00, resetRequest],
  [0x01, ping],
  [0x02, version],
  [0x03, setExtAddr],
  [0x04, getExtAddr],
  [0x07, itemInit],
  [0x08, itemRead(1)],
  [0x09, itemWrite(1)],
  [0x0f, stackTune],
  [0x12, itemDelete],
  [0x13, itemLength],
  [0x14, setTxPower],
  [0x1c, itemRead(2)],
  [0x1d, itemWrite(2)],
  [0x30, entryCreate],
  [0x31, entryDelete],
  [0x32, entryLength],
  [0x33, entryRead],
  [0x34, entryWrite],
  [0x35, entryUpdate],
]);
