import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runChoicesSeed } from "./choices.ts";
import { choicesMutants } from "./choices-mutants.ts";
import { condemnedBy } from "./mutants.ts";

const file = "tests/simulation/choices.test.ts";

test("I1 I3 I5 I6 I7 I11: whatever a resident drops and pauses, help is called, a cut stove stays cut, and every pause ends", () => {
  const sum: Record<string, number> = {};
  const seeds = seedsToRun(60);
  for (const seed of seeds) {
    const { violations, counts } = runChoicesSeed(seed);
    if (violations.length > 0) {
      expect.fail(`seed ${seed}: ${violations.join("\n")}\n${replayCommand(seed, file)}`);
    }
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  // A simulation in which nothing happens proves nothing.
  if (seeds.length >= 60) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(10);
  }
}, 300_000);

test.each(choicesMutants)(
  "condemns an engine in which it is not so that $breaks",
  ({ engine }) => {
    expect(condemnedBy(100, (seed) => runChoicesSeed(seed, engine))).toBeDefined();
  },
  120_000,
);
