import { after, seconds } from "../../protocol/time.ts";
import { careLink, type LinkState } from "../../rules/machines/care-link.ts";
import { runCareLinkSeed } from "./care-link.ts";
import { altered, type Mutant } from "./mutants.ts";
import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";

holdsAtEverySeed({
  name: "I6: on a seeded line the care service is lost when it is, at once when the line breaks, and back when heard",
  file: "tests/simulation/care-link.test.ts",
  run: (seed) => runCareLinkSeed(seed),
  seeds: 200,
});

const without = (kind: string) =>
  altered(careLink, (step) => ({
    ...step,
    emits: step.emits.filter((fact) => fact.kind !== kind),
  }));

const mutants: readonly Mutant<LinkState>[] = [
  { breaks: "silence is loss", machine: without("peer-lost") },
  { breaks: "a beat ends loss", machine: without("peer-back") },
  {
    breaks: "a break is loss before the next beat is due",
    machine: altered(careLink, (step, { before, event }) =>
      event.kind === "peer-disconnected" ? { ...step, state: before } : step,
    ),
  },
  {
    breaks: "the first of several breaks counts",
    machine: altered(careLink, (step, { event }) =>
      event.kind === "peer-disconnected" && step.state.silentAt !== null
        ? { ...step, state: { ...step.state, silentAt: after(event.at, seconds(10)) } }
        : step,
    ),
  },
  {
    breaks: "a beat after a break ends it",
    machine: altered(careLink, (step, { before, event }) =>
      event.kind === "peer-heard" && before.peer !== "lost"
        ? { ...step, state: { ...step.state, silentAt: before.silentAt } }
        : step,
    ),
  },
  {
    breaks: "a start asks anew",
    machine: altered(careLink, (step, { before, event }) =>
      event.kind === "gateway-started" ? { ...step, state: before } : step,
    ),
  },
  {
    breaks: "a lost care service is said again after a start",
    machine: altered(careLink, (step, { event }) =>
      event.kind === "gateway-started" ? { ...step, effects: [] } : step,
    ),
  },
];

condemnsEach({
  name: "condemns a home in which it is not so that $breaks",
  mutants,
  run: (seed, { machine }) => runCareLinkSeed(seed, machine),
});
