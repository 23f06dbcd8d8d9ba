import { describe, expect, test } from "vitest";
import {
  type Agreement,
  type Chain,
  chainFor,
  type Hours,
  hasWay,
  isOnDuty,
  type Party,
  personOf,
  stepsOnDuty,
  whoIsTold,
} from "../../protocol/agreement.ts";
import type { LocalTime } from "../../protocol/time.ts";

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

describe("holidays and absence", () => {
  const at = (from: Agreement, local: Partial<LocalTime>): string | undefined =>
    chainFor(from, "emergency-call", { weekday: 3, minute: 600, ...local })[0]?.tell[0];

  test("a chain for holidays serves on one, a chain that is never for one does not", () => {
    const only = agreement(chain("only", { holidays: "only" }));
    const never = agreement(chain("never", { holidays: "never" }));
    expect([true, false].map((holiday) => at(only, { holiday }))).toEqual(["only", "fallback"]);
    expect([true, false].map((holiday) => at(never, { holiday }))).toEqual(["fallback", "never"]);
  });

  test("a day of which nobody knows whether it is a holiday is none", () => {
    expect(at(agreement(chain("only", { holidays: "only" })), {})).toBe("fallback");
    expect(at(agreement(chain("never", { holidays: "never" })), {})).toBe("never");
  });

  test("the night after a holiday belongs to the holiday", () => {
    const night = { from_minute: 1_320, until_minute: 360, holidays: "only" } as const;
    const from = agreement(chain("night", night));
    expect(at(from, { minute: 1_400, holiday: true, holidayBefore: false })).toBe("night");
    expect(at(from, { minute: 100, holiday: false, holidayBefore: true })).toBe("night");
    expect(at(from, { minute: 100, holiday: true, holidayBefore: false })).toBe("fallback");
  });

  test("who is not known to be away is at home", () => {
    const from = agreement(
      chain("away", { while: "absent" }),
      chain("home", { while: "present" }),
      chain("always", { while: "always" }),
    );
    expect(at(from, { absent: true })).toBe("away");
    expect(at(from, { absent: false })).toBe("home");
    expect(at(from, {})).toBe("home");
    expect(at(agreement(chain("always", { while: "always" })), { absent: true })).toBe("always");
  });
});

describe("the roster of professionals", () => {
  const week = [1, 2, 3, 4, 5, 6, 7];
  const day: Hours = { weekdays: week, from_minute: 480, until_minute: 1_200 };
  const night: Hours = { weekdays: week, from_minute: 1_200, until_minute: 480 };
  const party = (id: string, duty?: readonly Hours[]): Party => ({
    id,
    name: id,
    kind: "professional",
    reach: [],
    ...(duty === undefined ? {} : { duty }),
  });
  const manned = (chains: readonly Chain[] = []): Agreement => ({
    version: 1,
    parties: [party("early", [day]), party("late", [night]), party("always")],
    chains,
    fallback: [
      { tell: ["early"], within_s: 60 },
      { tell: ["early", "late"], within_s: 60 },
    ],
  });
  const noon = { weekday: 1, minute: 720 };
  const midnight = { weekday: 1, minute: 0 };

  test("on duty is who has hours that cover this one, or none; and everybody, while nobody knows", () => {
    const from = manned();
    expect(isOnDuty(from, "early", noon)).toBe(true);
    expect(isOnDuty(from, "early", midnight)).toBe(false);
    expect(isOnDuty(from, "late", midnight)).toBe(true);
    expect(isOnDuty(from, "always", midnight)).toBe(true);
    expect(isOnDuty(from, "stranger", midnight)).toBe(true);
    expect(isOnDuty(from, "early", undefined)).toBe(true);
  });

  test("a step keeps who is on duty; where nobody at all is, everybody is told", () => {
    const from = manned();
    const tells = (local: LocalTime): readonly (readonly string[])[] =>
      stepsOnDuty(from, from.fallback, local).map(({ tell }) => tell);
    expect(tells(noon)).toEqual([["early"], ["early"]]);
    expect(tells(midnight)).toEqual([[], ["late"]]);
    const alone = [{ tell: ["early"], within_s: 60 }];
    expect(stepsOnDuty(from, alone, midnight)).toEqual(alone);
  });

  test("I4: a chain in which nobody is on duty gives way to the fallback", () => {
    const from = manned([chain("day", { steps: [{ tell: ["early"], within_s: 60 }] })]);
    expect(chainFor(from, "emergency-call", noon)).toBe(from.chains[0]?.steps);
    expect(chainFor(from, "emergency-call", midnight)).toBe(from.fallback);
  });

  test("whom we would call: the chain, its steps, and who is passed over", () => {
    const from = manned([chain("always", { steps: [{ tell: ["always"], within_s: 30 }] })]);
    expect(whoIsTold(from, "emergency-call", noon)).toEqual({
      chain: "always",
      steps: [{ step: { tell: ["always"], within_s: 30 }, tell: ["always"], skipped: [] }],
    });
    const off = (id: string) => ({ party: id, why: "off-duty" });
    expect(whoIsTold(from, "stove", midnight)).toEqual({
      chain: null,
      steps: [
        { step: from.fallback[0], tell: [], skipped: [off("early")] },
        { step: from.fallback[1], tell: ["late"], skipped: [off("early")] },
      ],
    });
    expect(whoIsTold(from, "stove", undefined).steps.map(({ tell }) => tell.length)).toEqual([
      1, 2,
    ]);
  });
});

test("a message goes to whoever has a way that is no desk", () => {
  const reach = { desk: ["desk:"], phone: ["desk:", "sms:+49151"], none: [] };
  const parties = Object.entries(reach).map(
    ([id, ways]): Party => ({ id, name: id, kind: "helper", reach: ways }),
  );
  const from = { ...agreement(), parties };
  expect(["desk", "phone", "none", "stranger"].map((id) => hasWay(from, id))).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test("a party has its name, and a party that nobody named its id", () => {
  const from = agreement();
  expect(personOf(from, "maier")).toEqual({ id: "maier", name: "Frau Maier" });
  expect(personOf(from, "x")).toEqual({ id: "x", name: "x" });
  expect(personOf(from, "x", "Herr X")).toEqual({ id: "x", name: "Herr X" });
  expect(personOf(from, "maier", "Herr X").name).toBe("Frau Maier");
});
