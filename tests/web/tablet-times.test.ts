/** Hours are the home's, wherever the tablet thinks it stands. */
import { expect, test } from "vitest";
import { dayAfter, dayName } from "../../web/tablet/home/days.ts";
import { dayOf, momentOf, partOfDay, spanOf, timeOf } from "../../web/tablet/home/times.ts";
import { countHoursIn, homeDate } from "../../web/tablet/home/zone.ts";
import { wordsOf } from "../../web/tablet/words/languages.ts";

const de = wordsOf("de");
const en = wordsOf("en");

/** Shortly after midnight in Berlin, still the day before in London. */
const night = Date.UTC(2026, 10, 26, 23, 5);

test("the clock, the day and the part of the day are those of the home", () => {
  countHoursIn("Europe/Berlin");
  expect(timeOf(night, de)).toBe("00:05");
  expect(dayOf(night, de)).toBe("Freitag, 27. November");
  expect(partOfDay(night, de)).toBe("Nacht");
  expect(partOfDay(night + 10 * 3_600_000, en)).toBe("morning");
  expect(dayAfter(night, 1)).toBe("2026-11-28");
  expect(dayName("2026-11-27", night, de)).toBe(de.services.today);
  expect(dayName("2026-12-01", night, de)).toBe("Dienstag, 1. Dezember");
  countHoursIn("Europe/London");
  expect(timeOf(night, de)).toBe("23:05");
  countHoursIn("Nowhere/Atall");
  expect(homeDate(night).getUTCHours()).toBe(new Date(night).getHours());
  countHoursIn("Europe/Berlin");
});

test("I5: an hour that the tablet's own zone does not have is shown as the home's", () => {
  const before = process.env["TZ"];
  // London puts its clocks on at one; in Berlin that is the hour before its own are put on.
  process.env["TZ"] = "Europe/London";
  try {
    const halfPastOne = Date.UTC(2026, 2, 29, 0, 30);
    expect(new Date(2026, 2, 29, 1, 30).getHours()).toBe(2);
    countHoursIn("Europe/Berlin");
    expect(timeOf(halfPastOne, de)).toBe("01:30");
    expect(timeOf(halfPastOne + 3_600_000, de)).toBe("03:30");
    expect(dayAfter(halfPastOne, 1)).toBe("2026-03-30");
    expect(dayName("2026-03-31", halfPastOne, de)).toBe("Dienstag, 31. März");
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});

test("a moment has its day where it was not today", () => {
  expect(momentOf(night, night + 3_600_000, de)).toBe("um 00:05");
  expect(momentOf(night - 3_600_000, night, de)).toBe("am Donnerstag um 23:05");
  expect(momentOf(night - 20 * 86_400_000, night, de)).toBe("am Samstag, 7. November um 00:05");
});

test("spans are whole and small", () => {
  const told = [20_000, 60_000, 5 * 60_000, 100 * 60_000].map((ms) => spanOf(ms, de));
  expect(told).toEqual(["weniger als 1 Minute", "1 Minute", "5 Minuten", "2 Stunden"]);
});
