import { describe, expect, test } from "vitest";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import { stoveGuard } from "../../rules/machines/stove-guard.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";

const power = (watts: number) => ({ kind: "power-read", device: "plug", watts }) as const;
const relay = (on: boolean) => ({ kind: "relay-read", device: "plug", on }) as const;
const moves = (device: string, moving: boolean) =>
  ({ kind: "motion-sensed", device, moving }) as const;
const door = (open: boolean) => ({ kind: "contact-sensed", device: "door", open }) as const;
const smoke = (present: boolean, hazard: "smoke" | "heat" | "leak" = "smoke") =>
  ({ kind: "hazard-sensed", device: hazard, hazard, present }) as const;
const present = { kind: "presence-said", client: "tablet" } as const;
const reset = { kind: "stove-reset-requested", client: "tablet" } as const;
const hold = (count: number) =>
  ({ kind: "stove-hold-requested", client: "tablet", minutes: count }) as const;
const fault = (subject: string, what: "silent" | "stuck" | "missing" | "battery-low") =>
  ({ kind: "fault-found", fault: { subject, what, blind: [] } }) as const;
const mended = (subject: string, what: "silent" | "stuck" | "missing" | "battery-low") =>
  ({ kind: "fault-cleared", fault: { subject, what, blind: [] } }) as const;

/** A gateway that has just started, with a ready radio and a plug that was read: on, no power. */
function home(plan: HomePlan = stoveHome): RuleRun {
  const run = runRules({ stoveGuard }, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  run.say(relay(true));
  run.say(power(0));
  return run;
}

const stove = (run: RuleRun): StoveState => run.state().machines["stoveGuard"] as StoveState;
const phase = (run: RuleRun): string => stove(run).phase;

/** Somebody cooks: a walk into the kitchen, and a pan. */
function cook(run: RuleRun): void {
  run.say(moves("kitchen", true));
  run.say(power(1_800));
  run.pass(seconds(20));
  run.say(moves("kitchen", false));
}

/** The stove is cut, and the plug answers as it should. */
function cutAndProved(run: RuleRun): void {
  cook(run);
  run.pass(minutes(6));
  run.say(relay(false));
  run.say(power(0));
  expect(phase(run)).toBe("proved-off");
}

describe("a forgotten stove", () => {
  test("I1, I2: warned after the absence, cut 15 s later, and off only when proved", () => {
    const run = home();
    cook(run);
    expect(phase(run)).toBe("on");
    run.pass(minutes(1));
    expect(phase(run)).toBe("unattended");
    run.pass(minutes(4));
    expect(phase(run)).toBe("warned");
    expect(run.said()).toEqual(["stove-unattended"]);
    expect(only(run.effects, "cut-power")).toEqual([]);
    const cut = run.pass(seconds(15));
    expect(cut[0]).toMatchObject({ kind: "cut-power", device: "plug", way: "direct" });
    expect(phase(run)).toBe("cut");
    expect(stove(run).latch?.because).toBe("absence");
    run.pass(milliseconds(300));
    run.say(relay(false));
    expect(phase(run)).toBe("cut");
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
    expect(run.said()).toEqual(["stove-unattended", "stove-cut", "stove-proved-off"]);
    run.pass(hours(24));
    expect(run.alarms()).toEqual([]);
    expect(phase(run)).toBe("proved-off");
  });

  test("somebody who comes back during the warning takes it back", () => {
    const run = home();
    cook(run);
    run.pass(minutes(5));
    expect(phase(run)).toBe("warned");
    run.pass(seconds(14));
    run.say(moves("kitchen", true));
    expect(phase(run)).toBe("on");
    expect(stove(run).signal).toBe("none");
    run.pass(minutes(20));
    expect(only(run.effects, "cut-power")).toEqual([]);
    run.say(moves("kitchen", false));
    run.pass(minutes(5));
    expect(phase(run)).toBe("warned");
  });

  test("'I am here' takes the warning back; said at another time it is no presence", () => {
    const run = home();
    cook(run);
    run.pass(minutes(4));
    run.say(present);
    run.pass(minutes(1));
    expect(phase(run)).toBe("warned");
    run.say(present);
    expect(phase(run)).toBe("on");
    run.pass(minutes(4));
    expect(phase(run)).toBe("unattended");
    run.pass(minutes(1));
    expect(phase(run)).toBe("warned");
  });
});

