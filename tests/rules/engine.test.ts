import { describe, expect, test } from "vitest";
import { heldAlarmsMax } from "../../protocol/messages.ts";
import { after, type Instant, instant, minutes } from "../../protocol/time.ts";
import { adoptState } from "../../rules/adopt.ts";
import { strongestSignal, waitsForDisk } from "../../rules/effects.ts";
import {
  type EngineState,
  initialState,
  stepEngine,
  stepHome,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { localAt } from "../../rules/hour.ts";
import {
  careMachines,
  careStates,
  homeMachines,
  homeStates,
  manifests,
} from "../../rules/index.ts";
import { type Machine, unchanged, unreachable } from "../../rules/machine.ts";
import { blankManifest } from "../support/blank-manifest.ts";
import { stoveHome } from "../support/stove-home.ts";

const manifest = blankManifest;

/** Answers a press with a signal and a derived fact, and counts what it hears. */
function machine(answer: readonly Fact[], wake?: Instant): Machine<number> {
  return {
    manifest,
    initial: () => 0,
    step: (count, event) =>
      event.kind === "button-pressed"
        ? {
            state: count + 1,
            effects: [{ kind: "read-relay", device: "plug" }],
            emits: answer,
            because: "pressed",
          }
        : unchanged(count + 1),
    wakeAt: () => wake,
  };
}

const press: RuleEvent = { kind: "button-pressed", device: "sos", id: "e1", at: instant(5) };
const said: Fact = { kind: "presence-said", client: "tablet" };
const local = { weekday: 7, minute: 1_439 } as const;

describe("engine", () => {
  test("I11: every machine hears the event and what follows from it, and each decision names its cause", () => {
    const machines = { one: machine([said]), two: machine([]) };
    const step = stepEngine(machines, stoveHome, initialState(machines, stoveHome), press);
    expect(step.state.machines).toEqual({ one: 2, two: 2 });
    expect(step.derived).toEqual([{ ...said, id: "e1.1", at: 5 }]);
    expect(step.effects).toEqual([
      { kind: "read-relay", device: "plug", id: "e1/0", cause: "e1" },
      { kind: "read-relay", device: "plug", id: "e1/1", cause: "e1" },
    ]);
    expect(step.decisions).toEqual([
      { machine: "one", cause: "e1", because: "pressed", effects: ["e1/0"] },
      { machine: "two", cause: "e1", because: "pressed", effects: ["e1/1"] },
    ]);
  });

  test("I1: a cut is told before any other rule hears the fact, and is among the effects, too", () => {
    const told: unknown[] = [];
    const guard: Machine<unknown> = {
      ...machine([]),
      step: (state) => ({
        state,
        effects: [{ kind: "cut-power", device: "plug", way: "direct" }],
        emits: [],
      }),
    };
    const other: Machine<unknown> = {
      ...machine([]),
      step: (state, event) => {
        told.push(`other heard ${event.id}`);
        return unchanged(state);
      },
    };
    const machines = { guard, other };
    const state = initialState(machines, stoveHome);
    const home = { machines, plan: stoveHome, cut: (effect: unknown) => void told.push(effect) };
    const step = stepHome(home, state, press);
    expect(told).toEqual([
      { kind: "cut-power", device: "plug", way: "direct", id: "e1/0", cause: "e1" },
      "other heard e1",
    ]);
    expect(step.effects).toEqual([told[0]]);
    expect(stepEngine(machines, stoveHome, state, press)).toEqual(step);
  });

  test("I9: facts that follow from facts without end are a fault of a rule, and stop loudly", () => {
    const machines = { spin: machine([{ kind: "button-pressed", device: "sos" }]) };
    const state = initialState(machines, stoveHome);
    expect(stepEngine(machines, stoveHome, state, press).failures).toMatchObject([
      { machine: "spin", why: "facts follow from facts without end" },
    ]);
  });

  test("the earliest deadline of all machines is the one to wake for", () => {
    const machines = {
      one: machine([], instant(9)),
      two: machine([], instant(7)),
      three: machine([]),
    };
    expect(wakeAt(machines, initialState(machines, stoveHome))).toBe(7);
    expect(wakeAt({}, { machines: {} })).toBeUndefined();
  });

  test("a state of an older version: new machines begin, machines that are gone are forgotten", () => {
    const machines = { one: machine([]), two: machine([]) };
    const clock = { local, at: instant(3) };
    const old: EngineState = { clock, machines: { one: 7, gone: 3 } };
    expect(adoptState(machines, stoveHome, old)).toEqual({ clock, machines: { one: 7, two: 0 } });
  });

  test("I5: what an older version of a machine did not remember begins at its beginning", () => {
    const remembers = (memory: unknown): Machine<unknown> => ({
      manifest,
      initial: () => memory,
      step: unchanged,
      wakeAt: () => undefined,
    });
    const machines = {
      grown: remembers({ alarms: {}, wake: null }),
      listed: remembers([1]),
      reshaped: remembers({ wake: null }),
      emptied: remembers({ wake: null }),
    };
    const old: EngineState = {
      machines: { grown: { wake: 3, faults: [] }, listed: [2, 3], reshaped: [4], emptied: null },
    };
    expect(adoptState(machines, stoveHome, old).machines).toEqual({
      grown: { wake: 3, faults: [], alarms: {} },
      listed: [2, 3],
      reshaped: [4],
      emptied: { wake: null },
    });
  });

  test("I9: as many facts may follow from one event as there can be open alarms and devices", () => {
    const held = Array.from({ length: heldAlarmsMax }, (_, nth) => ({
      ...said,
      client: `tablet-${nth}`,
    }));
    const machines = { one: machine(held) };
    const step = stepEngine(machines, stoveHome, initialState(machines, stoveHome), press);
    expect(step.derived).toHaveLength(heldAlarmsMax);
    expect(step.failures).toEqual([]);
  });

  test("I6: local time is known only from a trusted clock, and unknown again after an unknown gap", () => {
    const told = (trusted: boolean): RuleEvent => ({
      kind: "clock-told",
      wallMs: 0,
      trusted,
      local,
      id: "c",
      at: instant(10),
    });
    const started = (gapMs: number | null): RuleEvent => ({
      kind: "gateway-started",
      boot: "b",
      gapMs,
      id: "g",
      at: instant(20),
    });
    const step = (state: EngineState, event: RuleEvent): EngineState =>
      stepEngine({}, stoveHome, state, event).state;
    const fresh: EngineState = { machines: {} };
    expect(localAt(step(fresh, told(false)), instant(11))).toBeUndefined();
    const known = step(fresh, told(true));
    expect(localAt(known, after(instant(10), minutes(2)))).toEqual({ weekday: 1, minute: 1 });
    expect(localAt(step(known, started(5)), instant(20))).toEqual(local);
    expect(localAt(step(known, started(null)), instant(20))).toBeUndefined();
  });

  test("I5: an absence that the care service told ends by the home's own clock", () => {
    const local = { weekday: 1, minute: 0, holiday: false };
    const step = (state: EngineState, event: Fact): EngineState =>
      stepEngine({}, stoveHome, state, { ...event, id: "e", at: instant(10) }).state;
    const heard = (absentUntilWall?: number | null): Fact => ({
      kind: "peer-heard",
      holds: [],
      ...(absentUntilWall === undefined ? {} : { absentUntilWall }),
    });
    const told = step(
      { machines: {} },
      { kind: "clock-told", wallMs: 5_000, trusted: true, local },
    );
    expect(localAt(told, instant(10))).toEqual(local);
    const away = step(told, heard(6_000));
    expect(localAt(away, instant(10))).toEqual({ ...local, absent: true });
    expect(localAt(away, instant(1_009))?.absent).toBe(true);
    expect(localAt(away, instant(1_010))?.absent).toBe(false);
    // A care service that says nothing of it takes nothing back; one that says null does.
    expect(localAt(step(away, heard()), instant(10))?.absent).toBe(true);
    expect(localAt(step(away, heard(null)), instant(10))).toEqual(local);
    // Memory of an earlier version, until the clock is told again.
    const older = { ...away, clock: { local, at: instant(10) } };
    expect(localAt(older, instant(10))).toEqual(local);
  });

  test("each machine gets an id of its own for each word, the same in every replay", () => {
    const ids: string[] = [];
    const asks: Machine<number> = {
      manifest,
      initial: () => 0,
      step: (state, _event, around) => {
        ids.push(around.newId("alarm"), around.newId("other"));
        return unchanged(state);
      },
      wakeAt: () => undefined,
    };
    const machines = { one: asks, two: asks };
    stepEngine(machines, stoveHome, initialState(machines, stoveHome), press);
    expect(ids).toEqual(["e1:one:alarm", "e1:one:other", "e1:two:alarm", "e1:two:other"]);
  });

  test("a missing case of a closed union is thrown at, not passed over", () => {
    expect(() => unreachable("x" as never)).toThrow('"x"');
  });
});

describe("the product", () => {
  test("every module of the home is described once, and named by a distinct name", () => {
    const names = manifests.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(Object.values(homeMachines).map((one) => one.manifest.name))).toEqual(
      new Set(names),
    );
    for (const one of manifests) {
      expect(one.benefit.de).not.toBe("");
      expect(one.benefit.en).not.toBe("");
      for (const setting of one.settings) {
        expect(setting.default).toBeGreaterThanOrEqual(setting.min);
        expect(setting.default).toBeLessThanOrEqual(setting.max);
        expect(setting.source).not.toBe("");
      }
    }
  });

  test("the states of a home and of the care service are found by name", () => {
    const home = initialState(homeMachines, stoveHome);
    expect(homeStates(home).stoveGuard.phase).toBe("unknown");
    const care = initialState(careMachines, stoveHome);
    expect(careStates(care).escalation.open).toEqual([]);
  });

  test("only what a person hears, and the taking of custody, waits for the disk", () => {
    expect(waitsForDisk({ kind: "announce", key: "help-stored", words: {} })).toBe(true);
    expect(waitsForDisk({ kind: "announce", key: "stove-unattended", words: {} })).toBe(false);
    expect(waitsForDisk({ kind: "take-custody", alarmId: "a", epoch: 1 })).toBe(true);
    expect(waitsForDisk({ kind: "cut-power", device: "plug", way: "direct" })).toBe(false);
  });

  test("the strongest signal wins", () => {
    expect(strongestSignal([])).toBe("none");
    expect(strongestSignal(["called", "alarm", "warning"])).toBe("alarm");
  });
});
