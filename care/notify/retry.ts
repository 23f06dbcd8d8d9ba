/** When a message that did not leave is tried again. Pure. */

const firstMs = 2_000;
/** As long as an alarm is open somebody may still be reached: at least twice a minute. */
const longestMs = 30_000;

/** After so many tries; the first is 1. */
export function againAfterMs(tries: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, tries - 1), 10));
}
