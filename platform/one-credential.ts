/**
 * The sessions of one credential, which may be in two hands: a tablet's, and those of whoever took
 * its credential. Nobody can tell them apart, so neither is locked out by the other, and it is
 * said.
 */

/** One session, as far as it matters here. */
interface Held {
  readonly gate: {
    readonly remote: string;
    readonly destroyed: boolean;
    /** When it last sent a byte. */
    readonly heardAt: number;
  };
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

/** Where else a credential is open at this moment. */
function elsewhere(sessions: readonly Held[], remote: string): Held | undefined {
  return sessions.find(({ gate }) => gate.remote !== remote && !gate.destroyed);
}

interface Double {
  readonly name: string;
  readonly older: Held;
  readonly since: number;
}

/** What was under way when the newcomer came has arrived by then, and who hung up is gone. */
const underwayMs = 3_000;

/**
 * Credentials that are open in two places. A tablet that was given another address leaves a dead
 * session behind, and that is no thief: only when the older one has spoken since do both live.
 */
export class Doubles {
  readonly #now: () => number;
  /** By the newcomer: there are no more of them than sessions. */
  readonly #open = new Map<Held, Double>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Where else the credential is open; undefined where it is not. */
  came(name: string, others: readonly Held[], newcomer: Held): string | undefined {
    const older = elsewhere(others, newcomer.gate.remote);
    if (older !== undefined) this.#open.set(newcomer, { name, older, since: this.#now() });
    return older?.gate.remote;
  }

  /** A sentence for each credential of which it is certain now, once for each pair of sessions. */
  proved(): readonly string[] {
    const words: string[] = [];
    for (const [newcomer, { name, older, since }] of this.#open) {
      const isOver = older.gate.destroyed || newcomer.gate.destroyed;
      const isProved = !isOver && older.gate.heardAt - since > underwayMs;
      if (isProved) words.push(`${name} speaks in two places`);
      if (isProved || isOver) this.#open.delete(newcomer);
    }
    return words;
  }
}
