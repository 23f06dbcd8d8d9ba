/**
 * Counts refusals and says them at a bearable rate: the first at once, the rest as a number each
 * minute.
 */

/** Kinds of refusal that are remembered at once; past it they are counted together as "others". */
const kindsMax = 200;

/** Longest sentence, in characters. */
const lengthMax = 300;

/** How often the same refusal is said again. */
const repeatMs = 60_000;

/** What a refusal is a sign of. Most are none: a tablet that fell asleep is refused as well. */
export type Sign = "none" | "refused" | "two-places";

/** How much of what was refused tells of somebody who tries to get in, or is in. */
export interface Tried {
  /** Right of entry that somebody did not have: each may still be an honest mistake. */
  readonly refusals: number;
  /** A credential is used at two addresses at the same time. */
  readonly twoPlaces: boolean;
}

export const nothingTried: Tried = { refusals: 0, twoPlaces: false };

interface Tally {
  saidAt: number;
  unsaid: number;
  tried: Tried;
}

function withSign({ refusals, twoPlaces }: Tried, sign: Sign): Tried {
  return {
    refusals: refusals + (sign === "refused" ? 1 : 0),
    twoPlaces: twoPlaces || sign === "two-places",
  };
}

export class Intrusions {
  readonly #say: (summary: string, tried: Tried) => void;
  readonly #tallies = new Map<string, Tally>();
  #total = 0;

  constructor(say: (summary: string, tried: Tried) => void) {
    this.#say = say;
  }

  get total(): number {
    return this.#total;
  }

  /**
   * `what` is a sentence without numbers that change, so that the same refusal is the same
   * sentence.
   */
  note(what: string, now: number, sign: Sign = "none"): void {
    this.#total += 1;
    // Strangers choose parts of these words: no control characters, and no novels.
    const clean = what.slice(0, lengthMax).replaceAll(/\p{Cc}/gu, "?");
    const kind = this.#tallies.has(clean) || this.#tallies.size < kindsMax ? clean : "others";
    const tally = this.#tallies.get(kind);
    if (tally === undefined) {
      this.#tallies.set(kind, { saidAt: now, unsaid: 0, tried: nothingTried });
      this.#say(kind, withSign(nothingTried, sign));
    } else {
      tally.unsaid += 1;
      tally.tried = withSign(tally.tried, sign);
    }
  }

  /** Says what was counted since, and forgets what has stopped. */
  review(now: number): void {
    for (const [kind, tally] of this.#tallies) {
      if (now - tally.saidAt < repeatMs) continue;
      if (tally.unsaid === 0) {
        this.#tallies.delete(kind);
        continue;
      }
      this.#say(`${kind} (${tally.unsaid} more times)`, tally.tried);
      tally.saidAt = now;
      tally.unsaid = 0;
      tally.tried = nothingTried;
    }
  }
}
