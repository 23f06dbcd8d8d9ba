import { describe, expect, test } from "vitest";
import {
  hours,
  type Instant,
  instant,
  milliseconds,
  minutes,
  seconds,
} from "../../protocol/time.ts";
import { adoptState } from "../../rules/adopt.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { type Machine, type ModuleManifest, unchanged } from "../../rules/machine.ts";
import { modulesOf } from "../../rules/module-switch.ts";
import { viewOf } from "../../rules/view.ts";
import { blankManifest } from "../support/blank-manifest.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome } from "../support/stove-home.ts";

const manifest: ModuleManifest = {
  ...blankManifest,
  name: "counter",
  changedBy: ["resident"],
};

/** Counts what it hears, and wants to be woken. */
function counter(change: Partial<ModuleManifest> = {}): Machine<number> {
  return {
    manifest: { ...manifest, ...change },
    initial: () => 0,
    step: (count) => unchanged(count + 1),
    wakeAt: () => instant(7),
  };
}

let count = 0;
const event = (fact: Fact): RuleEvent => {
  count += 1;
  return { ...fact, id: `e${count}`, at: instant(5) };
};
const press: Fact = { kind: "button-pressed", device: "sos" };
const switched = (module: string, on: boolean): Fact => ({ kind: "module-switched", module, on });
const step = (machines: MachineList, state: EngineState, fact: Fact) =>
  stepEngine(machines, stoveHome, state, event(fact));

describe("a module that the resident dropped", () => {
  const machines = { counter: counter(), other: counter({ name: "other" }) };

  test("I11: is not run and wakes nobody, and both turns are decisions with their cause", () => {
    const first = step(machines, initialState(machines, stoveHome), press);
    const off = step(machines, first.state, switched("counter", false));
    expect(off.state).toEqual({
      machines: { counter: 0, other: 2 },
      switched: { counter: false },
    });
    expect(off.decisions).toEqual([
      {
        machine: "counter",
        cause: `e${count}`,
        because: "dropped: it is not run from here on",
        effects: [],
      },
    ]);
    const later = step(machines, off.state, press);
    expect(later.state.machines).toEqual({ counter: 0, other: 3 });
    expect(wakeAt({ counter: machines.counter }, later.state)).toBeUndefined();
    expect(wakeAt({ other: machines.other }, later.state)).toBe(7);
    const on = step(machines, later.state, switched("counter", true));
    expect(on.state).toEqual({ machines: { counter: 1, other: 4 }, switched: { counter: true } });
    expect(on.decisions).toMatchObject([{ because: "added: it is run from here on" }]);
    expect(step(machines, on.state, switched("counter", true)).decisions).toEqual([]);
    expect(step(machines, on.state, switched("no-such-thing", false)).state.switched).toEqual({
      counter: true,
    });
  });

  test("is off at first where its manifest says so", () => {
    const quiet = { counter: counter({ offAtFirst: true }) };
    const fresh = initialState(quiet, stoveHome);
    expect(step(quiet, fresh, press).state.machines).toEqual({ counter: 0 });
    const on = step(quiet, fresh, switched("counter", true));
    expect(step(quiet, on.state, press).state.machines).toEqual({ counter: 2 });
  });

  test("stays dropped over a start of which nobody knows the gap", () => {
    const off = step(machines, initialState(machines, stoveHome), switched("counter", false));
    const started = step(machines, off.state, { kind: "gateway-started", boot: "b", gapMs: null });
    expect(started.state.switched).toEqual({ counter: false });
  });

  test("that throws while it goes, goes all the same", () => {
    const broken: Machine<number> = {
      ...counter(),
      dropping: {
        heldBy: () => undefined,
        leave: () => {
          throw new Error("stuck");
        },
        aside: (state) => state,
      },
    };
    const off = step({ broken }, { machines: { broken: 4 } }, switched("counter", false));
    expect(off.failures).toEqual([{ machine: "broken", why: "stuck", anew: false }]);
    expect(off.state).toMatchObject({ machines: { broken: 4 }, switched: { counter: false } });
    expect(step({ broken }, off.state, press).state.machines).toEqual({ broken: 4 });
  });
});

test("a module that this engine does not have is neither dropped nor held", () => {
  const { isOn, heldBy } = modulesOf({ counter: counter() }, {}, { other: false });
  expect([isOn("other"), heldBy("other")]).toEqual([true, undefined]);
  expect([isOn("counter"), heldBy("counter")]).toEqual([true, undefined]);
});

