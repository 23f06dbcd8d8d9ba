import { expect, test } from "vitest";
import { span, within } from "../../web/common/span.ts";

test.each([
  [0, "0 s"],
  [-5_000, "0 s"],
  [59_900, "59 s"],
  [60_000, "1 min"],
  [725_000, "12:05 min"],
  [3_600_000, "1 h"],
  [11_040_000, "3:04 h"],
  [190_800_000, "2 d 5 h"],
])("a span of %i ms is said with its unit: %s", (ms, words) => {
  expect(span(ms)).toBe(words);
});

test.each([
  [1_000, "1 s"],
  [1_300, "2 s"],
  [59_900, "1 min"],
  [3_599_100, "1 h"],
  [3_601_000, "1:01 h"],
  [172_801_000, "2 d 1 h"],
])("what took %i ms was within %s", (ms, words) => {
  expect(within(ms)).toBe(words);
});
