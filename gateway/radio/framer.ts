/**
 * Finds the stick's frames in a noisy stream. The stack's own parser trusts a stray start byte and
 * throws away whatever its length claims: three alarms in a row (measured). Here a false start
 * costs nothing but time: what was taken for its data is searched again. Pure but for the buffer it
 * keeps.
 */

const start = 0xfe;
/** Start, length, two command bytes, check sum. */
const overhead = 5;
/** Longest data of a frame of the Z-Stack's serial interface. */
const longest = 250;
/** A stick sends indications (2) and replies (3); the type stands in the upper three bits. */
const types: ReadonlySet<number> = new Set([2, 3]);

type Found = Uint8Array | "unfinished" | "none";

export class Framer {
  #pending: Buffer = Buffer.alloc(0);

  /** Bytes wait for the rest of a frame; after a while `expire` gives them up. */
  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  /** The whole frames that these bytes complete. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#pending =
      this.#pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#pending, chunk]);
    return this.#take();
  }

  /** What waits was no frame: a real one comes in one piece. Frames inside it are found. */
  expire(): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    while (this.#pending.length > 0) {
      this.#pending = this.#pending.subarray(1);
      frames.push(...this.#take());
    }
    return frames;
  }

  #take(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (;;) {
      const at = this.#pending.indexOf(start);
      this.#pending = at < 0 ? Buffer.alloc(0) : this.#pending.subarray(at);
      const found = this.#first();
      if (found === "unfinished") return frames;
      if (found === "none") {
        if (this.#pending.length === 0) return frames;
        this.#pending = this.#pending.subarray(1);
      } else {
        frames.push(found);
        this.#pending = this.#pending.subarray(found.length);
      }
    }
  }

  /** Whether a frame begins at the first byte. */
  #first(): Found {
    const [, length, command] = this.#pending;
    if (this.#pending.length === 0) return "none";
    if (length === undefined) return "unfinished";
    if (length > longest) return "none";
    if (command !== undefined && !types.has(command >> 5)) return "none";
    const end = length + overhead;
    if (this.#pending.length < end) return "unfinished";
    const frame = this.#pending.subarray(0, end);
    const sum = frame.subarray(1).reduce((rest, byte) => rest ^ byte, 0);
    return sum === 0 ? frame : "none";
  }
}
