/**
 * Writes lines to a descriptor without ever waiting for it, blocking on it, or failing with it: a
 * full disk or a reader that stopped reading costs lines, never the process that they tell of.
 */
import { write, writeSync } from "node:fs";

/** Half of this is for everybody; the other half is for warnings and worse. */
const charactersMax = 1_048_576;
const tryAgainMs = 100;
/** pino's number for a warning. */
const warning = 40;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EAGAIN";

export class LineWriter {
  readonly #descriptor: number;
  #waiting = "";
  #writing = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Called by pino with each line. What finds no room is dropped. */
  write(line: string): void {
    const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? warning);
    const room = level >= warning ? charactersMax : charactersMax / 2;
    if (this.#waiting.length + line.length > room) return;
    this.#waiting += line;
    this.#next();
  }

  /** For the last words of a process: what can be written at once is. */
  flushSync(): void {
    try {
      while (this.#waiting !== "") {
        const bytes = Buffer.from(this.#waiting);
        const written = writeSync(this.#descriptor, bytes);
        this.#waiting = bytes.toString("utf8", written);
      }
    } catch {
      this.#waiting = "";
    }
  }

  #next(): void {
    if (this.#writing || this.#waiting === "") return;
    this.#writing = true;
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = "";
    write(this.#descriptor, bytes, (error, written) => {
      const rest = error === null ? bytes.subarray(written) : bytes;
      if (error === null || isBusy(error)) this.#waiting = rest.toString("utf8") + this.#waiting;
      if (error === null) this.#goOn();
      else setTimeout(() => this.#goOn(), tryAgainMs).unref();
    });
  }

  #goOn(): void {
    this.#writing = false;
    this.#next();
  }
}
