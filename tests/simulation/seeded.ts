/** How a simulation becomes tests: every seed holds, things happened, each broken rule is condemned. */
import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { condemnedBy } from "./mutants.ts";

export interface SeedRun {
  readonly violations: readonly string[];
  /** How often each thing happened that the simulation is about. */
  readonly counts: Readonly<Record<string, number>>;
  /** What led there, where the simulation keeps it. */
  readonly log?: readonly string[];
}

/** What a person needs of a seed that failed: the first violations, and the last of the story. */
const violationsShown = 5;
const logShown = 40;

/** Below so many seeds a thing may happen by chance too rarely. */
const manySeeds = 100;
const oftenEnough = 20;

export interface Simulation {
  /** Begins with the invariants it guards. */
  readonly name: string;
  readonly file: string;
  readonly run: (seed: number) => SeedRun;
  /** Seeds, where it is not the usual number of them. */
  readonly seeds?: number;
  readonly timeoutMs?: number;
}

/** The test that nothing is violated at any seed. */
export function holdsAtEverySeed({ name, file, run, seeds, timeoutMs }: Simulation): void {
  const hold = (): void => {
    const sum: Record<string, number> = {};
    for (const seed of seedsToRun(seeds)) {
      const { violations, counts, log = [] } = run(seed);
      if (violations.length > 0) {
        const words = [...violations.slice(0, violationsShown), ...log.slice(-logShown)].join("\n");
        expect.fail(`seed ${seed}: ${words}\n${replayCommand(seed, file)}`);
      }
      for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count;
    }
    // A simulation in which nothing happens proves nothing.
    if (seedsToRun(seeds).length < manySeeds) return;
    for (const [what, count] of Object.entries(sum)) {
      expect(count, what).toBeGreaterThan(oftenEnough);
    }
  };
  test(name, hold, timeoutMs ?? 300_000);
}

export interface Condemnation<Mutant extends { readonly breaks: string }> {
  /** With `$breaks` in it. */
  readonly name: string;
  readonly mutants: readonly Mutant[];
  readonly run: (seed: number, mutant: Mutant) => Pick<SeedRun, "violations">;
  /** Seeds of which one must show it. */
  readonly seeds?: number;
  readonly timeoutMs?: number;
}

/** A test for each broken rule: the simulation shows that it is broken. */
export function condemnsEach<Mutant extends { readonly breaks: string }>({
  name,
  mutants,
  run,
  seeds = 100,
  timeoutMs = 120_000,
}: Condemnation<Mutant>): void {
  test.each(mutants)(
    name,
    (mutant) => {
      expect(condemnedBy(seeds, (seed) => run(seed, mutant))).toBeDefined();
    },
    timeoutMs,
  );
}
