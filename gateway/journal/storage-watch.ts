/** Whether anybody can count on the disk: told when it changes, and only where it lasts. */

export interface StorageWatchParts {
  /** An entry that waits longer than this to be written has found no disk, in ms. */
  readonly lostAfterMs: number;
  readonly now: () => number;
  /** Hears a cause when the disk is lost, undefined when it takes entries again, or at last. */
  readonly tell: (cause: string | undefined) => void;
}

export class StorageWatch {
  readonly #parts: StorageWatchParts;
  /** Since when something waits that is to be written now. */
  #since: number | undefined;
  /** Undefined until something is known. */
  #lost: boolean | undefined;

  constructor(parts: StorageWatchParts) {
    this.#parts = parts;
  }

  get isLost(): boolean {
    return this.#lost === true;
  }

  /** Something is to be written now. */
  waits(): void {
    this.#since ??= this.#parts.now();
  }

  /** A batch is on the disk; `more` says whether something still waits. */
  written(more: boolean): void {
    this.#since = more ? this.#parts.now() : undefined;
    if (this.#lost === false) return;
    this.#lost = false;
    this.#parts.tell(undefined);
  }

  /** Looks how long it has been. `why` is what was last heard of the disk. */
  look(why = "the disk does not answer"): void {
    const { lostAfterMs, now, tell } = this.#parts;
    if (this.#since === undefined || this.#lost === true) return;
    if (now() - this.#since < lostAfterMs) return;
    this.#lost = true;
    tell(why);
  }
}
