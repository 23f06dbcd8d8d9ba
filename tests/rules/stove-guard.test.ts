import { describe, expect, test } from "vitest";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import { adoptState } from "../../rules/adopt.ts";
import { stoveGuard } from "../../rules/machines/stove-guard.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith, stovePlug } from "../support/stove-home.ts";

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

/** Time passes while the plug says every two minutes how it stands, as a plug does. */
function passReported(run: RuleRun, length: number, watts = 1_800, on = true): void {
  const until = run.now() + length;
  while (run.now() < until) {
    run.pass(milliseconds(Math.min(minutes(2), until - run.now())));
    run.say(relay(on));
    run.say(power(watts));
  }
}

/** Somebody goes on moving in the kitchen, and the sensor rests for a second now and then. */
function passBusy(run: RuleRun, length: number): void {
  const until = run.now() + length;
  while (run.now() < until) {
    run.say(moves("kitchen", false));
    run.say(moves("kitchen", true));
    passReported(run, Math.min(minutes(8), until - run.now()));
  }
}

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
  run.pass(milliseconds(minutes(5) + seconds(16)));
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
    run.pass(minutes(14));
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

describe("presence", () => {
  test("I6: one 'moving' is believed for a quarter of an hour: its end may be lost", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    passReported(run, minutes(14));
    expect(phase(run)).toBe("on");
    passReported(run, minutes(1));
    expect(phase(run)).toBe("warned");
    // The check-in that comes much later is no presence either.
    run.say(moves("kitchen", false));
    expect(phase(run)).toBe("warned");
    run.pass(seconds(15));
    expect(stove(run).latch?.because).toBe("absence");
  });

  test("a sensor that says 'moving' again is believed again", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    passReported(run, minutes(14));
    run.say(moves("kitchen", true));
    passReported(run, minutes(14));
    expect(phase(run)).toBe("on");
    run.say(moves("kitchen", false));
    passReported(run, minutes(4));
    expect(phase(run)).toBe("unattended");
    expect(run.said()).toEqual([]);
  });

  test("I6: 'nobody moves', said again at a check-in, is no sign of anybody", () => {
    const run = home();
    cook(run);
    run.pass(minutes(4));
    run.say(moves("kitchen", false));
    run.pass(minutes(1));
    expect(phase(run)).toBe("warned");
  });

  test("movement in another room, or of a device that is no motion sensor, is no presence", () => {
    const run = home();
    cook(run);
    run.pass(minutes(4));
    run.say(moves("hall", true));
    run.say(moves("door", true));
    run.say(moves("stranger", true));
    run.pass(minutes(1));
    expect(phase(run)).toBe("warned");
  });

  test("I6: what a stuck sensor said is forgotten, and it counts again after it was mended", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    run.pass(minutes(10));
    expect(phase(run)).toBe("on");
    run.say(fault("kitchen", "stuck"));
    run.say(fault("kitchen", "stuck"));
    expect(phase(run)).toBe("warned");
    run.say(moves("kitchen", true));
    expect(phase(run)).toBe("warned");
    run.say(moves("kitchen", false));
    run.say(mended("kitchen", "stuck"));
    expect(phase(run)).toBe("warned");
    run.say(moves("kitchen", true));
    expect(phase(run)).toBe("on");
  });

  test("I6: a silent sensor counts up to its last frame, and again when it speaks", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    run.pass(minutes(6));
    run.say(fault("kitchen", "silent"));
    run.say(fault("hall", "missing"));
    run.say(fault("kitchen", "battery-low"));
    expect(phase(run)).toBe("warned");
    run.say(moves("kitchen", true));
    expect(phase(run)).toBe("on");
    run.say(mended("kitchen", "silent"));
    run.say(mended("hall", "missing"));
    run.say(mended("kitchen", "battery-low"));
    expect(stove(run).silent).toEqual([]);
  });

  test("cooking while every presence sensor is blind is said, and ends by time", () => {
    const run = home();
    run.say(fault("kitchen", "missing"));
    run.say(power(1_800));
    expect(run.said()).toEqual(["module-blind"]);
    run.pass(minutes(5));
    expect(phase(run)).toBe("warned");
  });

  test("a home without a kitchen sensor knows presence by the switch and the tablet alone", () => {
    const run = home(stoveHomeWith((all) => all.filter(({ id }) => id !== "kitchen")));
    run.say(power(1_800));
    expect(run.said()).toEqual([]);
    run.pass(minutes(5));
    run.say(present);
    expect(phase(run)).toBe("on");
    run.pass(milliseconds(minutes(5) + seconds(15)));
    expect(phase(run)).toBe("cut");
  });
});

