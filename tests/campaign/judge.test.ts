import { describe, expect, test } from "vitest";
import type { DeskEvent } from "../../protocol/desk.ts";
import { lateAfter } from "../../rules/machines/escalation-state.ts";
import type { Tell } from "../../sim/demo/journal-file.ts";
import type { Shown } from "../../sim/demo/tablet.ts";
import { type Across, faultOf, newTell } from "./deadline.ts";
import { doubled, type Evidence, ignored, lost, untrue } from "./judge.ts";
import { floorsFor, planFor, rotation } from "./rotation.ts";

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

  test("I1: a gateway that lived a second and told nobody is to blame; a killed one is not", () => {
    const press = (killedAt: number) => ({ pressedAt: 2_000, killedAt });
    const before = [told("help-stored", 1_000)];
    expect(ignored(press(3_000), before)).toBe(true);
    expect(ignored(press(3_000), [...before, told("alarm-closed", 2_500)])).toBe(true);
    expect(ignored(press(2_900), before)).toBe(false);
    expect(ignored(press(2_000), before)).toBe(false);
    expect(ignored(press(3_000), [told("help-stored", 2_050)])).toBe(false);
    expect(ignored(press(3_000), [told("help-stored", 3_500)])).toBe(true);
  });
});

describe("the rotation of the kill campaign", () => {
  test("25 kills hold every plan", () => {
    const dealt = new Set(Array.from({ length: 25 }, (_, at) => planFor(at + 1)));
    expect(dealt).toEqual(new Set(rotation));
    expect(dealt.size).toBe(7);
  });

  test("a short campaign has floors above nothing", () => {
    const { calls, deadlines } = floorsFor(25);
    expect(calls).toBeGreaterThan(15);
    expect(deadlines).toBeGreaterThan(4);
  });
});

describe("a deadline across a kill", () => {
  const tell = (at: number, step: number, late = false): Tell => ({ at, step, round: 0, late });
  /** Raised at 1 s, told at 4 s, killed, back at 7 s; the next step is due at 9 s. */
  const right: Across = {
    start: { at: 0, mono: 500 },
    again: { at: 7_000, mono: 7_500 },
    raisedAt: 1_000,
    inCustody: false,
    last: tell(4_000, 0),
    next: tell(9_010, 1),
  };
  const overdue: Across = { ...right, again: { at: 20_000, mono: 20_500 } };

  test("I5: the next step in its time is right, and so is an overdue one, at once and late", () => {
    expect(faultOf(right)).toBeUndefined();
    expect(faultOf({ ...right, last: undefined, next: tell(7_020, 0) })).toBeUndefined();
    expect(faultOf({ ...overdue, next: tell(20_010, 1, true) })).toBeUndefined();
    const taken = { ...right, last: undefined, inCustody: true, next: tell(11_010, 0) };
    expect(faultOf(taken)).toBeUndefined();
  });

  test("I5: a step that comes too late, is not marked, or is marked wrongly is found", () => {
    expect(faultOf({ ...right, next: tell(11_000, 1) })).toContain("too late");
    expect(faultOf({ ...overdue, next: tell(23_000, 1, true) })).toContain("too late");
    expect(faultOf({ ...overdue, next: tell(20_010, 1) })).toContain("not marked late");
    expect(faultOf({ ...right, next: tell(9_010, 1, true) })).toContain("is marked late");
    expect(20_010 - 9_000).toBeGreaterThan(lateAfter);
  });

  test("I5: a gateway time that lost the kill is found", () => {
    expect(faultOf({ ...right, again: { at: 6_000, mono: 7_500 } })).toContain("jumped");
  });

  test("a step told before the kill, and told again after it, is no new one", () => {
    const tells = [tell(4_000, 0), tell(7_000, 0)];
    expect(newTell(tells, tells[0])).toBeUndefined();
    expect(newTell([...tells, tell(9_000, 1)], tells[0])).toEqual(tell(9_000, 1));
    expect(newTell(tells, undefined)).toEqual(tells[0]);
  });
});
