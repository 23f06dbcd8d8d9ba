import { expect, test } from "vitest";
import { printer } from "../../care/print.ts";
import { localTimeIn } from "../../platform/local-time.ts";

const event = {
  kind: "told",
  home: "weber",
  wall_ms: new Date(2026, 0, 5, 3, 4, 5).getTime(),
  text: "telling Frau Maier (step 1)",
} as const;

test("people read one sentence with its time and home; programs read the same as JSON", () => {
  const lines: string[] = [];
  printer((text) => lines.push(text), "people")(event);
  printer((text) => lines.push(text), "json")(event);
  expect(lines).toEqual([
    "03:04:05  weber: telling Frau Maier (step 1)\n",
    `${JSON.stringify(event)}\n`,
  ]);
});

test.each([
  ["New Year's Eve, late", "2026-12-31T22:59:00Z", [false, false]],
  ["New Year's Day", "2026-12-31T23:00:00Z", [true, false]],
  ["the day after it", "2027-01-01T23:00:00Z", [false, true]],
  ["Epiphany in the south", "2027-01-06T12:00:00Z", [true, false]],
  ["the Monday after summer time began at Easter", "2024-04-01T01:00:00Z", [true, false]],
])("the holidays at a home in Stuttgart: %s", (_name, utc, [holiday, holidayBefore]) => {
  const local = localTimeIn("Europe/Berlin", Date.parse(utc), "BW");
  expect(local).toMatchObject({ holiday, holidayBefore });
});

test.each([
  ["a winter night", "2026-01-04T23:30:00Z", { weekday: 1, minute: 30 }],
  ["a summer night", "2026-07-05T21:30:00Z", { weekday: 7, minute: 1_410 }],
  ["before summer time begins", "2026-03-29T00:59:00Z", { weekday: 7, minute: 119 }],
  ["after it began", "2026-03-29T01:00:00Z", { weekday: 7, minute: 180 }],
  ["midnight", "2026-01-05T23:00:00Z", { weekday: 2, minute: 0 }],
])("the hour at a home in Berlin: %s", (_name, utc, local) => {
  expect(localTimeIn("Europe/Berlin", Date.parse(utc))).toEqual(local);
});
