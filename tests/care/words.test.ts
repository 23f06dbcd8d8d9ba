import { expect, test } from "vitest";
import { localTimeIn } from "../../care/local-time.ts";
import { printer } from "../../care/print.ts";

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
  ["a winter night", "2026-01-04T23:30:00Z", { weekday: 1, minute: 30 }],
  ["a summer night", "2026-07-05T21:30:00Z", { weekday: 7, minute: 1_410 }],
  ["before summer time begins", "2026-03-29T00:59:00Z", { weekday: 7, minute: 119 }],
  ["after it began", "2026-03-29T01:00:00Z", { weekday: 7, minute: 180 }],
  ["midnight", "2026-01-05T23:00:00Z", { weekday: 2, minute: 0 }],
])("the hour at a home in Berlin: %s", (_name, utc, local) => {
  expect(localTimeIn("Europe/Berlin", Date.parse(utc))).toEqual(local);
});