describe("the longer rules", () => {
  test("three hours without a touch: only a touch takes the warning back", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    passBusy(run, hours(3));
    expect(stove(run).warning?.because).toBe("untouched");
    run.say(moves("kitchen", true));
    expect(phase(run)).toBe("warned");
    run.say(present);
    expect(phase(run)).toBe("on");
    passBusy(run, hours(2));
    expect(stove(run).warning?.because).toBe("total");
    run.say(present);
    run.pass(seconds(15));
    expect(stove(run).latch?.because).toBe("total");
  });

  test("the oven hold extends the absence, and nothing else", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    run.pass(minutes(59));
    expect(phase(run)).toBe("unattended");
    run.pass(minutes(1));
    expect(stove(run).warning?.because).toBe("absence");
    run.say(hold(99));
    expect(phase(run)).toBe("on");
    run.say(smoke(true));
    expect(stove(run).latch?.because).toBe("smoke");
  });

  test("a hold out of bounds, or without a stove that is on, is refused", () => {
    const run = home();
    run.say(hold(10));
    cook(run);
    run.say(hold(100));
    run.say(hold(0));
    run.say(hold(Number.NaN));
    expect(stove(run).cooking?.holdUntil).toBeNull();
    expect(run.why().filter((why) => why.includes("refused"))).toHaveLength(4);
  });

  test("leaving the home cuts sooner; a hold does not change that", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    run.say(door(true));
    run.pass(seconds(12));
    run.say(door(false));
    run.pass(minutes(2));
    expect(stove(run).warning?.because).toBe("left-home");
    run.pass(seconds(15));
    expect(stove(run).latch?.because).toBe("left-home");
  });

  test("somebody who moves anywhere after the door has not left", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    run.say(moves("hall", true));
    run.say(door(true));
    run.say(door(false));
    run.pass(minutes(3));
    expect(phase(run)).toBe("unattended");
    run.say(moves("hall", false));
    expect(stove(run).warning?.because).toBe("left-home");
    run.say(moves("bath", true));
    expect(phase(run)).toBe("unattended");
  });

  test("somebody who comes home during the warning settles leaving, not the absence", () => {
    const run = home();
    cook(run);
    run.pass(minutes(2));
    run.say(door(true));
    run.pass(seconds(55));
    run.say(door(false));
    run.pass(minutes(2));
    expect(stove(run).warning?.because).toBe("left-home");
    run.pass(seconds(10));
    run.say(moves("bath", true));
    expect(stove(run).warning).not.toBeNull();
    run.pass(seconds(5));
    expect(stove(run).latch?.because).toBe("absence");
  });

  test("I6: a stuck sensor holds nobody at home", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    run.say(fault("hall", "stuck"));
    run.say(door(true));
    run.say(door(false));
    run.pass(minutes(1));
    run.say(moves("hall", true));
    run.pass(minutes(1));
    expect(stove(run).warning?.because).toBe("left-home");
  });

  test("I6: a door that says 'closed' again, or another contact, was not used", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    run.say(door(false));
    run.say({ kind: "contact-sensed", device: "bath", open: true });
    run.say({ kind: "contact-sensed", device: "bath", open: false });
    run.pass(minutes(10));
    expect(phase(run)).toBe("unattended");
  });

  test("I1: smoke or heat cuts at once, without a warning; a leak does not", () => {
    for (const hazard of ["smoke", "heat"] as const) {
      const run = home();
      run.say(moves("kitchen", true));
      run.say(power(1_800));
      run.say(smoke(true, "leak"));
      expect(phase(run)).toBe("on");
      const effects = run.say(smoke(true, hazard));
      expect(effects[0]).toMatchObject({ kind: "cut-power", way: "direct" });
      expect(run.said()).toEqual(["stove-cut"]);
      expect(stove(run).latch?.because).toBe(hazard);
    }
  });

  test("I1, I6: smoke cuts whatever the power is said to be, unless the relay lately said off", () => {
    const low = home();
    low.say(smoke(true));
    expect(stove(low).latch?.because).toBe("smoke");

    const off = home();
    off.say(relay(false));
    off.say(smoke(true));
    expect(phase(off)).toBe("off");
    off.say(relay(true));
    expect(stove(off).latch?.because).toBe("smoke");

    const old = home();
    old.say(relay(false));
    old.say(smoke(true));
    old.pass(milliseconds(minutes(10) - 1));
    expect(stove(old).latch).toBeNull();
    old.pass(milliseconds(1));
    expect(stove(old).latch?.because).toBe("smoke");

    const welded = home();
    welded.say(relay(false));
    welded.say(power(1_800));
    welded.say(smoke(true, "heat"));
    expect(stove(welded).latch?.because).toBe("heat");
  });

  test("I6: smoke while nobody knows whether the stove is on cuts it", () => {
    const run = runRules({ stoveGuard }, stoveHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
    run.say(smoke(true));
    expect(phase(run)).toBe("cut");
  });
});