describe("I1, I3: whatever a memory says", () => {
  const fresh = initialState(homeMachines, stoveHome);
  const all = Object.fromEntries(
    Object.values(homeMachines).map((machine) => [machine.manifest.name, false]),
  );

  test.each([
    ["every module is dropped", all],
    ["nonsense", "x"],
    ["null", null],
    ["a list", [1]],
    ["words", { "stove-guard": "no", "emergency-call": false }],
  ])("a call for help, a fire and their way to people are there: %s", (_, memory) => {
    const state = { ...fresh, switched: memory } as unknown as EngineState;
    const help = step(homeMachines, state, press);
    const fire = step(homeMachines, help.state, {
      kind: "hazard-sensed",
      device: "smoke",
      hazard: "smoke",
      present: true,
    });
    expect(homeStates(fire.state).escalation.open.map(({ alarm }) => alarm.reason)).toEqual([
      "sos-pressed",
      "smoke",
    ]);
    expect(fire.effects.map(({ kind }) => kind)).toContain("offer-custody");
    expect(viewOf(stoveHome, fire.state, instant(5)).alarms).toHaveLength(2);
  });

  test("a memory of an older version is taken up, and what makes no sense is left out", () => {
    expect(adoptState(homeMachines, stoveHome, fresh)).toEqual(fresh);
    const old = { ...fresh, switched: { ...all, gone: false } } as EngineState;
    expect(adoptState(homeMachines, stoveHome, old).switched).toEqual({
      "stove-guard": false,
      "daily-sign": false,
    });
    const broken = { ...fresh, switched: 3 } as unknown as EngineState;
    expect(adoptState(homeMachines, stoveHome, broken)).toEqual(fresh);
  });
});

const moves = (device: string, moving: boolean) =>
  ({ kind: "motion-sensed", device, moving }) as const;
const power = (watts: number) => ({ kind: "power-read", device: "plug", watts }) as const;
const relay = (on: boolean) => ({ kind: "relay-read", device: "plug", on }) as const;
const choose = (on: boolean) =>
  ({ kind: "module-choice-said", module: "stove-guard", on, client: "tablet" }) as const;
const smoke = (present: boolean) =>
  ({ kind: "hazard-sensed", device: "smoke", hazard: "smoke", present }) as const;

function home(): RuleRun {
  const run = runRules(homeMachines, stoveHome);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  run.say(relay(true));
  run.say(power(0));
  return run;
}

const stove = (run: RuleRun) => homeStates(run.state()).stoveGuard;
const isSilent = (run: RuleRun, from: number): boolean =>
  run.effects.slice(from).every(({ kind }) => kind !== "cut-power" && kind !== "give-power");

