import { expect, test } from "vitest";
import { limitsOf, linkLimits } from "../../rules/settings.ts";

test("a setting has the limits of its manifest, in the unit in which it is asked for", () => {
  expect(limitsOf("onAboveWatts", "W")).toEqual({ default: 30, min: 5, max: 200 });
  expect(limitsOf("untouched", "min")).toEqual({ default: 180, min: 30, max: 180 });
  expect(limitsOf("preAlarm", "s")).toEqual({ default: 15, min: 5, max: 15 });
  expect(linkLimits.closeWithin).toEqual({ default: 60, min: 5, max: 240 });
});

test("two beats fit into the silence, and the silence into the alarm, as they usually are", () => {
  const { beatEvery, silentAfter, alarmAfter } = linkLimits;
  expect(silentAfter.default).toBeGreaterThanOrEqual(2 * beatEvery.default);
  expect(alarmAfter.default).toBeGreaterThanOrEqual(silentAfter.default);
});

test("a setting that no manifest explains has no limits", () => {
  expect(() => limitsOf("absense", "min")).toThrow("no manifest has a setting absense");
});
