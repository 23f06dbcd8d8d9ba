/**
 * Reads only the fixed header of MQTT packets (MQTT 3.1.1, clause 2.2), so that a packet can be
 * refused before a byte of its body is kept. Everything else is the broker's own parser's work.
 */

const packetTypes: ReadonlyMap<number, FrameType> = new Map([
  [1, "connect"],
  [3, "publish"],
  [4, "acknowledgement"],
  [5, "acknowledgement"],
  [6, "acknowledgement"],
  [7, "acknowledgement"],
  [8, "subscribe"],
  [10, "unsubscribe"],
  [12, "ping"],
  [14, "disconnect"],
]);

/**
 * Packets that a client may send (clause 2.2.1); the four kinds of acknowledgement are one here.
 */
export type FrameType =
  | "connect"
  | "publish"
  | "acknowledgement"
  | "subscribe"
  | "unsubscribe"
  | "ping"
  | "disconnect";

/** What one look at the bytes found: at most one packet's header, and at most one packet's body. */
export interface Scan {
  /** Bytes that belong to this packet and may go on. */
  readonly used: number;
  /** Set when the packet's header was completed in this look. */
  readonly frame?: FrameType;
  /** A sentence when the bytes are refused; nothing may go on after it. */
  readonly fault?: string;
}

export interface FrameLimits {
  readonly connectBytes: number;
  readonly packetBytes: number;
}

export class FrameScanner {
  readonly #limits: FrameLimits;
  #first = true;
  #type: FrameType | undefined;
  /** Value and place of the length field as far as it was read (clause 2.2.3). */
  #length = 0;
  #lengthBytes = 0;
  /** Bytes of the body that are still to come. */
  #body = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  scan(bytes: Buffer): Scan {
    let used = 0;
    let completed: FrameType | undefined;
    while (this.#body === 0 && used < bytes.length) {
      const fault = this.#takeHeaderByte(bytes.readUInt8(used));
      used += 1;
      if (fault !== undefined) return { used, fault };
      if (this.#type !== undefined && this.#lengthBytes === -1) {
        completed = this.#type;
        this.#type = undefined;
        this.#lengthBytes = 0;
        break;
      }
    }
    const body = Math.min(this.#body, bytes.length - used);
    this.#body -= body;
    used += body;
    return completed === undefined ? { used } : { used, frame: completed };
  }

  /** Takes one byte of a fixed header; returns a sentence when it is refused. */
  #takeHeaderByte(byte: number): string | undefined {
    if (this.#type === undefined) {
      const type = packetTypes.get(byte >> 4);
      if (type === undefined) return `packet type ${byte >> 4} is not for a client to send`;
      if (this.#first !== (type === "connect")) {
        return this.#first ? "the first packet is not CONNECT" : "a second CONNECT";
      }
      this.#first = false;
      this.#type = type;
      this.#length = 0;
      return undefined;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    const max = this.#type === "connect" ? this.#limits.connectBytes : this.#limits.packetBytes;
    if (this.#length > max) return `a packet of more than ${max} bytes`;
    if (byte < 0x80) {
      this.#body = this.#length;
      this.#lengthBytes = -1;
      return undefined;
    }
    return this.#lengthBytes === 4 ? "a length field of more than four bytes" : undefined;
  }
}
