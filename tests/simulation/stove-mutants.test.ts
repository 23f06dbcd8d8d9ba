import { expect, test } from "vitest";
import { seedsToRun } from "../support/seeds.ts";
import { condemnedBy } from "./mutants.ts";
import { runStoveSeed } from "./stove.ts";
import { stoveMutants } from "./stove-mutants.ts";

test.each(stoveMutants)(
  "condemns a stove guard of which it is not so that $breaks",
  ({ machine }) => {
    const seeds = Math.max(...seedsToRun());
    expect(condemnedBy(seeds, (seed) => runStoveSeed(seed, machine))).toBeDefined();
  },
  300_000,
);
