/**
 * Frames of an address that nobody knows, such as of a button that found another parent asleep. The
 * stack asks the address who it is and then drops the frame: its wait for the answer never matches
 * (10.9.5, seen on the wire), so the press would be lost. Here the frame is said again when the
 * answer has come.
 */
import type { EventEmitter } from "node:events";

/** A sleeping device answers within 8 s or not at all (its parent keeps a question 7.68 s). */
const kept_ms = 10_000;
/** Devices that are unknown at a time, and frames of each: the oldest give way to the newest. */
const mostAddresses = 32;
const mostFrames = 4;

interface Kept {
  readonly at_ms: number;
  readonly payload: unknown;
}

export class Strangers {
  readonly #kept = new Map<number, readonly Kept[]>();
  readonly #isKnown: (address: number) => boolean;
  #adapter: EventEmitter | undefined;

  constructor(isKnown: (address: number) => boolean) {
    this.#isKnown = isKnown;
  }

  /** Listens behind the stack, which has passed on by then what it understands. */
  listen(adapter: EventEmitter): void {
    this.#adapter = adapter;
    adapter.on("zclPayload", (payload: { readonly address?: unknown }) => {
      const { address } = payload;
      if (typeof address === "number" && !this.#isKnown(address)) this.#keep(address, payload);
    });
  }

  #keep(address: number, payload: unknown): void {
    const before = this.#kept.get(address) ?? [];
    this.#kept.delete(address);
    this.#kept.set(address, [...before, { at_ms: performance.now(), payload }].slice(-mostFrames));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostAddresses && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** The address is known now: what it said is heard. */
  known(address: number): void {
    const kept = this.#kept.get(address) ?? [];
    this.#kept.delete(address);
    for (const { at_ms, payload } of kept) {
      if (performance.now() - at_ms < kept_ms) this.#adapter?.emit("zclPayload", payload);
    }
  }
}