describe("a stove guard that the resident dropped", () => {
  test("does nothing about a forgotten stove, and holds no signal", () => {
    const run = home();
    run.say(choose(false));
    expect(only(run.effects, "signal").at(-1)).toMatchObject({
      source: "stove-guard",
      pattern: "none",
    });
    const from = run.effects.length;
    run.say(moves("kitchen", true));
    run.say(power(1_800));
    run.say(moves("kitchen", false));
    run.say(smoke(true));
    run.say({ kind: "stove-reset-requested", client: "tablet" });
    run.pass(minutes(8));
    expect(isSilent(run, from)).toBe(true);
    expect(stove(run)).toMatchObject({ phase: "unknown", cooking: null, latch: null });
  });

  test("I6: that is back asks how the stove stands, and knows what nobody says again", () => {
    const run = home();
    run.say(choose(false));
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(seconds(10));
    run.say({ kind: "radio-ready" });
    run.say({ kind: "device-missing", device: "hall" });
    run.say({ kind: "contact-sensed", device: "door", open: true });
    run.say({ kind: "device-heard", device: "door" });
    const from = run.effects.length;
    run.say(choose(true));
    expect(run.effects.slice(from).map(({ kind }) => kind)).toContain("read-relay");
    expect(stove(run)).toMatchObject({
      phase: "unknown",
      radio: { ready: true },
      silent: ["hall"],
      doorsOpen: ["door"],
    });
    expect(stove(run).since).toBe(run.now());
    run.say(relay(true));
    run.say(power(1_800));
    run.pass(milliseconds(minutes(5) + seconds(16)));
    expect(stove(run).phase).toBe("cut");
  });

  test("that is back in a fire cuts; that is back without a radio says that nobody can", () => {
    const fire = home();
    fire.say(choose(false));
    fire.say(smoke(true));
    const from = fire.effects.length;
    fire.say(choose(true));
    expect(only(fire.effects.slice(from), "cut-power")).not.toEqual([]);
    const deaf = home();
    deaf.say(choose(false));
    deaf.say({ kind: "radio-lost", cause: "unplugged" });
    deaf.pass(hours(1));
    deaf.say(choose(true));
    expect(deaf.alarms()).toContain("stove-unguarded");
  });

  test("I5: stays so over a restart; the guard begins with the radio of that start", () => {
    const run = home();
    run.say(choose(false));
    const from = run.effects.length;
    run.restart(60_000);
    expect(isSilent(run, from)).toBe(true);
    expect(stove(run).radio).toMatchObject({ ready: false, at: run.now() });
  });

  test("I7: that holds a cut is run whatever a memory says, until the reset", () => {
    const run = home();
    run.say(smoke(true));
    expect(stove(run).latch).not.toBeNull();
    // Alone, for the choices would say at the start that it is there.
    const machines = { stoveGuard: homeMachines.stoveGuard };
    const state = { machines: { stoveGuard: stove(run) }, switched: { "stove-guard": false } };
    const again = runRules(machines, stoveHome, run.now(), state);
    again.say({ kind: "gateway-started", boot: "b2", gapMs: 0 });
    expect(only(again.effects, "cut-power")).not.toEqual([]);
    expect(wakeAt(machines, again.state())).toBeDefined();
  });

  test("I7: is not dropped where it holds a cut, whoever says so, and that is a decision", () => {
    const run = home();
    run.say(smoke(true));
    run.say(switched("stove-guard", false));
    expect(run.state().switched).toBeUndefined();
    expect(run.why()).toContain("cannot be dropped: stove-cut");
  });

  test("I7: a memory that cannot say whether it may stop does not", () => {
    const throwing: Machine<unknown> = {
      ...counter(),
      dropping: {
        heldBy: () => {
          throw new Error("broken");
        },
        leave: unchanged,
        aside: (memory) => memory,
      },
    };
    const off = step({ throwing }, { machines: { throwing: 1 } }, switched("counter", false));
    expect(off.state.switched).toBeUndefined();
    expect(off.decisions).toMatchObject([{ because: "cannot be dropped: unclear" }]);
  });
});

describe("I6: what supervision says of modules", () => {
  const blind = (run: RuleRun, from: number) =>
    only(run.effects.slice(from), "announce").flatMap(({ key, words }) =>
      key === "module-blind" ? [`${words["module"]} ${words["sight"]}`] : [],
    );
  const card = (run: RuleRun, at: Instant = run.now()) =>
    viewOf(stoveHome, run.state(), at).modules.find(({ name }) => name === "stove-guard");

  test("a silent device is a fault also for a dropped module, which is not blind for it", () => {
    const run = home();
    run.say(choose(false));
    const from = run.effects.length;
    run.say({ kind: "device-missing", device: "kitchen" });
    expect(blind(run, from)).toEqual([]);
    expect(only(run.effects.slice(from), "tell-peer-fault")).toMatchObject([
      { fault: { subject: "kitchen", what: "missing", blind: [] } },
    ]);
    expect(card(run)).toMatchObject({ on: false, sees: "all", blindBecause: [] });
    const back = run.effects.length;
    run.say(choose(true));
    expect(blind(run, back)).toEqual(["stove-guard none"]);
    expect(card(run)).toMatchObject({ on: true, sees: "none" });
    run.say({ kind: "device-found", device: "kitchen" });
    expect(only(run.effects, "tell-peer-fault").at(-1)).toMatchObject({
      cleared: true,
      fault: { blind: ["stove-guard"] },
    });
  });

  test("a module that sees all is added without a word of that", () => {
    const run = home();
    run.say(choose(false));
    const from = run.effects.length;
    run.say(choose(true));
    expect(blind(run, from)).toEqual([]);
    run.say(switched("no-such-thing", true));
    expect(blind(run, from)).toEqual([]);
  });
});
