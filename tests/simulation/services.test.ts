import { expect, test } from "vitest";
import { services } from "../../rules/machines/services.ts";
import { servicesView } from "../../rules/view-living.ts";
import { condemnedBy } from "./mutants.ts";
import { condemnsEach, holdsAtEverySeed } from "./seeded.ts";
import { runServicesSeed, type ServicesPicture } from "./services.ts";
import { servicesMutants } from "./services-mutants.ts";

holdsAtEverySeed({
  name: "I2 I5: no seeded order is lost, doubled, or shown as sent before the care service has it",
  file: "tests/simulation/services.test.ts",
  run: (seed) => runServicesSeed(seed),
  seeds: 200,
});

condemnsEach({
  name: "condemns services in which it is not so that $breaks",
  mutants: servicesMutants,
  run: (seed, { machine }) => runServicesSeed(seed, machine),
});

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
