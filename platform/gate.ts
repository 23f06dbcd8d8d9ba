/**
 * The gate between one connection and the broker. Inward it refuses a packet by its header and
 * slows a flooding client down. Outward it never lets the broker wait: the bytes are taken at once,
 * and a client that leaves them unread is dropped. aedes alone would hold everybody up until that
 * client drained.
 */
import { Duplex } from "node:stream";
import type { BrokerLimits } from "./broker-limits.ts";
import { FrameScanner } from "./frame-scanner.ts";
import { Bucket } from "./throttle.ts";
import type { Wire } from "./wire.ts";

/** How long the rest of a client's bytes is still heard after it hung up. */
const afterEndMs = 2_000;

export interface GateListener {
  /** The client was dropped; a sentence for the log. */
  dropped(why: string): void;
  /** The client sends more than it may, and is read more slowly; said once each time it starts. */
  flooding(): void;
}

export class Gate extends Duplex {
  readonly remote: string;
  readonly #wire: Wire;
  readonly #limits: BrokerLimits;
  readonly #listener: GateListener;
  readonly #scanner: FrameScanner;
  readonly #packets: Bucket;
  readonly #publishes: Bucket;
  /**
   * Bytes that were read and wait for the rate or for the broker; at most one chunk of the wire.
   */
  #rest: Buffer = Buffer.alloc(0);
  /** The peer hung up; and the broker was told so, after the last byte. */
  #ended = false;
  #over = false;
  #resting: NodeJS.Timeout | undefined;
  #full = false;
  #unflushed = 0;
  #progressAt = 0;
  #said = false;
  /** When the client last sent a byte. */
  heardAt = 0;

  constructor(wire: Wire, limits: BrokerLimits, listener: GateListener) {
    // Above `unsentBytes`, so that writing never tells the broker to wait.
    super({ writableHighWaterMark: 2 * limits.unsentBytes });
    const now = performance.now();
    this.remote = wire.remote;
    this.#wire = wire;
    this.#limits = limits;
    this.#listener = listener;
    this.#scanner = new FrameScanner(limits);
    this.#packets = new Bucket(
      { burst: limits.packetsBurst, perSecond: limits.packetsPerSecond },
      now,
    );
    this.#publishes = new Bucket(
      { burst: limits.publishesBurst, perSecond: limits.publishesPerSecond },
      now,
    );
    wire.listen({ bytes: (chunk) => this.#hear(chunk), ended: () => this.#endHeard() });
  }

  get unsentBytes(): number {
    return this.#wire.unsentBytes();
  }

  /** Drops the client when it has read nothing for too long. Called a few times a second. */
  watch(now: number): void {
    if (this.#unflushed > 0 && now - this.#progressAt > this.#limits.frozenMs) {
      this.expel(`frozen: ${this.#wire.unsentBytes()} bytes unread`);
    }
  }

  expel(why: string): void {
    if (this.destroyed) return;
    this.#listener.dropped(why);
    this.destroy();
  }

  override _read(): void {
    this.#full = false;
    this.#advance();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk);
    done();
  }

  override _writev(parts: { chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(parts.map((part) => part.chunk)));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#resting);
    this.#rest = Buffer.alloc(0);
    this.#wire.destroy();
    done(error);
  }

  #send(chunk: Buffer): void {
    if (this.destroyed) return;
    if (this.#unflushed === 0) this.#progressAt = performance.now();
    this.#unflushed += 1;
    this.#wire.send(chunk, () => {
      this.#unflushed -= 1;
      this.#progressAt = performance.now();
    });
    if (this.#wire.unsentBytes() > this.#limits.unsentBytes) {
      this.expel(`too slow: more than ${this.#limits.unsentBytes} bytes unread`);
    }
  }

  #hear(chunk: Buffer): void {
    if (this.destroyed) return;
    this.heardAt = performance.now();
    // The wire is paused while a rest waits; what was already on its way is joined to it.
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    // A piece is charged like a packet: single bytes and empty frames cost us as much.
    this.#charge(false);
    this.#advance();
  }

  #endHeard(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.#advance();
    setTimeout(() => this.destroy(), afterEndMs).unref();
  }

  /** Hands packets on until the bytes, the broker's buffer or the client's rate are used up. */
  #advance(): void {
    while (this.#rest.length > 0 && !this.#full && this.#resting === undefined) {
      const { used, frame, fault } = this.#scanner.scan(this.#rest);
      if (fault !== undefined) {
        this.expel(fault);
        return;
      }
      const bytes = this.#rest.subarray(0, used);
      this.#rest = this.#rest.subarray(used);
      this.#full = !this.push(bytes);
      if (frame !== undefined) this.#charge(frame === "publish");
    }
    const waits = this.#rest.length > 0 || this.#full || this.#resting !== undefined;
    if (waits) this.#wire.pause();
    else if (!this.#ended) this.#wire.resume();
    else if (!this.#over) {
      this.#over = true;
      this.push(null);
    }
  }

  #charge(publish: boolean): void {
    if (this.destroyed) return;
    const now = performance.now();
    const waitMs = Math.max(this.#packets.charge(now), publish ? this.#publishes.charge(now) : 0);
    if (waitMs === 0) {
      this.#said = false;
      return;
    }
    if (!this.#said) this.#listener.flooding();
    this.#said = true;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#advance();
    }, waitMs);
  }
}