describe("the thermostat", () => {
  test("power that rests and returns is the same cooking, not a hand at the knob", () => {
    const run = home();
    cook(run);
    for (let cycle = 0; cycle < 4; cycle += 1) {
      run.say(power(0));
      run.pass(seconds(40));
      run.say(power(1_800));
      run.pass(seconds(20));
    }
    run.pass(minutes(1));
    expect(phase(run)).toBe("warned");
    run.say(power(0));
    run.pass(seconds(15));
    expect(phase(run)).toBe("cut");
  });

  test("a stove that was switched off by hand is neither warned of nor cut", () => {
    const run = home();
    cook(run);
    run.say(power(2));
    run.pass(minutes(9));
    expect(phase(run)).toBe("unattended");
    run.say(power(2));
    run.pass(minutes(1));
    expect(phase(run)).toBe("off");
    expect(run.said()).toEqual([]);
    expect(only(run.effects, "cut-power")).toEqual([]);
  });

  test("a relay that says off while power comes and goes is not believed", () => {
    const run = home();
    cook(run);
    run.say(relay(false));
    run.pass(seconds(10));
    for (let cycle = 0; cycle < 5; cycle += 1) {
      run.say(power(1_800));
      run.pass(seconds(40));
      run.say(power(0));
      run.say(relay(false));
      run.pass(seconds(30));
    }
    expect(phase(run)).toBe("not-off");
    expect(run.alarms()).toEqual(["stove-not-off"]);
  });

  test("a relay that somebody switched off at the plug ends the cooking at once", () => {
    const run = home();
    cook(run);
    run.say(relay(false));
    expect(phase(run)).toBe("on");
    run.say(power(0));
    expect(phase(run)).toBe("off");
    run.say(reset);
    expect(only(run.effects, "give-power")).toHaveLength(1);
  });
});

describe("the slow thermostat", () => {
  /** Four minutes hot, eleven at rest. */
  function burst(run: RuleRun): void {
    run.say(power(1_800));
    passReported(run, minutes(4));
    run.say(power(0));
    passReported(run, minutes(11), 0);
  }

  test("power that comes back and nobody came: the same cooking, and it is forgotten", () => {
    const run = home();
    cook(run);
    burst(run);
    expect(phase(run)).toBe("off");
    run.say(power(1_800));
    expect(stove(run).warning?.because).toBe("absence");
    run.pass(seconds(15));
    expect(phase(run)).toBe("cut");
  });

  test("the oven hold goes on through its rests", () => {
    const run = home();
    cook(run);
    run.say(hold(60));
    for (let nth = 0; nth < 3; nth += 1) burst(run);
    run.say(power(1_800));
    expect(phase(run)).toBe("unattended");
    passReported(run, minutes(14));
    expect(phase(run)).toBe("unattended");
    passReported(run, minutes(1));
    expect(stove(run).warning?.because).toBe("absence");
  });

  test("somebody who came to the kitchen meanwhile has a cooking of his own", () => {
    for (const comes of [true, false]) {
      const run = home();
      cook(run);
      burst(run);
      run.say(moves("kitchen", true));
      if (comes) run.say(moves("kitchen", false));
      run.say(power(1_800));
      expect(phase(run)).toBe("on");
      expect(stove(run).cooking?.onAt).toBe(run.now());
    }
  });

  test("after an hour, an unknown gap, or a reset it is a hand that switched it on", () => {
    const hour = home();
    cook(hour);
    burst(hour);
    passReported(hour, minutes(49), 0);
    hour.say(power(1_800));
    expect(phase(hour)).toBe("on");

    const gap = home();
    cook(gap);
    burst(gap);
    gap.restart(null, minutes(1));
    gap.say({ kind: "radio-ready" });
    gap.say(power(1_800));
    expect(phase(gap)).toBe("on");

    const missed = home();
    cook(missed);
    missed.say(hold(99));
    missed.say(power(0));
    missed.restart(null, minutes(1));
    missed.say({ kind: "radio-ready" });
    missed.say(relay(true));
    missed.say(power(0));
    passReported(missed, minutes(11), 0);
    missed.say(power(1_800));
    expect(stove(missed).cooking).toMatchObject({ onAt: missed.now(), holdUntil: null });

    const known = home();
    cook(known);
    burst(known);
    known.restart(minutes(1));
    known.say({ kind: "radio-ready" });
    known.say(power(1_800));
    expect(phase(known)).toBe("warned");
  });
});

describe("readings grow old", () => {
  const asks = (run: RuleRun): number => only(run.effects, "read-relay").length;

  test("I6: power that is no longer told is asked for, then unknown, then taken for on", () => {
    const run = home();
    const before = asks(run);
    for (let told = 0; told < 8; told += 1) {
      run.pass(minutes(1));
      run.say(relay(true));
    }
    expect(asks(run)).toBe(before);
    run.pass(minutes(1));
    expect(asks(run)).toBe(before + 1);
    expect(phase(run)).toBe("off");
    run.pass(minutes(1));
    expect(asks(run)).toBe(before + 1);
    expect(phase(run)).toBe("unknown");
    run.pass(minutes(1));
    expect(phase(run)).toBe("on");
    run.pass(minutes(5));
    expect(stove(run).warning?.because).toBe("absence");
    run.pass(seconds(15));
    expect(phase(run)).toBe("cut");
  });

  test("a plug that answers is known again, and asked again when that grows old", () => {
    const run = home();
    const before = asks(run);
    run.pass(minutes(9));
    run.say(relay(true));
    run.say(power(0));
    run.pass(milliseconds(minutes(9) - 1));
    expect(asks(run)).toBe(before + 1);
    run.pass(milliseconds(1));
    expect(asks(run)).toBe(before + 2);
    expect(phase(run)).toBe("off");
  });

  test("a relay that spoke long ago has its power awaited like one that never spoke", () => {
    const run = home();
    run.say(relay(false));
    run.pass(minutes(30));
    expect(phase(run)).toBe("unknown");
    run.say(relay(true));
    run.pass(seconds(59));
    expect(phase(run)).toBe("unknown");
    run.pass(seconds(1));
    expect(phase(run)).toBe("on");
  });

  test("a meter of its own is asked beside the relay", () => {
    const run = home(
      stoveHomeWith((all) => [
        ...all.filter(({ id }) => id !== "plug"),
        { ...stovePlug, roles: ["stove-relay"] },
        { ...stovePlug, id: "meter", roles: ["stove-meter"] },
      ]),
    );
    const effects = run.say({ kind: "radio-ready" });
    expect(only(effects, "read-relay").map(({ device }) => device)).toEqual(["plug", "meter"]);
  });
});

