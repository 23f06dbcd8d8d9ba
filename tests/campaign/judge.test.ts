import { describe, expect, test } from "vitest";
import type { DeskEvent } from "../../protocol/desk.ts";
import type { Shown } from "../../sim/demo/tablet.ts";
import { doubled, type Evidence, lost, untrue } from "./judge.ts";

const wallAt = (at: number): number => performance.timeOrigin + at;
const happened = (kind: DeskEvent["kind"], at: number): DeskEvent => ({
  kind,
  home: "weber",
  alarmId: "alarm-1",
  wall_ms: wallAt(at),
  text: kind,
});
const told = (key: string, at: number): Shown => ({
  topic: "home/announcement",
  payload: { key, alarmId: "alarm-1" },
  retained: false,
  at,
});

/** A call that went as it should. */
const right: Evidence = {
  care: [happened("raised", 1_000), happened("custody", 1_010)],
  shown: [told("help-stored", 1_005), told("help-with-care", 1_020), told("help-coming", 5_000)],
  accepted: new Map([["alarm-1", 4_000]]),
};

describe("the judge of the kill campaign", () => {
  test("finds nothing where all went well", () => {
    expect([...lost(right), ...doubled(right), ...untrue(right)]).toEqual([]);
  });

  test("I2: finds a call that was told and never arrived", () => {
    expect(lost({ ...right, care: [] })).toEqual(["alarm-1"]);
  });

  test("knows a call by its custody when the care service died before it printed more", () => {
    const silent = right.care.filter(({ kind }) => kind === "custody");
    expect(lost({ ...right, care: silent })).toEqual([]);
  });

  test("finds a call that was raised twice", () => {
    expect(doubled({ ...right, care: [...right.care, ...right.care] })).toEqual(["alarm-1"]);
  });

  test("I2: finds custody that was told and never taken, or taken only later", () => {
    const never = right.care.filter(({ kind }) => kind !== "custody");
    expect(untrue({ ...right, care: never })).toEqual(["help-with-care alarm-1"]);
    const later = [happened("raised", 1_000), happened("custody", 2_000)];
    expect(untrue({ ...right, care: later })).toEqual(["help-with-care alarm-1"]);
  });

  test("I2: finds help that was said to come before anybody accepted", () => {
    expect(untrue({ ...right, accepted: new Map() })).toEqual(["help-coming alarm-1"]);
    const later = new Map([["alarm-1", 6_000]]);
    expect(untrue({ ...right, accepted: later })).toEqual(["help-coming alarm-1"]);
  });
});
