import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runStoveSeed } from "./stove.ts";

const file = "tests/simulation/stove.test.ts";

test("I1, I2, I5, I6, I7: no seeded day finds a stove cut wrongly, left on, or said to be off", () => {
  const sum = { cuts: 0, taken: 0, proofs: 0, alarms: 0, again: 0, resets: 0, stuck: 0, fires: 0 };
  for (const seed of seedsToRun()) {
    const { violations, counts } = runStoveSeed(seed);
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
