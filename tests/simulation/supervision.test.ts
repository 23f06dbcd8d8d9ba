import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runSupervisionSeed } from "./supervision.ts";

const file = "tests/simulation/supervision.test.ts";

test("I6, I9: over seeded days each fault is found when it is one, once, and cleared when it is none", () => {
  const sum = { silent: 0, stuck: 0, missing: 0, battery: 0, radio: 0, cleared: 0 };
  for (const seed of seedsToRun()) {
    const { violations, counts } = runSupervisionSeed(seed);
    if (violations.length > 0) {
      expect.fail(`seed ${seed}: ${violations.join("\n")}\n${replayCommand(seed, file)}`);
    }
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  }
  // A simulation in which nothing happens proves nothing.
  if (seedsToRun().length >= 100) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(20);
  }
}, 300_000);