describe("proof", () => {
  test("I2: readings of the instant of the cut, or before it, prove nothing", () => {
    const run = home();
    cook(run);
    run.pass(milliseconds(minutes(4) + seconds(59)));
    run.say(relay(false));
    run.pass(seconds(16));
    expect(phase(run)).toBe("cut");
    run.say(power(0));
    run.pass(milliseconds(1));
    run.say(relay(false));
    expect(phase(run)).toBe("cut");
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
  });

  test("I2: a relay read as off before the cut is no proof for after it", () => {
    const run = home();
    cook(run);
    run.pass(milliseconds(minutes(4) + seconds(59)));
    run.say(relay(false));
    run.pass(seconds(17));
    run.say(power(0));
    expect(phase(run)).toBe("cut");
    run.say(relay(false));
    expect(phase(run)).toBe("proved-off");
  });

  test("I2: a relay that says off proves nothing while power flows, from the first second", () => {
    const run = home();
    cook(run);
    run.pass(milliseconds(minutes(5) + seconds(16)));
    run.say(power(1_800));
    run.say(relay(false));
    expect(phase(run)).toBe("cut");
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
  });

  test("I2, I4: a lying relay is tried again both ways, for ever, and becomes an alarm", () => {
    const run = home();
    cook(run);
    run.pass(minutes(5));
    run.pass(seconds(15));
    expect(phase(run)).toBe("cut");
    const first = only(run.effects, "cut-power").length;
    run.say(relay(false));
    run.pass(seconds(4));
    run.say(power(1_800));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(1));
    expect(run.alarms()).toEqual(["stove-not-off"]);
    expect(phase(run)).toBe("not-off");
    expect(stove(run).signal).toBe("alarm");
    expect(run.said()).toContain("stove-not-off");
    const ways = only(run.effects, "cut-power").slice(first - 1);
    expect(ways.map((effect) => effect.way)).toEqual([
      "direct",
      "direct",
      "group",
      "direct",
      "direct",
      "group",
    ]);
    const before = only(run.effects, "cut-power").length;
    run.pass(hours(1));
    const tries = only(run.effects, "cut-power").length - before;
    expect(tries).toBeGreaterThan(120);
    expect(tries).toBeLessThan(300);
    expect(run.alarms()).toEqual(["stove-not-off"]);
    expect(run.facts.find((fact) => fact.kind === "alarm-raised")).toMatchObject({
      alarm: { category: "stove", level: "alarm", device: "plug", room: "kitchen", late: false },
    });
  });

  test("I2: a welded stove whose thermostat rests is not proved off by that", () => {
    const run = home();
    cook(run);
    run.pass(minutes(6));
    run.say(relay(false));
    run.say(power(1_800));
    run.pass(seconds(20));
    run.say(power(0));
    run.say(relay(false));
    expect(phase(run)).toBe("not-off");
    run.pass(minutes(9));
    run.say(power(0));
    expect(phase(run)).toBe("not-off");
    run.say(relay(false));
    run.pass(minutes(1));
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
    expect(run.said().at(-1)).toBe("stove-proved-off");
  });

  test("power that flows hours later is cut again at once, and an alarm when it goes on", () => {
    const run = home();
    cutAndProved(run);
    run.pass(hours(5));
    const effects = run.say(power(900));
    expect(effects[0]).toMatchObject({ kind: "cut-power" });
    run.pass(seconds(5));
    expect(run.alarms()).toEqual(["stove-not-off"]);
    run.pass(hours(1));
    expect(run.alarms()).toEqual(["stove-not-off"]);
  });

  test("I7: a press on the plug after the cut is cut again, and told, without an alarm", () => {
    const run = home();
    cutAndProved(run);
    run.pass(minutes(30));
    run.say(relay(true));
    expect(phase(run)).toBe("cut");
    run.say(power(1_800));
    run.pass(milliseconds(200));
    run.say(relay(false));
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
    expect(run.alarms()).toEqual([]);
    expect(run.why().some((why) => why.includes("switched on"))).toBe(true);
    expect(run.said().filter((key) => key === "stove-cut")).toHaveLength(2);
  });

  test("without a meter the relay's read-back is all there is, and the journal says so", () => {
    const bare = stoveHomeWith((all) =>
      all.map((device) => (device.id === "plug" ? { ...device, roles: ["stove-relay"] } : device)),
    );
    const run = home(bare);
    expect(phase(run)).toBe("on");
    run.pass(milliseconds(minutes(5) + seconds(15)));
    run.pass(seconds(5));
    run.say(relay(true));
    run.say(relay(false));
    expect(phase(run)).toBe("proved-off");
    expect(run.why().at(-1)).toContain("not metered");
    run.say(reset);
    run.say(relay(false));
    expect(phase(run)).toBe("off");
    run.pass(minutes(11));
    run.say(reset);
    expect(run.said().at(-1)).toBe("stove-reset-refused");
  });
});

