/** The services with one rule broken on purpose. */
import type { ServicesState } from "../../rules/machines/services.ts";
import { services } from "../../rules/machines/services.ts";
import { altered, type Mutant, misled } from "./mutants.ts";

const none = { version: 0, list: [] } as const;

export const servicesMutants: readonly Mutant<ServicesState>[] = [
  {
    breaks: "an order is told to the care service",
    machine: altered(services, (step, { event }) =>
      event.kind === "order-said" ? { ...step, effects: [] } : step,
    ),
  },
  {
    breaks: "a word that was given up is told again",
    machine: altered(services, (step, { event }) =>
      event.kind === "peer-back" || event.kind === "gateway-started"
        ? { ...step, effects: [] }
        : step,
    ),
  },
  {
    breaks: "a word survives a start",
    machine: altered(services, (step, { event }) =>
      event.kind === "gateway-started" ? { ...step, state: { ...step.state, waiting: [] } } : step,
    ),
  },
  {
    breaks: "a word waits until its own number is answered",
    machine: altered(services, (step, { event }) =>
      event.kind === "orders-told" ? { ...step, state: { ...step.state, waiting: [] } } : step,
    ),
  },
  {
    breaks: "a word that is answered waits no longer",
    machine: altered(services, (step, { event, before }) =>
      event.kind === "orders-told"
        ? { ...step, state: { ...step.state, waiting: before.waiting } }
        : step,
    ),
  },
  {
    breaks: "an older list changes nothing",
    machine: misled(services, (taken) =>
      taken.event.kind === "orders-told"
        ? { ...taken, before: { ...taken.before, orders: none } }
        : taken,
    ),
  },
  {
    breaks: "every word has a number of its own",
    machine: altered(services, (step, { event, before }) =>
      event.kind === "order-said"
        ? { ...step, state: { ...step.state, nth: Math.min(before.nth + 1, 3) } }
        : step,
    ),
  },
  {
    breaks: "asking again is a repeat",
    machine: misled(services, (taken) => {
      const { event, before } = taken;
      if (event.kind !== "order-said") return taken;
      const { orderId } = event.order;
      const list = before.orders.list.filter(({ id }) => id !== orderId);
      const waiting = before.waiting.filter((word) => word.orderId !== orderId);
      return { ...taken, before: { ...before, orders: { ...before.orders, list }, waiting } };
    }),
  },
  {
    breaks: "of two words about an order the newest waits",
    machine: altered(services, (step, { event, before }) => {
      if (event.kind !== "order-said") return step;
      const older = before.waiting.find(({ orderId }) => orderId === event.order.orderId);
      if (older === undefined) return step;
      return { ...step, state: { ...step.state, waiting: before.waiting } };
    }),
  },
];
