import { runHazardSeed } from "./hazard.ts";
import { hazardMutants } from "./hazard-mutants.ts";
import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";

holdsAtEverySeed({
  name: "I3 I4 I5 I6 I9: no seeded fire begins unheard, is called twice, or ends without a person",
  file: "tests/simulation/hazard.test.ts",
  run: (seed) => runHazardSeed(seed),
});

condemnsEach({
  name: "condemns a home in which it is not so that $breaks",
  mutants: hazardMutants,
  run: (seed, { machine }) => runHazardSeed(seed, machine),
});
