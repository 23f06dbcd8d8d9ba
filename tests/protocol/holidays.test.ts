import { expect, test } from "vitest";
import { type Day, easterOf, isHoliday, type Region, regions } from "../../protocol/holidays.ts";

const day = (text: string): Day => {
  const [year = 0, month = 0, date = 0] = text.split("-").map(Number);
  return { year, month, day: date };
};
const keeps = (region: Region, text: string): boolean => isHoliday(region, day(text));

test("Easter of a hundred years falls on Sundays between 22 March and 25 April", () => {
  const known = ["2000-4-23", "2008-3-23", "2011-4-24", "2024-3-31", "2026-4-5", "2038-4-25"];
  for (const text of known) expect(easterOf(day(text).year)).toEqual(day(text));
  for (let year = 1990; year < 2090; year += 1) {
    const { month, day: date } = easterOf(year);
    expect(new Date(Date.UTC(year, month - 1, date)).getUTCDay(), `${year}`).toBe(0);
    expect(month * 100 + date).toBeGreaterThanOrEqual(322);
    expect(month * 100 + date).toBeLessThanOrEqual(425);
  }
});

test("what all of Germany keeps, and nothing else, in every state", () => {
  const all = ["1-1", "4-3", "4-6", "5-1", "5-14", "5-25", "10-3", "12-25", "12-26"];
  for (const region of regions) {
    for (const text of all) expect(keeps(region, `2026-${text}`), `${region} ${text}`).toBe(true);
    expect(keeps(region, "2026-12-24")).toBe(false);
    expect(keeps(region, "2026-4-7")).toBe(false);
  }
});

test("what some states keep, also in a leap year", () => {
  const inState = (text: string): string => regions.filter((one) => keeps(one, text)).join(" ");
  expect(inState("2026-1-6")).toBe("BW BY ST");
  expect(inState("2026-3-8")).toBe("BE MV");
  expect(inState("2026-4-5")).toBe("BB");
  expect(inState("2024-5-30")).toBe("BW BY HE NW RP SL");
  expect(inState("2024-5-19")).toBe("BB");
  expect(inState("2026-8-15")).toBe("SL");
  expect(inState("2026-9-20")).toBe("TH");
  expect(inState("2026-10-31")).toBe("BB HB HH MV NI SN ST SH TH");
  expect(inState("2026-11-1")).toBe("BW BY NW RP SL");
});

test("Saxony's day of repentance is the Wednesday before 23 November", () => {
  const found = (year: number): readonly number[] =>
    Array.from({ length: 30 }, (_, at) => at + 1).filter((date) =>
      keeps("SN", `${year}-11-${date}`),
    );
  expect([2022, 2023, 2024, 2025, 2026, 2027, 2100].map(found)).toEqual(
    [16, 22, 20, 19, 18, 17, 17].map((date) => [date]),
  );
  expect(keeps("BY", "2026-11-18")).toBe(false);
});
