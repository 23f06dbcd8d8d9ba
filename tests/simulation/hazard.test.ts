import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runHazardSeed } from "./hazard.ts";
import { hazardMutants } from "./hazard-mutants.ts";
import { condemnedBy } from "./mutants.ts";

const file = "tests/simulation/hazard.test.ts";

test("I3 I4 I5 I6 I9: no seeded fire begins unheard, is called twice, or ends without a person", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun()) {
    const { violations, counts } = runHazardSeed(seed);
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

test.each(hazardMutants)(
  "condemns a home in which it is not so that $breaks",
  ({ machine }) => {
    expect(condemnedBy(100, (seed) => runHazardSeed(seed, machine))).toBeDefined();
  },
  120_000,
);
