/** Breadth first through every reachable world, up to a depth. The first trace found is a shortest one. */
/** What there is to explore: worlds, the moves out of each, a text that tells them apart, and truths. */
export interface Model<World> {
  /** Where exploration begins; each with the name it has in a trace. */
  readonly roots: readonly { readonly name: string; readonly world: World }[];
  readonly moves: (
    world: World,
  ) => readonly { readonly name: string; readonly make: () => World }[];
  readonly key: (world: World) => string;
  /** What this world breaks. `asked` is set for one world in 16, for truths that are costly. */
  readonly broken: (world: World, asked: boolean) => readonly string[];
}

export interface Explored {
  readonly worlds: number;
  readonly moves: number;
  /** Worlds seen up to each depth. */
  readonly perDepth: readonly number[];
  /** What was broken first, and the moves that lead there. */
  readonly found: readonly string[];
}

interface Trace {
  readonly move: string;
  readonly before: Trace | undefined;
}

interface Node<World> {
  readonly world: World;
  readonly trace: Trace;
}

function told(trace: Trace): string {
  const moves: string[] = [];
  for (let one: Trace | undefined = trace; one !== undefined; one = one.before) {
    moves.unshift(one.move);
  }
  return moves.join(" → ");
}

/** Counted in the order of discovery, which is the same in every run. */
const askedOneIn = 16;

class Search<World> {
  readonly #model: Model<World>;
  readonly #seen = new Set<string>();
  moves = 0;
  found: readonly string[] = [];

  constructor(model: Model<World>) {
    this.#model = model;
  }

  get worlds(): number {
    return this.#seen.size;
  }

  /** The worlds after this one that were not seen before; stops at the first broken truth. */
  *after(node: Node<World>): Generator<Node<World>> {
    for (const move of this.#model.moves(node.world)) {
      const world = move.make();
      this.moves += 1;
      const key = this.#model.key(world);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const trace: Trace = { move: move.name, before: node.trace };
      const found = this.#model.broken(world, this.worlds % askedOneIn === 0);
      if (found.length > 0) {
        this.found = [...found, told(trace)];
        return;
      }
      yield { world, trace };
    }
  }
}

/** All worlds that can be reached with at most `depth` moves. */
export function explore<World>(model: Model<World>, depth: number): Explored {
  const search = new Search(model);
  const perDepth: number[] = [];
  let frontier: readonly Node<World>[] = model.roots.map(({ name, world }) => ({
    world,
    trace: { move: name, before: undefined },
  }));
  for (let level = 1; level <= depth && search.found.length === 0; level += 1) {
    const next: Node<World>[] = [];
    for (const node of frontier) {
      for (const reached of search.after(node)) if (level < depth) next.push(reached);
      if (search.found.length > 0) break;
    }
    perDepth.push(search.worlds);
    frontier = next;
  }
  return { worlds: search.worlds, moves: search.moves, perDepth, found: search.found };
}
