/** The serial line between the stick and its host: bytes in, bytes out, what goes wrong there. */
import { encodeFrame, type Frame, FrameParser } from "./coordinator/frame.ts";
import type { Trouble } from "./trouble.ts";

/** One frame that crossed the line. */
export interface FrameEvent {
  readonly direction: "to-host" | "from-host";
  /** performance.now() just before writing, or just after arrival. */
  readonly at: number;
  /** The home's own time. */
  readonly homeAt: number;
  readonly frame: Frame;
}
export type FrameListener = (event: FrameEvent) => void;

export class Line {
  readonly #trouble: Trouble;
  readonly #now: () => number;
  readonly #handle: (frame: Frame) => void;
  readonly #listeners = new Set<FrameListener>();
  #parser = new FrameParser();
  #toHost: ((bytes: Buffer) => void) | undefined;

  constructor(parts: { trouble: Trouble; now: () => number; handle: (frame: Frame) => void }) {
    this.#trouble = parts.trouble;
    this.#now = parts.now;
    this.#handle = parts.handle;
  }

  /** A host is there; what an earlier one left half said is forgotten. */
  connect(toHost: (bytes: Buffer) => void): void {
    this.#toHost = toHost;
    this.#parser = new FrameParser();
  }

  disconnect(toHost: (bytes: Buffer) => void): void {
    if (this.#toHost === toHost) this.#toHost = undefined;
  }

  onFrame(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fromHost(chunk: Buffer): void {
    const at = this.#listeners.size === 0 ? 0 : performance.now();
    for (const frame of this.#parser.push(chunk)) {
      if (this.#listeners.size > 0) this.#tell({ direction: "from-host", at, frame });
      if (!this.#trouble.silent) this.#handle(frame);
    }
  }

  send(frame: Frame): void {
    if (this.#trouble.silent || this.#toHost === undefined) return;
    const bytes = encodeFrame(frame);
    if (this.#listeners.size > 0)
      this.#tell({ direction: "to-host", at: performance.now(), frame });
    this.#toHost(bytes);
  }

  /** Bytes that are no frame. */
  noise(bytes: Buffer): void {
    this.#toHost?.(bytes);
  }

  #tell(event: Omit<FrameEvent, "homeAt">): void {
    const full = { ...event, homeAt: this.#now() };
    for (const listener of this.#listeners) listener(full);
  }
}
