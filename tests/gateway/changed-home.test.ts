/** A configuration that was changed between two starts, while something was under way in the home. */
import { expect, test } from "vitest";
import { openJournal } from "../../gateway/journal/open.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, minutes } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";
import { newDir, testTime } from "./journal/home.ts";

const started: Fact = { kind: "gateway-started", boot: "b2", gapMs: 60_000 };

/** A call, a fire, a leak, a stove that was cut, and a button of which nobody has heard for long. */
function troubled(): RuleRun {
  const run = runRules(homeMachines, stoveHome);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  run.say({ kind: "relay-read", device: "plug", on: true });
  run.say({ kind: "power-read", device: "plug", watts: 1_800 });
  run.say({ kind: "device-missing", device: "heat" });
  run.say({ kind: "button-unclear", device: "sos", frame: "raw 1" });
  run.pass(hours(30));
  run.say({ kind: "button-pressed", device: "sos" });
  for (const hazard of ["smoke", "leak"] as const) {
    run.say({ kind: "hazard-sensed", device: hazard, hazard, present: true });
  }
  run.say({ kind: "relay-read", device: "plug", on: true });
  return run;
}

const openIn = (run: RuleRun): readonly string[] =>
  homeStates(run.state())
    .escalation.open.map(({ alarm }) => alarm.id)
    .sort();

const rename = (id: string): string => `new-${id}`;
const plans: readonly (readonly [string, HomePlan])[] = [
  ["every device gone but one", stoveHomeWith((all) => all.slice(1, 2))],
  [
    "every device renamed",
    stoveHomeWith((all) => all.map((one) => ({ ...one, id: rename(one.id) }))),
  ],
  ["the stove gone", stoveHomeWith((all) => all.filter(({ id }) => id !== "plug"))],
  [
    "every device of another role",
    stoveHomeWith((all) => all.map((one) => ({ ...one, roles: ["light"] }))),
  ],
];

test.each(plans)("I3, I5: %s: no alarm ends by it, and nothing is asked without end", (_, plan) => {
  const before = troubled();
  const open = openIn(before);
  expect(open.length).toBeGreaterThan(5);
  const run = runRules(homeMachines, plan, before.now() + 60_000, before.state());
  run.say(started);
  expect(openIn(run)).toEqual(expect.arrayContaining([...open]));
  // A deadline that does not end with its step, or deadlines without end, are thrown.
  run.pass(hours(2));
  expect(openIn(run)).toEqual(expect.arrayContaining([...open]));
  expect(viewOf(plan, run.state(), run.now()).alarms.length).toBe(openIn(run).length);
});

test("a machine that was taken to another home says whose memory it has, once", async () => {
  const { dir, rm } = newDir();
  const reportsFor = async (home: string): Promise<readonly string[]> => {
    const { journal, resumed } = await openJournal({
      dir,
      plan: { ...stoveHome, home },
      machines: homeMachines,
      rules: "test",
      time: testTime().read,
      report: () => undefined,
    });
    await journal.close();
    return resumed.reports;
  };
  expect(await reportsFor("weber")).toEqual([]);
  const told = 'journal: it was kept for the home "weber", and this is "maier".';
  expect(await reportsFor("maier")).toEqual([expect.stringContaining(told)]);
  expect(await reportsFor("maier")).toEqual([]);
  rm();
});

test("I7: a stove's relay that was renamed is cut by its new name", () => {
  const before = troubled();
  const [, plan] = plans[1] ?? ["", stoveHome];
  const run = runRules(homeMachines, plan, before.now() + 60_000, before.state());
  const cuts = only(run.say(started), "cut-power");
  expect(cuts.map(({ device }) => device)).toEqual([rename("plug")]);
  run.pass(minutes(1));
});
