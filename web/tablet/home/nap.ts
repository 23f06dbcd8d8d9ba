/**
 * A device that sleeps stops the page's own time while the world goes on: what was heard before is
 * old then, whatever that time says. The wall clock tells it. So does one that was set forward; a
 * moment of doubt costs nothing.
 */

/** Shorter ones are within what a home may be silent for. */
const leastMs = 5_000;

const ahead = (): number => Date.now() - performance.now();

export class Nap {
  #ahead = ahead();

  /** Whether there was one since this was last asked. */
  took(): boolean {
    const before = this.#ahead;
    this.#ahead = ahead();
    return this.#ahead - before > leastMs;
  }
}
