import { expect, test } from "vitest";
import { readState, writtenState } from "../../care/kept-state.ts";
import type { EngineState } from "../../rules/engine.ts";

const closed = (alarmId: string) => ({
  alarmId,
  closing: { by: { id: "maier", name: "Frau Maier" }, outcome: "helped", note: "is well" },
});

const stateWith = (...list: ReturnType<typeof closed>[]): EngineState => ({
  machines: { escalation: { peerLost: false, open: [], closed: list }, homeLink: { n: 1 } },
});

test("I3: closings are written once, apart from the state, and are there again", () => {
  const [one, two, three] = [closed("a1"), closed("a2"), closed("a3")];
  const before = stateWith(one, two);
  const after = stateWith(one, two, three);
  const { state, closings } = writtenState(before, after);
  expect(closings.map(({ alarm }) => alarm)).toEqual(["a3"]);
  expect(state).not.toContain("is well");
  const bodies = [one, two, three].map((each) => JSON.stringify(each));
  expect(readState({ state, closings: bodies })).toEqual(after);
});

test("I5: a state that an earlier version wrote has its closings in itself", () => {
  const old = stateWith(closed("a1"), closed("a2"));
  const kept = { state: JSON.stringify(old), closings: [JSON.stringify(closed("a2"))] };
  expect(readState(kept)).toEqual(old);
  expect(readState({ state: undefined, closings: [] })).toBeUndefined();
});
