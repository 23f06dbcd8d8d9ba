/** How long to wait before a lost connection is tried again. Pure. */

/** Bounds of a wait; docs/decisions/a-connection-made-again.md tells where they come from. */
export const retryLimits = {
  /** The first wait is drawn from so long; each further one from half as much more … */
  firstMs: 2_000,
  growth: 1.5,
  /** … up to this, where nobody waits for the connection … */
  calmMaxMs: 15_000,
  /** … and up to this, where an alarm does: with the try, within 5 s of the line's return. */
  hurriedMaxMs: 3_000,
  /** A connection that lasted so long was one: the next loss is a first one again. */
  lastedMs: 10_000,
} as const;

/**
 * The wait after so many failures in a row, by lot from nothing to its bound: homes that lost their
 * connection in one moment come back spread over all of it, not in waves. `chance` lies from 0 to
 * 1.
 */
export function retryAfter(failures: number, isCalm: boolean, chance: number): number {
  const { firstMs, growth, calmMaxMs, hurriedMaxMs } = retryLimits;
  const grown = firstMs * growth ** Math.min(failures, 16);
  return chance * Math.min(grown, isCalm ? calmMaxMs : hurriedMaxMs);
}
