import { expect, test } from "vitest";
import { retryAfter, retryLimits } from "../../platform/retry.ts";
import { seededRandom } from "../support/random.ts";

const { firstMs, calmMaxMs, hurriedMaxMs } = retryLimits;
const many = Array.from({ length: 1_000 }, (_, failures) => failures);

test("the bound grows from wait to wait, up to the longest that nobody notices", () => {
  const bounds = [0, 1, 2, 5].map((failures) => retryAfter(failures, true, 1));
  expect(bounds).toEqual([firstMs, 1.5 * firstMs, 2.25 * firstMs, calmMaxMs]);
  expect(Math.max(...many.map((failures) => retryAfter(failures, true, 1)))).toBe(calmMaxMs);
});

test("I1: with an alarm waiting no wait is longer than 3 s, however many failed before", () => {
  for (const failures of many) {
    expect(retryAfter(failures, false, 1)).toBeLessThanOrEqual(hurriedMaxMs);
  }
  expect(hurriedMaxMs).toBeLessThanOrEqual(3_000);
});

test.each([1, 2, 3])(
  "homes lost in one moment come back spread, not in waves (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    const homes = 5_000;
    // The care service is away for a minute; each home tries until a try falls after it.
    const awayMs = 60_000;
    const back = Array.from({ length: homes }, () => {
      let at = 0;
      for (let failures = 0; at < awayMs; failures += 1)
        at += retryAfter(failures, true, random.next());
      return at - awayMs;
    });
    expect(Math.max(...back)).toBeLessThanOrEqual(calmMaxMs);
    const perSecond = Array.from({ length: 15 }, (_, second) => {
      const from = second * 1_000;
      return back.filter((ms) => ms >= from && ms < from + 1_000).length;
    });
    // Waits of at most 15 s in full jitter: at most 2/15 of all in the first second, then fewer.
    expect(Math.max(...perSecond)).toBeLessThan(homes * 0.16);
    expect(perSecond.every((count) => count > 0)).toBe(true);
  },
);
