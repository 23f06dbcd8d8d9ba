import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { condemnedBy } from "./mutants.ts";
import { runSupervisionSeed } from "./supervision.ts";
import { supervisionMutants } from "./supervision-mutants.ts";

const file = "tests/simulation/supervision.test.ts";

test("I4, I6, I9: over seeded days each fault is found when it is one, once, cleared when it is none, and called for", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun()) {
    const { violations, counts } = runSupervisionSeed(seed);
    if (violations.length > 0) {
      expect.fail(`seed ${seed}: ${violations.join("\n")}\n${replayCommand(seed, file)}`);
    }
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  // A simulation in which nothing happens proves nothing.
  if (seedsToRun().length >= 100) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(20);
  }
}, 300_000);

test.each(supervisionMutants)(
  "condemns a home in which it is not so that $breaks",
  (mutant) => {
    expect(condemnedBy(100, (seed) => runSupervisionSeed(seed, mutant.machine))).toBeDefined();
  },
  120_000,
);
