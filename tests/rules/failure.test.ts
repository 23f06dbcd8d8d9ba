import { describe, expect, test } from "vitest";
import { instant } from "../../protocol/time.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { faultOfMachine } from "../../rules/failure.ts";
import { careMachines, careStates, homeMachines, homeStates } from "../../rules/index.ts";
import type { Machine } from "../../rules/machine.ts";
import { alarmOf, callHome, raise } from "../support/call-home.ts";

let count = 0;
const event = (fact: Fact, at = 1_000): RuleEvent => {
  count += 1;
  return { ...fact, id: `e${count}`, at: instant(at) };
};
const started: Fact = { kind: "gateway-started", boot: "b", gapMs: 0 };
const press: Fact = { kind: "button-pressed", device: "sos" };
const deadline: Fact = { kind: "deadline-reached", lateMs: 0 };

/** The machines with one that throws while `breaks` says so. */
function breaking(
  machines: MachineList,
  name: string,
  breaks: (memory: unknown, event: Fact) => boolean,
  thrown: unknown = new Error("broken"),
): MachineList {
  const machine = machines[name] as Machine<unknown>;
  return {
    ...machines,
    [name]: {
      ...machine,
      step: (memory, heard, around) => {
        if (breaks(memory, heard)) throw thrown;
        return machine.step(memory, heard, around);
      },
    },
  };
}

const step = (machines: MachineList, state: EngineState, heard: RuleEvent) =>
  stepEngine(machines, callHome, state, heard);
const fresh = (machines: MachineList = homeMachines) => initialState(machines, callHome);
const withMemory = (name: string, memory: unknown): EngineState => ({
  machines: { ...fresh().machines, [name]: memory },
});
const faults = (effects: readonly { readonly kind: string }[]) =>
  effects.filter(({ kind }) => kind === "tell-peer-fault");
const openIn = (state: EngineState): readonly string[] =>
  homeStates(state).escalation.open.map(({ alarm }) => alarm.id);

describe("a machine that throws", () => {
  const machines = breaking(homeMachines, "supervision", (_, { kind }) => kind === press.kind);

  test("I1: the others take the event, and it keeps its memory", () => {
    const before = fresh();
    const { state, effects, failures } = step(machines, before, event(press));
    expect(openIn(state)).toHaveLength(1);
    expect(effects.map(({ kind }) => kind)).toContain("offer-custody");
    expect(state.machines["supervision"]).toBe(before.machines["supervision"]);
    expect(failures).toEqual([{ machine: "supervision", why: "broken", anew: false }]);
  });

  test("I11: it is said once, with a decision and the module that is blind, until the next start", () => {
    const first = step(machines, fresh(), event(press));
    expect(first.decisions.at(-1)).toMatchObject({
      machine: "supervision",
      because: "it failed: broken",
      effects: [expect.any(String), expect.any(String)],
    });
    expect(faults(first.effects)).toMatchObject([
      {
        cleared: false,
        fault: { subject: "supervision", what: "rule-failed", blind: ["supervision"] },
      },
    ]);
    expect(first.effects.at(-1)).toMatchObject({
      kind: "announce",
      key: "module-blind",
      words: { module: "supervision", sight: "none", what: "rule-failed" },
    });
    const second = step(machines, first.state, event(press, 2_000));
    expect(faults(second.effects)).toEqual([]);
    expect(second.state.failed).toEqual({ supervision: 2_000 });
    const next = step(machines, second.state, event(started, 3_000));
    expect(next.state.failed).toBeUndefined();
    expect(faults(next.effects)).toMatchObject([{ cleared: true }]);
    expect(next.failures).toEqual([]);
  });

  test("I5: a memory on which it fails at a start is given up, and that one alone", () => {
    const stuck = breaking(homeMachines, "stoveGuard", (memory) => memory === "garbled");
    const opened = step(homeMachines, fresh(), event(press)).state;
    const before = { machines: { ...opened.machines, stoveGuard: "garbled" } };
    const { state, failures, decisions } = step(stuck, before, event(started));
    expect(failures).toEqual([{ machine: "stoveGuard", why: "broken", anew: true }]);
    expect(decisions.at(-1)?.because).toBe("it failed and begins anew: broken");
    expect(homeStates(state).stoveGuard.phase).toBe("unknown");
    expect(openIn(state)).toHaveLength(1);
    // Under way it keeps what it has: only at a start is it known that it would fail for ever.
    expect(step(stuck, before, event(press)).state.machines["stoveGuard"]).toBe("garbled");
  });

  test("a machine that fails from its beginning, too, keeps its memory for a better program", () => {
    const hopeless = breaking(homeMachines, "hazard", () => true, "no error at all");
    const before = fresh();
    const { state, failures } = step(hopeless, before, event(started));
    expect(failures).toEqual([{ machine: "hazard", why: "no error at all", anew: false }]);
    expect(state.machines["hazard"]).toBe(before.machines["hazard"]);
    // A start clears nothing that it finds again.
    const again = step(hopeless, state, event(started));
    expect(faults(again.effects)).toMatchObject([{ cleared: false }]);
  });

  test("what it threw is quoted, and not without end", () => {
    const long = breaking(homeMachines, "hazard", () => true, new Error("x".repeat(5_000)));
    const { failures } = step(long, fresh(), event(press));
    expect(failures[0]?.why).toHaveLength(200);
  });

  test("I9: its deadlines wait a while, those of the others do not", () => {
    const wakes = (at: number): Machine<unknown> => ({
      ...(homeMachines.hazard as Machine<unknown>),
      wakeAt: () => instant(at),
    });
    const two = { one: wakes(5_000), two: wakes(20_000) };
    const state: EngineState = { machines: { one: 0, two: 0 } };
    expect(wakeAt(two, state)).toBe(5_000);
    expect(wakeAt(two, { ...state, failed: { one: instant(6_000) } })).toBe(11_000);
    expect(wakeAt(two, { ...state, failed: { one: instant(18_000) } })).toBe(20_000);
    const never = { ...wakes(0), wakeAt: () => undefined };
    expect(wakeAt({ never }, { machines: {}, failed: { never: instant(1) } })).toBeUndefined();
  });

  test("a memory that cannot say when to wake is broken, too", () => {
    const before = withMemory("careLink", null);
    expect(wakeAt({ careLink: homeMachines.careLink as Machine<unknown> }, before)).toBeUndefined();
    const { failures } = step(homeMachines, before, event(started));
    expect(failures).toMatchObject([{ machine: "careLink", anew: true }]);
  });

  test("a machine that nobody knows any more blinds nothing", () => {
    expect(faultOfMachine("gone", undefined).blind).toEqual([]);
    const before = { ...fresh(), failed: { gone: instant(1) } };
    const { effects } = step(homeMachines, before, event(started));
    expect(faults(effects)).toMatchObject([{ fault: { subject: "gone", blind: [] } }]);
  });
});

