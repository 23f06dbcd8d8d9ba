import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";
import { runSupervisionSeed } from "./supervision.ts";
import { supervisionMutants } from "./supervision-mutants.ts";

holdsAtEverySeed({
  name: "I4, I6, I9: over seeded days each fault is found when it is one, once, cleared when it is none, and called for",
  file: "tests/simulation/supervision.test.ts",
  run: (seed) => runSupervisionSeed(seed),
});

condemnsEach({
  name: "condemns a home in which it is not so that $breaks",
  mutants: supervisionMutants,
  run: (seed, { machine }) => runSupervisionSeed(seed, machine),
});
