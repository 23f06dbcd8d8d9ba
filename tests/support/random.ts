/** Chance with a seed, so that every failure can be played again. */

/** A small generator (mulberry32, public domain by Tommy Ettinger). */
export interface SeededRandom {
  /** The next number, at least 0 and below 1. */
  next(): number;
  /** A whole number, at least 0 and below `below`. */
  int(below: number): number;
  /** One of the list. */
  pick<Item>(list: readonly Item[]): Item;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** The same seed gives the same numbers, on every machine. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    pick: <Item>(list: readonly Item[]): Item => {
      if (list.length === 0) throw new Error("nothing to pick from");
      return list[int(list.length)] as Item;
    },
    chance: (probability) => next() < probability,
  };
}
