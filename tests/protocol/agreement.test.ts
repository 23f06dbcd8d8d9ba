import { describe, expect, test } from "vitest";
import { type Agreement, type Chain, chainFor, personOf } from "../../protocol/agreement.ts";

const steps = (party: string) => [{ tell: [party], within_s: 60 }];

const chain = (name: string, change: Partial<Chain>): Chain => ({
  name,
  categories: ["emergency-call"],
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  from_minute: 0,
  until_minute: 0,
  steps: steps(name),
  ...change,
});

const agreement = (...chains: readonly Chain[]): Agreement => ({
  version: 1,
  parties: [{ id: "maier", name: "Frau Maier", kind: "helper", reach: [] }],
  chains,
  fallback: steps("fallback"),
});

const teller = (from: Agreement, weekday: number, minute: number): string | undefined =>
  chainFor(from, "emergency-call", { weekday, minute })[0]?.tell[0];

describe("the chain for an alarm", () => {
  test("the first chain that fits serves; the fallback when none does", () => {
    const from = agreement(
      chain("stove", { categories: ["stove"] }),
      chain("weekend", { weekdays: [6, 7] }),
      chain("day", { from_minute: 480, until_minute: 1_200 }),
      chain("later", { from_minute: 480, until_minute: 1_200 }),
    );
    expect(teller(from, 6, 600)).toBe("weekend");
    expect(teller(from, 1, 480)).toBe("day");
    expect(teller(from, 1, 1_199)).toBe("day");
    expect(teller(from, 1, 1_200)).toBe("fallback");
    expect(teller(from, 1, 479)).toBe("fallback");
  });

  test("I6: while the hour is unknown the fallback serves, for no chain can be told from another", () => {
    const from = agreement(chain("always", {}));
    expect(chainFor(from, "emergency-call", undefined)).toBe(from.fallback);
  });

  test("a span that crosses midnight belongs to the day on which it began", () => {
    const friday = agreement(
      chain("night", { weekdays: [5], from_minute: 1_320, until_minute: 360 }),
    );
    expect(teller(friday, 5, 1_319)).toBe("fallback");
    expect(teller(friday, 5, 1_320)).toBe("night");
    expect(teller(friday, 5, 100)).toBe("fallback");
    expect(teller(friday, 6, 0)).toBe("night");
    expect(teller(friday, 6, 359)).toBe("night");
    expect(teller(friday, 6, 360)).toBe("fallback");
    expect(teller(friday, 6, 1_400)).toBe("fallback");
  });

  test("Sunday night ends on Monday morning", () => {
    const sunday = agreement(
      chain("night", { weekdays: [7], from_minute: 1_320, until_minute: 360 }),
    );
    expect(teller(sunday, 1, 100)).toBe("night");
    expect(teller(sunday, 7, 100)).toBe("fallback");
  });

  test("equal ends are the whole day", () => {
    const whole = agreement(chain("whole", { from_minute: 500, until_minute: 500, weekdays: [2] }));
    expect(teller(whole, 2, 0)).toBe("whole");
    expect(teller(whole, 2, 500)).toBe("whole");
    expect(teller(whole, 3, 0)).toBe("fallback");
  });
});

test("a party has its name, and a party that nobody named its id", () => {
  const from = agreement();
  expect(personOf(from, "maier")).toEqual({ id: "maier", name: "Frau Maier" });
  expect(personOf(from, "x")).toEqual({ id: "x", name: "x" });
});
