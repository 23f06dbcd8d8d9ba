import { runHomeLinkSeed } from "./home-link.ts";
import { homeLinkMutants } from "./home-link-mutants.ts";
import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";

holdsAtEverySeed({
  name: "I3 I4 I5 I6 I9: no seeded silence stays uncalled, is called for too soon or twice, or is shown as life",
  file: "tests/simulation/home-link.test.ts",
  run: (seed) => runHomeLinkSeed(seed),
});

condemnsEach({
  name: "condemns a watch in which it is not so that $breaks",
  mutants: homeLinkMutants,
  run: (seed, { machine }) => runHomeLinkSeed(seed, machine),
});
