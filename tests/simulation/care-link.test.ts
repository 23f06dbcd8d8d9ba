import { expect, test } from "vitest";
import { after, seconds } from "../../protocol/time.ts";
import { careLink, type LinkState } from "../../rules/machines/care-link.ts";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { runCareLinkSeed } from "./care-link.ts";
import { altered, condemnedBy, type Mutant } from "./mutants.ts";

const file = "tests/simulation/care-link.test.ts";

test("I6: on a seeded line the care service is lost when it is, at once when the line breaks, and back when heard", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun(200)) {
    const { violations, counts } = runCareLinkSeed(seed);
    if (violations.length > 0) {
      expect.fail(`seed ${seed}: ${violations.join("\n")}\n${replayCommand(seed, file)}`);
    }
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  // A simulation in which nothing happens proves nothing.
  if (seedsToRun().length >= 100) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(20);
  }
}, 300_000);

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

test.each(mutants)(
  "condemns a home in which it is not so that $breaks",
  ({ machine }) => {
    expect(condemnedBy(100, (seed) => runCareLinkSeed(seed, machine))).toBeDefined();
  },
  120_000,
);
