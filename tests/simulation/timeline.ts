/** Invented time: what is planned runs in its order, and nobody waits. */

interface Planned {
  readonly at: number;
  readonly run: () => void;
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

export class Timeline {
  now = 0;
  readonly #planned: Planned[] = [];

  /** Runs `run` after `delay` milliseconds; of two at the same instant, the one planned first. */
  later(delay: number, run: () => void): void {
    const at = this.now + Math.max(0, delay);
    const before = this.#planned.findLastIndex((other) => other.at <= at);
    this.#planned.splice(before + 1, 0, { at, run });
  }

  /** Runs everything that is planned up to this instant. */
  runUntil(end: number): void {
    for (let next = this.#planned[0]; next !== undefined; next = this.#planned[0]) {
      if (next.at > end) break;
      this.#planned.shift();
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }
}
