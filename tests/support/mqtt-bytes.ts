/**
 * MQTT 3.1.1 packets as bytes, and a raw socket that sends them: for clients that do not behave.
 */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A packet with its length field (clause 2.2.3). */
export function packet(first: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 0x80 : digit);
  } while (left > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

export interface ConnectWords {
  readonly clientId: string;
  readonly user?: string;
  readonly password?: string;
  readonly keepalive?: number;
  readonly will?: { readonly topic: string; readonly payload: string };
}

export function connectPacket(words: ConnectWords): Buffer {
  const { clientId, user, password, will } = words;
  const flags =
    0x02 |
    (user === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (will === undefined ? 0 : 0x04);
  const keepalive = words.keepalive ?? 30;
  return packet(
    0x10,
    text("MQTT"),
    Buffer.from([4, flags, keepalive >> 8, keepalive & 0xff]),
    text(clientId),
    ...(will === undefined ? [] : [text(will.topic), text(will.payload)]),
    ...(user === undefined ? [] : [text(user)]),
    ...(password === undefined ? [] : [text(password)]),
  );
}

export interface PublishWords {
  readonly retain?: boolean;
  readonly qos?: 0 | 1 | 2;
  readonly messageId?: number;
}

export function publishPacket(
  topic: string,
  payload: string | Buffer,
  { retain = false, qos = 0, messageId = 1 }: PublishWords = {},
): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([messageId >> 8, messageId & 0xff]);
  return packet(0x30 | (qos << 1) | (retain ? 1 : 0), text(topic), id, Buffer.from(payload));
}

export function subscribePacket(messageId: number, ...filters: string[]): Buffer {
  const parts = filters.map((filter) => Buffer.concat([text(filter), Buffer.from([1])]));
  return packet(0x82, Buffer.from([messageId >> 8, messageId & 0xff]), ...parts);
}

/** A raw connection to a port on this machine. */
export class RawClient {
  readonly socket: Socket;
  readonly #heard: Buffer[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => this.#heard.push(chunk));
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connectTcp(port, "127.0.0.1");
    const client = new RawClient(socket);
    await once(socket, "connect");
    return client;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  heard(): Buffer {
    return Buffer.concat(this.#heard);
  }

  /** Waits until at least this many bytes came. */
  async hear(count: number): Promise<Buffer> {
    while (this.heard().length < count) await once(this.socket, "data");
    return this.heard();
  }

  /** Waits until the other side has closed the connection. */
  async gone(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, "close");
  }

  close(): void {
    this.socket.destroy();
  }
}
