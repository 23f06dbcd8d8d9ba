/** What is wrong with the disk, said once when it begins and once when it is over. */
export class DiskTrouble {
  readonly #report: (sentence: string) => void;
  #why: string | undefined;
  #forgotten = 0;

  constructor(report: (sentence: string) => void) {
    this.#report = report;
  }

  /** Undefined while nothing is wrong. */
  get why(): string | undefined {
    return this.#why;
  }

  found(why: string): void {
    if (this.#why === why) return;
    this.#why = why;
    this.#report(`journal: ${why} Entries wait in memory and it is tried again.`);
  }

  /** So many entries gave way in memory. */
  forgot(count: number): void {
    if (this.#forgotten === 0) {
      this.#report(
        "journal: the disk takes nothing and memory is full; the oldest routine reports are " +
          "forgotten. Alarms and messages are kept.",
      );
    }
    this.#forgotten += count;
  }

  mended(): void {
    if (this.#why === undefined) return;
    const lost =
      this.#forgotten === 0 ? "nothing was lost" : `${this.#forgotten} reports were lost`;
    this.#why = undefined;
    this.#forgotten = 0;
    this.#report(`journal: it is written again; ${lost}.`);
  }
}
