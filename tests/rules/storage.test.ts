import { expect, test } from "vitest";
import { instant } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine } from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { callHome, raise } from "../support/call-home.ts";

const now = instant(1_000);
const hear = (state: EngineState, fact: Fact) =>
  stepEngine(homeMachines, callHome, state, { ...fact, id: "e", at: now });
const moduleOf = (state: EngineState, name: string) =>
  viewOf(callHome, state, now).modules.find((module) => module.name === name);

const lost: Fact = { kind: "storage-lost", cause: "the disk is full" };
const ready: Fact = { kind: "storage-ready" };

test("I6: a disk that takes nothing is a fault, told once to both sides, and cleared once", () => {
  const begun = initialState(homeMachines, callHome);
  expect(hear(begun, ready).effects).toEqual([]);
  const first = hear(begun, lost);
  expect(first.effects).toMatchObject([
    { kind: "tell-peer-fault", cleared: false, fault: { subject: "storage", what: "not-storing" } },
    { kind: "announce", key: "module-blind", words: { module: "storage", sight: "none" } },
  ]);
  expect(first.decisions[0]?.because).toBe("nothing is stored: the disk is full");
  expect(first.derived.map(({ kind }) => kind)).toEqual(["fault-found"]);
  expect(moduleOf(first.state, "storage")).toMatchObject({
    sees: "none",
    blindBecause: [{ subject: "storage", what: "not-storing" }],
  });
  expect(hear(first.state, lost).effects).toEqual([]);
  const mended = hear(first.state, ready);
  expect(mended.effects).toMatchObject([
    { kind: "tell-peer-fault", cleared: true },
    { kind: "announce", words: { sight: "all" } },
  ]);
  expect(mended.derived.map(({ kind }) => kind)).toEqual(["fault-cleared"]);
  expect(moduleOf(mended.state, "storage")).toMatchObject({ sees: "all", blindBecause: [] });
});

test("I6: a machine that failed is a module that sees nothing", () => {
  const state: EngineState = {
    ...initialState(homeMachines, callHome),
    failed: { hazard: instant(1) },
  };
  expect(moduleOf(state, "hazard")).toMatchObject({
    sees: "none",
    blindBecause: [{ subject: "hazard", what: "rule-failed" }],
  });
  expect(moduleOf(state, "emergency-call")?.sees).toBe("all");
});

test("I2: an alarm that is not on disk yet is on its way, and not stored", () => {
  const before = initialState(homeMachines, callHome);
  const { state } = hear(before, raise("a"));
  const stages = (durable: EngineState) =>
    viewOf(callHome, state, now, durable).alarms.map(({ stage }) => stage);
  expect(stages(before)).toEqual(["calling"]);
  expect(stages(state)).toEqual(["stored"]);
  const careLink = { ...homeStates(state).careLink, peer: "lost" };
  const cut = { machines: { ...state.machines, careLink } };
  expect(viewOf(callHome, cut, now, before).alarms.map(({ stage }) => stage)).toEqual(["no-path"]);
});
