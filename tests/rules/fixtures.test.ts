import { describe, expect, test } from "vitest";
import type { PlannedDevice } from "../../protocol/home.ts";
import { minutes } from "../../protocol/time.ts";
import { homeMachines } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHomeWith, stovePlug } from "../support/stove-home.ts";

const lamp: PlannedDevice = {
  id: "lamp",
  roles: ["light"],
  room: "living",
  power: "mains",
  checkInEvery: minutes(5),
  byRadio: true,
};
const plan = stoveHomeWith((all) => [
  ...all.filter(({ id }) => id !== "plug"),
  { ...stovePlug, roles: [...stovePlug.roles, "light"] },
  lamp,
  { ...lamp, id: "blind", roles: ["cover"] },
  { ...lamp, id: "wired", roles: ["front-door"], byRadio: false },
]);

function home(): { readonly run: RuleRun; readonly level: (id: string) => unknown } {
  const run = runRules(homeMachines, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  const level = (id: string): unknown =>
    viewOf(plan, run.state(), run.now()).fixtures.find((one) => one.id === id)?.level;
  return { run, level };
}

describe("lights, covers and doors", () => {
  test("I6: are unknown until they say how they are", () => {
    const { run, level } = home();
    expect(["lamp", "blind", "door", "wired"].map(level)).toEqual([null, null, null, null]);
    run.say({ kind: "level-read", device: "lamp", level: 39.6 });
    run.say({ kind: "level-read", device: "blind", level: 120 });
    run.say({ kind: "contact-sensed", device: "door", open: true });
    run.say({ kind: "contact-sensed", device: "wired", open: false });
    expect(["lamp", "blind", "door", "wired"].map(level)).toEqual([40, 100, 100, 0]);
  });

  test("show since when they are so", () => {
    const { run } = home();
    const since = () =>
      viewOf(plan, run.state(), run.now()).fixtures.find(({ id }) => id === "lamp")?.since;
    run.say({ kind: "level-read", device: "lamp", level: 40 });
    const first = run.now();
    run.pass(minutes(1));
    run.say({ kind: "level-read", device: "lamp", level: 40 });
    expect(since()).toBe(first);
    run.say({ kind: "level-read", device: "lamp", level: 0 });
    expect(since()).toBe(run.now());
  });

  test("I8: no stove, no sensor and no stranger is taken for one", () => {
    const { run, level } = home();
    run.say({ kind: "level-read", device: "plug", level: 0 });
    run.say({ kind: "level-read", device: "door", level: 0 });
    run.say({ kind: "level-read", device: "nobody", level: 0 });
    run.say({ kind: "contact-sensed", device: "lamp", open: true });
    run.say({ kind: "contact-sensed", device: "nobody", open: true });
    expect(["plug", "door", "lamp"].map(level)).toEqual([undefined, null, null]);
    expect(run.state().machines["fixtures"]).toEqual({ levels: {} });
  });

  test("I6: are unknown again after a start, whatever they were", () => {
    const { run, level } = home();
    run.say({ kind: "level-read", device: "lamp", level: 40 });
    run.restart(1_000);
    expect(level("lamp")).toBeNull();
  });

  test("I6: are unknown when they fall silent, are missing, or nobody could hear them", () => {
    const { run, level } = home();
    run.say({ kind: "level-read", device: "lamp", level: 40 });
    run.say({ kind: "level-read", device: "blind", level: 10 });
    run.say({ kind: "contact-sensed", device: "wired", open: true });
    run.say({ kind: "device-missing", device: "blind" });
    expect(["lamp", "blind"].map(level)).toEqual([40, null]);
    run.say({ kind: "battery-read", device: "lamp", volts: 2 });
    expect(level("lamp")).toBe(40);
    run.pass(minutes(11));
    expect(level("lamp")).toBeNull();
    run.say({ kind: "level-read", device: "lamp", level: 40 });
    run.say({ kind: "contact-sensed", device: "wired", open: true });
    run.say({ kind: "radio-lost", cause: "cut" });
    expect(["lamp", "wired"].map(level)).toEqual([null, 100]);
  });

  test("I6: a device that left the plan is forgotten with the radio", () => {
    const fixtures = homeMachines.fixtures;
    const state = { levels: { gone: { level: 1, since: runRules({}, plan).now() } } };
    const run = runRules({ fixtures: { ...fixtures, initial: () => state } }, plan);
    run.say({ kind: "radio-lost", cause: "cut" });
    expect(run.state().machines["fixtures"]).toEqual({ levels: {} });
  });
});