describe("reset", () => {
  test("I7: only a deliberate local act gives the stove back, after power was seen low", () => {
    const run = home();
    cutAndProved(run);
    run.say(moves("kitchen", true));
    run.say(present);
    run.say(hold(10));
    run.pass(hours(1));
    expect(phase(run)).toBe("proved-off");
    run.say(reset);
    expect(only(run.effects, "give-power")).toEqual([]);
    expect(run.said().at(-1)).toBe("stove-reset-refused");
    run.say(power(0));
    run.say(reset);
    expect(only(run.effects, "give-power")).toHaveLength(1);
    expect(stove(run).latch).toBeNull();
    run.say(relay(true));
    expect(phase(run)).toBe("off");
    run.say(power(1_800));
    expect(phase(run)).toBe("on");
  });

  test("refused while the stove is not proved off, in use, unread, or somebody senses smoke", () => {
    const run = home();
    run.say(reset);
    expect(run.said()).toEqual(["stove-reset-refused"]);
    cook(run);
    run.say(reset);
    run.pass(minutes(6));
    run.say(reset);
    run.say(relay(false));
    run.say(power(0));
    run.say(smoke(true));
    run.say(reset);
    run.say(smoke(false));
    run.say(fault("plug", "silent"));
    run.say(reset);
    const words = only(run.effects, "announce")
      .filter((effect) => effect.key === "stove-reset-refused")
      .map((effect) => effect.words["because"]);
    expect(words).toEqual(["off", "on", "not-off", "hazard", "unknown"]);
    expect(only(run.effects, "give-power")).toEqual([]);
  });
});

describe("a detector", () => {
  test("the refusal names the one that still senses smoke, and its room", () => {
    const run = home();
    cutAndProved(run);
    run.say(smoke(true));
    run.say(reset);
    expect(only(run.effects, "announce").at(-1)).toMatchObject({
      key: "stove-reset-refused",
      words: { because: "hazard", device: "smoke", room: "kitchen" },
    });
    expect(run.why().at(-1)).toContain("smoke, kitchen");
  });

  test("that left the plan no longer holds the stove after the next start", () => {
    const run = home();
    cutAndProved(run);
    run.say(smoke(true));
    run.say({ kind: "hazard-sensed", device: "toaster", hazard: "smoke", present: true });
    run.say(smoke(false));
    run.say(reset);
    expect(only(run.effects, "announce").at(-1)?.words).toEqual({
      because: "hazard",
      device: "toaster",
    });
    run.say(smoke(true, "heat"));
    run.restart(1_000);
    expect(stove(run).hazards).toEqual({ heat: "heat" });
  });
});

