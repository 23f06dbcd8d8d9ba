import { expect, test } from "vitest";
import { Doubles, givesWay } from "../../platform/one-credential.ts";

const at = (remote: string, destroyed = false) => ({ gate: { remote, destroyed, heardAt: 0 } });

test("I8: whoever opens more sessions elsewhere ends his own, not the tablet's", () => {
  const tablet = at("kitchen");
  const thief = [at("street"), at("street"), at("street"), at("street")];
  expect(givesWay([tablet, ...thief])).toBe(thief[0]);
});

test("of one address the oldest session gives way", () => {
  const own = [at("kitchen"), at("kitchen"), at("kitchen")];
  expect(givesWay(own)).toBe(own[0]);
  expect(givesWay([])).toBeUndefined();
});

test("a second place is another address with a session that lives", () => {
  const doubles = new Doubles(() => 0);
  const thief = at("street");
  expect(doubles.came("tablet", [at("kitchen")], at("kitchen"))).toBeUndefined();
  expect(doubles.came("tablet", [at("kitchen", true)], thief)).toBeUndefined();
  expect(doubles.came("tablet", [at("kitchen")], thief)).toBe("kitchen");
});

test("I6: two places are certain once the older one has spoken since, and are told once", () => {
  const doubles = new Doubles(() => 10_000);
  const tablet = at("kitchen");
  doubles.came("tablet", [tablet], at("street"));
  for (const heardAt of [9_000, 10_500, 13_000]) {
    tablet.gate.heardAt = heardAt;
    expect(doubles.proved()).toEqual([]);
  }
  tablet.gate.heardAt = 13_001;
  expect(doubles.proved()).toEqual(["tablet speaks in two places"]);
  expect(doubles.proved()).toEqual([]);
});

test("a tablet that was given another address, and one that came and went, are no thieves", () => {
  for (const gone of ["older", "newcomer"]) {
    const doubles = new Doubles(() => 10_000);
    const [older, newcomer] = [at("kitchen"), at("street")];
    doubles.came("tablet", [older], newcomer);
    (gone === "older" ? older : newcomer).gate.destroyed = true;
    older.gate.heardAt = 20_000;
    expect(doubles.proved()).toEqual([]);
  }
});
