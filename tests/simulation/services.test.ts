import { expect, test } from "vitest";
import { services } from "../../rules/machines/services.ts";
import { servicesView } from "../../rules/view-living.ts";
import { replayCommand, seedsToRun } from "../support/seeds.ts";
import { condemnedBy } from "./mutants.ts";
import { runServicesSeed, type ServicesPicture } from "./services.ts";
import { servicesMutants } from "./services-mutants.ts";

const file = "tests/simulation/services.test.ts";

test("I2 I5: no seeded order is lost, doubled, or shown as sent before the care service has it", () => {
  const sum: Record<string, number> = {};
  for (const seed of seedsToRun(300)) {
    const { violations, counts } = runServicesSeed(seed);
    if (violations.length > 0) {
      expect.fail(`seed ${seed}: ${violations.join("\n")}\n${replayCommand(seed, file)}`);
    }
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  // A simulation in which nothing happens proves nothing.
  if (seedsToRun(300).length >= 100) {
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(100);
  }
}, 300_000);

test.each(servicesMutants)(
  "condemns services in which it is not so that $breaks",
  ({ machine }) => {
    expect(condemnedBy(100, (seed) => runServicesSeed(seed, machine))).toBeDefined();
  },
  120_000,
);

const boastful: ServicesPicture = (states) => {
  const { offers, orders } = servicesView(states);
  return { offers, orders: orders.map((order) => ({ ...order, sent: true })) };
};
const forgetful: ServicesPicture = (states) => {
  const { offers, orders } = servicesView(states);
  return { offers, orders: orders.filter(({ sent }) => sent) };
};

test.each([boastful, forgetful])("condemns a screen that is not true", (picture) => {
  expect(condemnedBy(100, (seed) => runServicesSeed(seed, services, picture))).toBeDefined();
});
