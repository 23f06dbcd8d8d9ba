import { seedsToRun } from "../support/seeds.ts";
import { condemnsEach } from "./seeded.ts";
import { runStoveSeed } from "./stove.ts";
import { stoveMutants } from "./stove-mutants.ts";

condemnsEach({
  name: "condemns a stove guard of which it is not so that $breaks",
  mutants: stoveMutants,
  run: (seed, { machine }) => runStoveSeed(seed, machine),
  seeds: Math.max(...seedsToRun()),
  timeoutMs: 300_000,
});