describe("I5: restart", () => {
  test("I7: a cut stove is cut again at once, silently, and proved again", () => {
    const run = home();
    cutAndProved(run);
    const said = run.said().length;
    const effects = run.restart(null, minutes(9));
    expect(effects[0]).toMatchObject({ kind: "cut-power", device: "plug" });
    expect(phase(run)).toBe("cut");
    expect(stove(run).signal).toBe("none");
    run.pass(seconds(20));
    run.say({ kind: "radio-ready" });
    run.say(relay(true));
    run.pass(seconds(1));
    run.say(relay(false));
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
    expect(run.said()).toHaveLength(said);
    expect(run.alarms()).toEqual([]);
    run.restart(5_000);
    run.say({ kind: "radio-ready" });
    run.pass(seconds(6));
    expect(run.alarms()).toEqual(["stove-not-off"]);
  });

  test("a radio that does not come makes a cut stove an alarm after a minute", () => {
    const run = home();
    cutAndProved(run);
    run.restart(1_000);
    run.pass(seconds(59));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(1));
    expect(run.alarms()).toEqual(["stove-not-off"]);
    run.say({ kind: "radio-ready" });
    expect(only(run.effects, "cut-power").length).toBeGreaterThan(10);
  });

  test("a stove that was on is cut when nobody knows how long the gateway was away", () => {
    const run = home();
    cook(run);
    const effects = run.restart(null, 10_000);
    expect(effects.some((effect) => effect.kind === "cut-power")).toBe(true);
    expect(stove(run).latch?.because).toBe("after-gap");
  });

  test("a known gap: deadlines go on by time, and one that passed unseen is overdue", () => {
    const short = home();
    short.say(moves("kitchen", true));
    short.say(power(1_800));
    short.pass(minutes(10));
    short.restart(10_000);
    expect(phase(short)).toBe("on");
    expect(only(short.effects, "cut-power")).toEqual([]);
    const long = home();
    cook(long);
    long.restart(minutes(9));
    expect(stove(long).latch?.because).toBe("after-gap");
    const warned = home();
    cook(warned);
    warned.pass(minutes(5));
    warned.restart(5_000);
    expect(phase(warned)).toBe("warned");
    warned.restart(10_000);
    expect(stove(warned).latch?.because).toBe("after-gap");
  });

  test("story 3: a stove whose thermostat rested when power failed is cut when it heats again", () => {
    const run = home();
    cook(run);
    run.say(power(0));
    run.restart(null, minutes(9));
    run.say({ kind: "radio-ready" });
    run.say(relay(true));
    run.say(power(0));
    expect(phase(run)).not.toBe("cut");
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    expect(stove(run).latch?.because).toBe("after-gap");
  });

  test("after a reset, what was read of the relay before it ends no cooking", () => {
    const run = home();
    cutAndProved(run);
    run.say(reset);
    run.say(relay(false));
    run.say(power(0));
    run.pass(seconds(1));
    run.say(power(1_800));
    for (let cycle = 0; cycle < 4; cycle += 1) {
      run.pass(seconds(40));
      run.say(power(0));
      run.pass(seconds(35));
      run.say(power(1_800));
    }
    expect(phase(run)).toBe("warned");
  });

  test("I6: a stove that rested gets a minute for its first reading, then it is taken for hot", () => {
    const run = home();
    cook(run);
    run.say(power(0));
    run.pass(minutes(6));
    run.restart(10_000);
    run.say({ kind: "radio-ready" });
    expect(phase(run)).toBe("unattended");
    run.pass(seconds(59));
    expect(phase(run)).toBe("unattended");
    run.pass(seconds(1));
    expect(phase(run)).toBe("warned");
  });

  test("I6: nothing read is unknown; a relay read as on without its power is taken for on", () => {
    const run = runRules({ stoveGuard }, stoveHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: null });
    run.say({ kind: "radio-ready" });
    run.pass(hours(1));
    expect(phase(run)).toBe("unknown");
    run.say(reset);
    expect(run.said()).toEqual(["stove-reset-refused"]);
    run.say(relay(true));
    run.pass(seconds(59));
    expect(phase(run)).toBe("unknown");
    run.pass(seconds(1));
    expect(phase(run)).toBe("on");
    run.say(relay(true));
    run.say(power(0));
    passReported(run, minutes(10), 0);
    expect(phase(run)).toBe("off");
    run.say(fault("plug", "silent"));
    expect(phase(run)).toBe("unknown");
  });
});

describe("a stove that left the plan", () => {
  test("I9: is due no more, and is cut again where it comes back (I7)", () => {
    const run = home();
    cook(run);
    run.say(smoke(true));
    const started = { kind: "gateway-started", boot: "b2", gapMs: 1_000 } as const;
    const plan = stoveHomeWith((all) => all.filter(({ id }) => id !== stovePlug.id));
    const gone = runRules({ stoveGuard }, plan, run.now(), run.state());
    expect(gone.say(started)).toEqual([]);
    expect(stove(gone).wake).toBeNull();
    // A deadline that stayed would be asked about for ever, a hundred times a second.
    expect(gone.pass(hours(1))).toEqual([]);
    const back = runRules({ stoveGuard }, stoveHome, gone.now(), gone.state());
    expect(only(back.say(started), "cut-power")).toHaveLength(1);
  });
});

describe("radio", () => {
  test("a stove that is on when the radio goes is said, and an alarm after a minute", () => {
    const run = home();
    cook(run);
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.say({ kind: "radio-lost", cause: "again" });
    expect(run.said()).toEqual(["stove-unguarded"]);
    run.pass(seconds(59));
    expect(run.alarms()).toEqual([]);
    run.pass(seconds(1));
    expect(run.alarms()).toEqual(["stove-unguarded"]);
    run.pass(minutes(2));
    const effects = run.say({ kind: "radio-ready" });
    expect(only(effects, "read-relay")).toHaveLength(1);
    expect(run.alarms()).toEqual(["stove-unguarded"]);
    run.pass(milliseconds(minutes(2) + seconds(16)));
    expect(phase(run)).toBe("cut");
  });

  test("I6: nobody knows of a stove without a radio: off is unknown, and an alarm in a minute", () => {
    const run = home();
    run.say({ kind: "radio-lost", cause: "unplugged" });
    expect(phase(run)).toBe("unknown");
    run.pass(seconds(59));
    expect(run.said()).toEqual([]);
    run.pass(seconds(1));
    expect(run.alarms()).toEqual(["stove-unguarded"]);
    expect(only(run.effects, "announce").at(-1)).toMatchObject({
      key: "stove-unguarded",
      words: { stove: "unknown" },
    });
    run.say({ kind: "radio-ready" });
    run.say(relay(true));
    run.say(power(0));
    expect(phase(run)).toBe("off");
  });

  test("I6: a radio that goes for a moment ends what was believed of who moves", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    run.pass(minutes(2));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(seconds(40));
    run.say({ kind: "radio-ready" });
    run.say(relay(true));
    run.say(power(1_800));
    run.say(moves("kitchen", false));
    expect(phase(run)).toBe("on");
    run.pass(milliseconds(minutes(4) + seconds(20)));
    expect(stove(run).warning?.because).toBe("absence");
  });

  test("I6: presence that was no longer believed does not come back with the radio", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.pass(minutes(16));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    expect(stove(run).seen["kitchen"]?.at).toBeLessThan(run.now() - minutes(15));
  });

  test("a cut that is due while the radio is away is an alarm after seconds, and done on its return", () => {
    const run = home();
    cook(run);
    run.pass(milliseconds(minutes(4) + seconds(50)));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(seconds(32));
    expect(run.alarms()).toEqual(["stove-not-off"]);
    const effects = run.say({ kind: "radio-ready" });
    expect(only(effects, "cut-power").length).toBeGreaterThan(0);
    run.pass(seconds(1));
    run.say(relay(false));
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
    run.say({ kind: "radio-ready" });
    expect(phase(run)).toBe("proved-off");
  });
});

