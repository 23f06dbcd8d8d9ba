/** Little-endian bytes, as Zigbee and Z-Stack write them. An EUI-64 is "0x" and 16 digits. */

/** A frame that ends before its own fields do. */
export class ShortFrame extends Error {}

export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** An unsigned number of 1 to 6 bytes. */
  uint(size: number): number {
    return this.#take(size).readUIntLE(0, size);
  }

  /** A signed number of 1 to 6 bytes. */
  int(size: number): number {
    return this.#take(size).readIntLE(0, size);
  }

  u8(): number {
    return this.uint(1);
  }

  u16(): number {
    return this.uint(2);
  }

  u32(): number {
    return this.uint(4);
  }

  eui(): string {
    return euiFromBytes(this.#take(8));
  }

  bytes(count: number): Buffer {
    return this.#take(count);
  }

  rest(): Buffer {
    return this.#take(this.left);
  }

  #take(count: number): Buffer {
    if (count > this.left) {
      throw new ShortFrame(`frame ends ${count - this.left} bytes before its fields do`);
    }
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }
}

export class ByteWriter {
  readonly #parts: Buffer[] = [];

  uint(value: number, size: number): this {
    const part = Buffer.alloc(size);
    part.writeUIntLE(value, 0, size);
    return this.bytes(part);
  }

  int(value: number, size: number): this {
    const part = Buffer.alloc(size);
    part.writeIntLE(value, 0, size);
    return this.bytes(part);
  }

  u8(...values: number[]): this {
    return this.bytes(Buffer.from(values));
  }

  u16(...values: number[]): this {
    for (const value of values) this.uint(value, 2);
    return this;
  }

  u32(value: number): this {
    return this.uint(value, 4);
  }

  eui(address: string): this {
    return this.bytes(euiToBytes(address));
  }

  bytes(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }

  done(): Buffer {
    return this.#parts.length === 1
      ? (this.#parts[0] ?? Buffer.alloc(0))
      : Buffer.concat(this.#parts);
  }
}

export function euiToBytes(address: string): Buffer {
  return Buffer.from(address.slice(2).padStart(16, "0"), "hex").reverse();
}

export function euiFromBytes(bytes: Buffer): string {
  return `0x${Buffer.from(bytes).reverse().toString("hex")}`;
}
