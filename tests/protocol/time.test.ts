import { expect, test } from "vitest";
import {
  after,
  between,
  earliest,
  hours,
  instant,
  laterLocal,
  milliseconds,
  minutes,
  seconds,
} from "../../protocol/time.ts";

test("lengths of time are milliseconds, whatever they are given in", () => {
  expect([milliseconds(5), seconds(5), minutes(5), hours(5)]).toEqual([
    5, 5_000, 300_000, 18_000_000,
  ]);
  expect(after(instant(100), seconds(1))).toBe(1_100);
  expect(between(instant(100), instant(40))).toBe(-60);
});

test("the earliest of several deadlines, of which some are none", () => {
  expect(earliest()).toBeUndefined();
  expect(earliest(undefined, undefined)).toBeUndefined();
  expect(earliest(instant(7), undefined, instant(3), instant(5))).toBe(3);
});

test("local time goes on across midnight and the end of the week", () => {
  expect(laterLocal({ weekday: 3, minute: 600 }, minutes(30))).toEqual({ weekday: 3, minute: 630 });
  expect(laterLocal({ weekday: 3, minute: 1_439 }, milliseconds(59_999))).toEqual({
    weekday: 3,
    minute: 1_439,
  });
  expect(laterLocal({ weekday: 3, minute: 1_439 }, minutes(1))).toEqual({ weekday: 4, minute: 0 });
  expect(laterLocal({ weekday: 7, minute: 1_430 }, minutes(20))).toEqual({
    weekday: 1,
    minute: 10,
  });
  expect(laterLocal({ weekday: 6, minute: 60 }, hours(24 * 15))).toEqual({
    weekday: 7,
    minute: 60,
  });
  expect(laterLocal({ weekday: 1, minute: 5 }, minutes(-10))).toEqual({
    weekday: 7,
    minute: 1_435,
  });
});

test("I6: of another day it is not known whether it is a holiday", () => {
  const eve = { weekday: 4, minute: 1_430, holiday: true, holidayBefore: false, absent: true };
  expect(laterLocal(eve, minutes(9))).toEqual({ ...eve, minute: 1_439 });
  expect(laterLocal(eve, minutes(10))).toEqual({
    weekday: 5,
    minute: 0,
    holidayBefore: true,
    absent: true,
  });
  expect(laterLocal(eve, hours(48))).toEqual({ weekday: 6, minute: 1_430, absent: true });
});
