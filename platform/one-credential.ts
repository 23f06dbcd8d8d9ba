/**
 * The sessions of one credential, which may be in two hands: a tablet's, and those of whoever took
 * its credential. Nobody can tell them apart, so neither is locked out by the other, and it is
 * said. Pure.
 */

interface Held {
  readonly gate: { readonly remote: string; readonly destroyed: boolean };
}

/**
 * Who gives way when one credential has too many sessions: the oldest of the address that has the
 * most. Whoever opens more and more of them elsewhere ends his own.
 */
export function givesWay<One extends Held>(sessions: readonly One[]): One | undefined {
  const counts = new Map<string, number>();
  for (const { gate } of sessions) counts.set(gate.remote, (counts.get(gate.remote) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return sessions.find(({ gate }) => counts.get(gate.remote) === most);
}

/** Where else a credential is in use at this moment. */
export function elsewhere(sessions: readonly Held[], remote: string): string | undefined {
  return sessions.find(({ gate }) => gate.remote !== remote && !gate.destroyed)?.gate.remote;
}