describe("I3: a call for help outlives the memory it meets", () => {
  test("a press on a broken memory of the call is a call", () => {
    const before = withMemory("emergencyCall", null);
    const { state, failures } = step(homeMachines, before, event(press));
    expect(failures).toMatchObject([{ machine: "emergencyCall", anew: true }]);
    expect(openIn(state)).toHaveLength(1);
    expect(homeStates(state).emergencyCall.call).not.toBeNull();
  });

  test("I11: each time that it begins anew is a decision; the fault is told once", () => {
    const failed = { emergencyCall: instant(500) };
    const before = { ...withMemory("emergencyCall", null), failed };
    const { effects, decisions } = step(homeMachines, before, event(press));
    expect(faults(effects)).toEqual([]);
    expect(decisions.at(-1)).toMatchObject({ machine: "emergencyCall", effects: [] });
  });

  test("anything else is not worth what is remembered of an open call", () => {
    const before = withMemory("emergencyCall", null);
    const { state } = step(homeMachines, before, event({ kind: "peer-lost" }));
    expect(state.machines["emergencyCall"]).toBeNull();
  });

  /** Escalation that cannot bear alarms in its memory, except while it is told of them. */
  const forgetful = (list: MachineList): MachineList =>
    breaking(list, "escalation", (memory, { kind }) => {
      const { open } = memory as { readonly open: readonly unknown[] };
      return open.length > 0 && (kind === "peer-heard" || broken(open));
    });
  /** What only the alarms of before have: they are frozen, as nothing that a step makes is. */
  const broken = (open: readonly unknown[]): boolean => Object.isFrozen(open);
  const freeze = (state: EngineState, open: readonly unknown[]): EngineState => {
    Object.freeze(open);
    return state;
  };

  test("escalation begins anew with every alarm that was open, at the home", () => {
    let state = step(homeMachines, fresh(), event(raise("a"))).state;
    state = step(homeMachines, state, event(raise("b", { level: "concern" }))).state;
    state = step(homeMachines, state, event({ kind: "peer-lost" })).state;
    const before = freeze(state, homeStates(state).escalation.open);
    const after = step(forgetful(homeMachines), before, event(deadline));
    expect(after.failures).toMatchObject([{ machine: "escalation", anew: true }]);
    expect(openIn(after.state)).toEqual(["a", "b"]);
    expect(homeStates(after.state).escalation.peerLost).toBe(true);
    expect(after.effects.filter(({ kind }) => kind === "offer-custody")).toHaveLength(2);
    expect(after.effects.some(({ kind }) => kind === "tell-party")).toBe(true);
  });

  test("and at the care service", () => {
    const offered: Fact = { kind: "custody-offered", alarm: alarmOf("a"), epoch: 3 };
    const { state } = step(careMachines, initialState(careMachines, callHome), event(offered));
    const before = freeze(state, careStates(state).escalation.open);
    const after = step(forgetful(careMachines), before, event(deadline));
    expect(after.failures).toMatchObject([{ machine: "escalation", anew: true }]);
    expect(careStates(after.state).escalation.open).toHaveLength(1);
    expect(after.effects.some(({ kind }) => kind === "tell-party")).toBe(true);
  });

  test("a beat is not worth it: the next one says the same", () => {
    const { state } = step(homeMachines, fresh(), event(raise("a")));
    const beat: Fact = { kind: "peer-heard", holds: [] };
    const after = step(forgetful(homeMachines), state, event(beat));
    expect(after.failures).toMatchObject([{ machine: "escalation", anew: false }]);
    expect(after.state.machines["escalation"]).toBe(state.machines["escalation"]);
  });

  test.each([
    ["nothing", null],
    ["a word", "memory"],
    ["no list", { open: "all" }],
    ["strange alarms", { open: [null, 7, { alarm: { id: "x" } }] }],
  ])("a memory of %s is not believed, and the new alarm is open", (_name, memory) => {
    const { state } = step(homeMachines, withMemory("escalation", memory), event(raise("new")));
    expect(openIn(state)).toEqual(["new"]);
  });
});
