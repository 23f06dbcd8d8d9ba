import { holdsAtEverySeed } from "./seeded.ts";
import { runStoveSeed } from "./stove.ts";

holdsAtEverySeed({
  name: "I1, I2, I5, I6, I7: no seeded day finds a stove cut wrongly, left on, or said to be off",
  file: "tests/simulation/stove.test.ts",
  run: (seed) => runStoveSeed(seed),
});