describe("an alarm of the stove", () => {
  const by = { id: "maier", name: "Frau Maier" };
  const closed = (alarmId: string) =>
    ({
      kind: "alarm-closed",
      alarmId,
      closing: { by, outcome: "helped", note: "" },
      from: "peer",
    }) as const;
  const raised = (run: RuleRun): readonly string[] =>
    run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.id] : []));
  const last = (run: RuleRun): string => raised(run).at(-1) ?? "";

  /** A cut stove whose plug says nothing, and its alarm. */
  function notOff(): RuleRun {
    const run = home();
    cook(run);
    run.pass(milliseconds(minutes(5) + seconds(20)));
    expect(run.alarms()).toEqual(["stove-not-off"]);
    return run;
  }

  test("I9: no restart raises it a second time while it is open", () => {
    const run = notOff();
    for (let start = 0; start < 3; start += 1) {
      run.restart(1_000);
      run.say({ kind: "radio-ready" });
      run.pass(minutes(2));
      expect(phase(run)).toBe("not-off");
    }
    expect(run.alarms()).toEqual(["stove-not-off"]);
  });

  test("I3, I4: closed while the stove is not off, it is raised again after an hour", () => {
    const run = notOff();
    run.say(closed(last(run)));
    run.restart(1_000);
    run.say({ kind: "radio-ready" });
    run.pass(minutes(58));
    expect(run.alarms()).toHaveLength(1);
    run.pass(minutes(2));
    expect(run.alarms()).toEqual(["stove-not-off", "stove-not-off"]);
    expect(new Set(raised(run)).size).toBe(2);
    expect(run.facts.filter((fact) => fact.kind === "alarm-raised").at(-1)).toMatchObject({
      alarm: { late: false },
    });
    run.pass(hours(5));
    expect(run.alarms()).toHaveLength(2);
  });

  test("after the proof the next time is a new one, closed before it or after it", () => {
    for (const closes of ["before", "after"] as const) {
      const run = notOff();
      if (closes === "before") run.say(closed(last(run)));
      run.say(relay(false));
      run.say(power(0));
      expect(phase(run)).toBe("proved-off");
      if (closes === "after") run.say(closed(last(run)));
      run.say(power(900));
      run.pass(seconds(5));
      expect(run.alarms()).toHaveLength(2);
    }
  });

  test("I9: an alarm that is still open after the proof is not raised beside itself", () => {
    const run = notOff();
    run.say(relay(false));
    run.say(power(0));
    run.say(power(900));
    run.pass(seconds(5));
    expect(phase(run)).toBe("not-off");
    expect(run.said().filter((key) => key === "stove-not-off")).toHaveLength(2);
    expect(run.alarms()).toHaveLength(1);
  });

  test("the alarm of a stove that nobody can cut: once, and again after it was closed", () => {
    const run = home();
    cook(run);
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(minutes(1));
    run.restart(1_000);
    run.pass(minutes(2));
    expect(run.alarms().filter((reason) => reason === "stove-unguarded")).toHaveLength(1);

    const long = home();
    long.say({ kind: "radio-lost", cause: "unplugged" });
    long.pass(minutes(1));
    long.say(closed("another"));
    long.say(closed(last(long)));
    long.pass(minutes(59));
    expect(long.alarms()).toHaveLength(1);
    long.pass(minutes(1));
    expect(long.alarms()).toEqual(["stove-unguarded", "stove-unguarded"]);
    long.say(closed(last(long)));
    long.say({ kind: "radio-ready" });
    long.say({ kind: "radio-lost", cause: "unplugged" });
    long.pass(minutes(1));
    expect(long.alarms()).toHaveLength(3);
  });

  test("I5: a memory that an older version wrote lacks what was added, and works", () => {
    const run = home();
    cook(run);
    const old = JSON.parse(JSON.stringify(stove(run))) as Record<string, unknown>;
    for (const key of ["rested", "notOff", "unguarded"]) delete old[key];
    const memory = { machines: { stoveGuard: old } };
    const state = adoptState({ stoveGuard }, stoveHome, memory);
    const again = runRules({ stoveGuard }, stoveHome, run.now(), state);
    again.say(power(1_800));
    const fresh = { rested: null, notOff: null, unguarded: null };
    expect(stove(again)).toMatchObject({ phase: "on", ...fresh });
  });
});

