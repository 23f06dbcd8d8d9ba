/**
 * One connection of a client, whether TCP, TLS or WebSocket: the few verbs the broker needs of it.
 */
import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";

export interface WireListener {
  bytes(chunk: Buffer): void;
  /** The peer has ended or the connection is gone; called at least once. */
  ended(): void;
}

export interface Wire {
  readonly remote: string;
  /** `flushed` is called when the kernel has the bytes. */
  send(chunk: Buffer, flushed: () => void): void;
  unsentBytes(): number;
  pause(): void;
  resume(): void;
  destroy(): void;
  listen(listener: WireListener): void;
}

/**
 * Remote addresses are judged as one: IPv4 as such, IPv6 by its /64, the size of one customer's
 * network.
 */
export function remoteOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const last = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => "0");
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}

/** TCP or TLS. */
export function socketWire(socket: Socket): Wire {
  socket.setNoDelay(true);
  return {
    remote: remoteOf(socket.remoteAddress),
    send: (chunk, flushed) => void socket.write(chunk, () => flushed()),
    unsentBytes: () => socket.writableLength,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
    listen({ bytes, ended }) {
      socket.on("data", bytes);
      socket.on("end", ended);
      socket.on("close", ended);
      // An error is always followed by "close"; there is nothing more to learn from it here.
      socket.on("error", () => undefined);
    },
  };
}

function joined(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/**
 * MQTT over WebSocket (MQTT 3.1.1, clause 6): binary frames only; a text frame ends it
 * [MQTT-6.0.0-1].
 */
export function webSocketWire(socket: WebSocket, remoteAddress: string | undefined): Wire {
  return {
    remote: remoteOf(remoteAddress),
    send: (chunk, flushed) => socket.send(chunk, { binary: true }, () => flushed()),
    unsentBytes: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    destroy: () => socket.terminate(),
    listen({ bytes, ended }) {
      socket.on("message", (data, isBinary) => {
        if (isBinary) bytes(joined(data));
        else socket.terminate();
      });
      // A ping counts as sent bytes, and is answered only when nothing waits to be read.
      socket.on("ping", () => {
        bytes(Buffer.alloc(0));
        if (socket.readyState === socket.OPEN && socket.bufferedAmount === 0) socket.pong();
      });
      // Nobody asked for it: it costs its sender what a ping does.
      socket.on("pong", () => bytes(Buffer.alloc(0)));
      socket.on("close", ended);
      socket.on("error", () => undefined);
    },
  };
}
