import { expect, it } from "vitest";
import { manualClock } from "../../sim/clock.ts";
import { runScenario } from "../../sim/scenarios/run.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";

const story: Scenario = {
  name: "short",
  title: "Two steps",
  steps: [
    { after_s: 1, does: "first" },
    { after_s: 1, does: "last" },
  ],
};
const turn = () => new Promise(setImmediate);

it("a story is over when its last step is done, not when it began", async () => {
  const clock = manualClock();
  let finish: () => void = () => undefined;
  let isOver = false;
  const does = (line: string) =>
    line === "last" ? new Promise<void>((resolve) => (finish = resolve)) : Promise.resolve();
  const done = runScenario({ clock, does, tells: () => {} }, story).then(() => {
    isOver = true;
  });
  clock.advance(2_000);
  await turn();
  expect(isOver).toBe(false);
  finish();
  await done;
  expect(isOver).toBe(true);
});

it.each(["first", "last"])("a story fails with its %s step", async (broken) => {
  const clock = manualClock();
  const played: string[] = [];
  const does = (line: string): Promise<void> => {
    played.push(line);
    return line === broken ? Promise.reject(new Error(`cannot ${line}`)) : Promise.resolve();
  };
  const done = runScenario({ clock, does, tells: () => {} }, story);
  const outcome = expect(done).rejects.toThrow(`cannot ${broken}`);
  clock.advance(1_000);
  await turn();
  clock.advance(1_000);
  await outcome;
  expect(played).toEqual(broken === "first" ? ["first"] : ["first", "last"]);
});
