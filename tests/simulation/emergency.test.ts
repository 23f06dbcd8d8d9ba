import { expect, test } from "vitest";
import { type EmergencyRun, runEmergencySeed } from "./emergency.ts";
import { emergencyMutants } from "./emergency-mutants.ts";
import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";

holdsAtEverySeed({
  name: "I1 I2 I3 I4 I5 I9: no seeded day loses a call, ends it, or promises what is not true",
  file: "tests/simulation/emergency.test.ts",
  run: (seed) => runEmergencySeed(seed),
  timeoutMs: 600_000,
});

test("I11: the same seed is the same day", () => {
  const first: EmergencyRun = runEmergencySeed(4);
  expect(runEmergencySeed(4)).toEqual(first);
  expect(first.log.length).toBeGreaterThan(10);
});

condemnsEach({
  name: "a day shows it when this is broken: $breaks",
  mutants: emergencyMutants,
  run: (seed, { machines }) => runEmergencySeed(seed, machines),
});
