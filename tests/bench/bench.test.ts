import { describe, expect, test } from "vitest";
import { medianSpread } from "./latency.ts";
import { exitCode, meets, percentile, type Row, tableOf } from "./reporter.ts";

const row = (value: number, target: number | null, better: Row["better"]): Row => ({
  name: "a figure",
  value,
  unit: "ms",
  target,
  better,
});

describe("the reporter", () => {
  test("percentiles are by nearest rank, and need no order", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([50, 95, 99, 100].map((p) => percentile(values, p))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
  });

  test("one disturbed round does not move the median of the rounds", () => {
    const { p50, p99, max, count } = medianSpread([
      [1, 2, 3],
      [2, 3, 4],
      [100, 200, 300],
    ]);
    expect({ p50, p99, max, count }).toEqual({ p50: 3, p99: 4, max: 300, count: 9 });
  });

  test("a target is met from the side that is good", () => {
    expect(meets(row(2, 2, "lower"))).toBe(true);
    expect(meets(row(2.1, 2, "lower"))).toBe(false);
    expect(meets(row(2.1, 2, "higher"))).toBe(true);
    expect(meets(row(1.9, 2, "higher"))).toBe(false);
    expect(meets(row(9, null, "lower"))).toBe(true);
  });

  test("what could not be measured misses its target", () => {
    expect(meets(row(Number.NaN, 20, "lower"))).toBe(false);
    expect(meets(row(Number.NaN, 20, "higher"))).toBe(false);
  });

  test("a missed target ends a bench with 1, a figure without a value a quick one, too", () => {
    const missed = [row(1, 2, "lower"), row(3, 2, "lower")];
    expect([exitCode(missed, false), exitCode(missed, true)]).toEqual([1, 0]);
    const hole = [row(Number.NaN, null, "lower")];
    expect([exitCode(hole, false), exitCode(hole, true)]).toEqual([0, 1]);
    expect(exitCode([row(1, 2, "lower")], false)).toBe(0);
  });

  test("the table says which target is missed", () => {
    const table = tableOf([row(2.71, 2, "lower"), row(1, 2, "lower")]);
    expect(table).toMatch(/2\.71 {2}ms +<= 2 +MISSED/);
    expect(table.match(/\bmet\b/g)).toHaveLength(1);
  });
});
