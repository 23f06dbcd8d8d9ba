/**
 * The frame of TI's Monitor and Test interface: FE, length, two command bytes, data, check sum.
 * The check sum is the XOR of everything between FE and itself.
 */

export const kinds = { request: 1, indication: 2, reply: 3 } as const;
export const subsystems = { rpc: 0, sys: 1, af: 4, zdo: 5, sapi: 6, util: 7, appCnf: 15 } as const;

const start = 0xfe;
const overhead = 5;
export const maxData = 250;

export interface Frame {
  /** Request, indication or reply. */
  readonly kind: number;
  readonly subsystem: number;
  readonly command: number;
  readonly data: Buffer;
}

export function encodeFrame(frame: Frame): Buffer {
  const length = frame.data.length;
  if (length > maxData) throw new RangeError(`${length} bytes do not fit a frame of ${maxData}`);
  const bytes = Buffer.allocUnsafe(length + overhead);
  bytes[0] = start;
  bytes[1] = length;
  bytes[2] = (frame.kind << 5) | frame.subsystem;
  bytes[3] = frame.command;
  frame.data.copy(bytes, 4);
  bytes[length + 4] = checkSum(bytes, length + 4);
  return bytes;
}

function checkSum(bytes: Buffer, end: number): number {
  let sum = 0;
  for (let at = 1; at < end; at++) sum ^= bytes[at] ?? 0;
  return sum;
}

/** Finds frames in a stream. After a bad one it looks for the next start inside what it has. */
export class FrameParser {
  #held: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Frame[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const found: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) found.push(frame);
    return found;
  }

  #next(): Frame | undefined {
    while (this.#held.length > 0) {
      const from = this.#held.indexOf(start);
      if (from < 0) {
        this.#held = Buffer.alloc(0);
        return undefined;
      }
      this.#held = this.#held.subarray(from);
      const length = this.#held[1];
      if (length === undefined) return undefined;
      const size = length + overhead;
      if (length <= maxData && this.#held.length < size) return undefined;
      if (length <= maxData && this.#held[size - 1] === checkSum(this.#held, size - 1)) {
        return this.#take(size);
      }
      this.#held = this.#held.subarray(1);
    }
    return undefined;
  }

  #take(size: number): Frame {
    const head = this.#held[2] ?? 0;
    const frame = {
      kind: head >> 5,
      subsystem: head & 0x1f,
      command: this.#held[3] ?? 0,
      data: Buffer.from(this.#held.subarray(4, size - 1)),
    };
    this.#held = this.#held.subarray(size);
    return frame;
  }
}
