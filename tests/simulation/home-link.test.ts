import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runHomeLinkSeed } from "./home-link.ts";
import { homeLinkMutants } from "./home-link-mutants.ts";
import { condemnedBy } from "./mutants.ts";

const file = "tests/simulation/home-link.test.ts";

test("I3 I4 I5 I6 I9: no seeded silence stays uncalled, is called for too soon or twice, or is shown as life", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun()) {
    const { violations, counts } = runHomeLinkSeed(seed);
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

test.each(homeLinkMutants)(
  "condemns a watch in which it is not so that $breaks",
  ({ machine }) => {
    expect(condemnedBy(100, (seed) => runHomeLinkSeed(seed, machine))).toBeDefined();
  },
  120_000,
);
