import { expect, test } from "vitest";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { type EmergencyRun, runEmergencySeed } from "./emergency.ts";
import { emergencyMutants } from "./emergency-mutants.ts";
import { condemnedBy } from "./mutants.ts";

const file = "tests/simulation/emergency.test.ts";

test("I1 I2 I3 I4 I5 I9: no seeded day loses a call, ends it, or promises what is not true", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun()) {
    const { violations, log, counts } = runEmergencySeed(seed);
    if (violations.length > 0) {
      const story = log.slice(-40).join("\n");
      const found = violations.slice(0, 5).join("\n");
      expect.fail(`seed ${seed}:\n${found}\n${story}\n${replayCommand(seed, file)}`);
    }
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  // A simulation in which nothing happens proves nothing.
  if (seedsToRun().length >= 100) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(20);
  }
}, 600_000);

test("I11: the same seed is the same day", () => {
  const first: EmergencyRun = runEmergencySeed(4);
  expect(runEmergencySeed(4)).toEqual(first);
  expect(first.log.length).toBeGreaterThan(10);
});

test.each(emergencyMutants)("a day shows it when this is broken: $breaks", ({ machines }) => {
  expect(condemnedBy(100, (seed) => runEmergencySeed(seed, machines))).toBeDefined();
});
