/** Attribute values on the wire (ZCL 2.6.2): a type code, then the value. */
import type { ByteReader, ByteWriter } from "../bytes.ts";

export type Value = number | boolean | string;

export const types = {
  boolean: 0x10,
  bitmap8: 0x18,
  bitmap16: 0x19,
  uint8: 0x20,
  uint16: 0x21,
  uint24: 0x22,
  uint32: 0x23,
  uint48: 0x25,
  int8: 0x28,
  int16: 0x29,
  int24: 0x2a,
  int32: 0x2b,
  enum8: 0x30,
  enum16: 0x31,
  text: 0x42,
  eui: 0xf0,
} as const;

interface Shape {
  readonly size: number;
  readonly signed?: boolean;
  /** Changes by amounts: a reportable change is a difference, not just another value. */
  readonly analog?: boolean;
}

const shapes: ReadonlyMap<number, Shape> = new Map([
  [types.boolean, { size: 1 }],
  [types.bitmap8, { size: 1 }],
  [types.bitmap16, { size: 2 }],
  [0x1b, { size: 4 }],
  [types.uint8, { size: 1, analog: true }],
  [types.uint16, { size: 2, analog: true }],
  [types.uint24, { size: 3, analog: true }],
  [types.uint32, { size: 4, analog: true }],
  [0x24, { size: 5, analog: true }],
  [types.uint48, { size: 6, analog: true }],
  [types.int8, { size: 1, signed: true, analog: true }],
  [types.int16, { size: 2, signed: true, analog: true }],
  [types.int24, { size: 3, signed: true, analog: true }],
  [types.int32, { size: 4, signed: true, analog: true }],
  [types.enum8, { size: 1 }],
  [types.enum16, { size: 2 }],
]);

/** A type this home does not speak; the frame cannot be read further. */
export class UnknownType extends Error {}

function shapeOf(type: number): Shape {
  const shape = shapes.get(type);
  if (shape === undefined) throw new UnknownType(`attribute type 0x${type.toString(16)}`);
  return shape;
}

export function isAnalog(type: number): boolean {
  return shapes.get(type)?.analog === true;
}

export function readValue(reader: ByteReader, type: number): Value {
  if (type === types.text) return reader.bytes(reader.u8()).toString("latin1");
  if (type === types.eui) return reader.eui();
  const { size, signed } = shapeOf(type);
  const value = signed === true ? reader.int(size) : reader.uint(size);
  return type === types.boolean ? value !== 0 : value;
}

export function writeValue(writer: ByteWriter, type: number, value: Value): void {
  if (typeof value === "string") {
    if (type === types.eui) writer.eui(value);
    else writer.u8(value.length).bytes(Buffer.from(value, "latin1"));
    return;
  }
  const { size, signed } = shapeOf(type);
  if (signed === true) writer.int(Number(value), size);
  else writer.uint(Number(value), size);
}