describe("a wired relay", () => {
  const wired = stoveHomeWith((all) =>
    all.map((device) =>
      device.id === "plug"
        ? { ...device, roles: ["stove-relay"], byRadio: false, settles: seconds(11) }
        : device,
    ),
  );

  test("has the time that its contactor needs to fall, before it is an alarm", () => {
    const run = home(wired);
    run.pass(milliseconds(minutes(5) + seconds(15)));
    expect(phase(run)).toBe("cut");
    run.pass(seconds(10));
    expect(run.alarms()).toEqual([]);
    run.say(relay(false));
    expect(phase(run)).toBe("proved-off");

    const stays = home(wired);
    stays.pass(milliseconds(minutes(5) + seconds(15)));
    stays.pass(milliseconds(seconds(16) - 1));
    expect(stays.alarms()).toEqual([]);
    stays.pass(milliseconds(1));
    expect(stays.alarms()).toEqual(["stove-not-off"]);
  });

  test("is guarded without the radio: nobody is told otherwise, and what it said is kept", () => {
    const run = home(wired);
    run.say(moves("kitchen", true));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    expect(stove(run).relays["plug"]?.on).toBe(true);
    expect(stove(run).seen["kitchen"]?.moving).toBe(false);
    run.pass(minutes(4));
    expect(run.said()).toEqual([]);
    expect(run.alarms()).toEqual([]);
    run.pass(milliseconds(minutes(1) + seconds(15)));
    expect(phase(run)).toBe("cut");
    run.pass(seconds(11));
    run.say(relay(false));
    expect(phase(run)).toBe("proved-off");
  });

  test("I5: after a start it is an alarm as soon as it had its time, radio or not", () => {
    const run = home(wired);
    run.pass(milliseconds(minutes(5) + seconds(15)));
    run.say(relay(false));
    run.restart(1_000);
    run.say(relay(true));
    run.pass(seconds(16));
    expect(run.alarms()).toEqual(["stove-not-off"]);
  });

  test("a metered contactor that falls late is not taken for welded", () => {
    const run = home(
      stoveHomeWith((all) =>
        all.map((one) =>
          one.id === "plug" ? { ...one, byRadio: false, settles: seconds(11) } : one,
        ),
      ),
    );
    cook(run);
    run.pass(milliseconds(minutes(5) + seconds(15)));
    run.pass(seconds(9));
    run.say(power(1_800));
    run.pass(seconds(1));
    run.say(relay(false));
    run.say(power(0));
    expect(phase(run)).toBe("proved-off");
  });

  test("a wired sensor goes on being heard without the radio", () => {
    const run = home(
      stoveHomeWith((all) =>
        all.map((one) => (one.id === "kitchen" ? { ...one, byRadio: false } : one)),
      ),
    );
    run.say(moves("kitchen", true));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    expect(stove(run).seen["kitchen"]?.moving).toBe(true);
  });
});

describe("what does not concern the stove", () => {
  test("other facts, other devices, and a home without a stove change nothing", () => {
    const run = home();
    const before = JSON.stringify(run.state());
    run.say({ kind: "button-pressed", device: "sos" });
    run.say({ kind: "relay-read", device: "lamp", on: true });
    run.say({ kind: "power-read", device: "lamp", watts: 60 });
    run.say({ kind: "fault-found", fault: { subject: "x", what: "battery-low", blind: [] } });
    run.say({ kind: "fault-cleared", fault: { subject: "x", what: "battery-low", blind: [] } });
    expect(JSON.stringify(run.state())).toBe(before);
    const none = home(stoveHomeWith((all) => all.filter(({ id }) => id !== "plug")));
    none.say(smoke(true));
    expect(none.effects).toEqual([]);
  });

  test("two plugs: power flows while one meter says so, and both are cut and proved", () => {
    const run = home(
      stoveHomeWith((all) => [
        ...all,
        {
          id: "oven",
          roles: ["stove-relay", "stove-meter"],
          room: "kitchen",
          power: "mains",
          checkInEvery: minutes(2),
          byRadio: true,
        },
      ]),
    );
    expect(phase(run)).toBe("unknown");
    run.say({ kind: "relay-read", device: "oven", on: true });
    run.say({ kind: "power-read", device: "oven", watts: 0 });
    expect(phase(run)).toBe("off");
    run.say(power(1_800));
    run.pass(milliseconds(minutes(5) + seconds(15)));
    run.pass(seconds(1));
    run.say(relay(false));
    run.say(power(0));
    expect(phase(run)).toBe("cut");
    run.say({ kind: "relay-read", device: "oven", on: false });
    run.say({ kind: "power-read", device: "oven", watts: 0 });
    expect(phase(run)).toBe("proved-off");
  });
});
