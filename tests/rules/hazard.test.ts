import { expect, test } from "vitest";
import { homeMachines } from "../../rules/index.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome } from "../support/stove-home.ts";

const { hazard } = homeMachines;
const sensed = (device: string, kind: "smoke" | "heat" | "leak", present: boolean) =>
  ({ kind: "hazard-sensed", device, hazard: kind, present }) as const;
const close = (alarmId: string) =>
  ({
    kind: "alarm-closed",
    alarmId,
    closing: { by: { id: "m", name: "Frau Maier" }, outcome: "nobody-needed-help", note: "" },
    from: "here",
  }) as const;

function raised(run: RuleRun) {
  return run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm] : []));
}

const patterns = (run: RuleRun): readonly string[] =>
  only(run.effects, "signal").map((effect) => effect.pattern);

test("I1: smoke is an alarm at once, with siren and sentence; said again it is the same alarm", () => {
  const run = runRules({ hazard }, stoveHome);
  const effects = run.say(sensed("smoke", "smoke", true));
  expect(effects).toMatchObject([
    { kind: "signal", source: "hazard", pattern: "alarm" },
    { kind: "announce", key: "hazard-found", words: { room: "kitchen", hazard: "smoke" } },
  ]);
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toMatchObject([
    { category: "hazard", level: "alarm", reason: "smoke", device: "smoke", room: "kitchen" },
  ]);
});

test("I3: smoke that is gone does not end its alarm, a person does; smoke that comes back is a new one", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("smoke", "smoke", true));
  run.say(sensed("smoke", "smoke", false));
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(1);
  expect(patterns(run)).toEqual(["alarm"]);
  run.say(close("unknown"));
  run.say(close(raised(run)[0]?.id ?? ""));
  expect(patterns(run)).toEqual(["alarm", "none"]);
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(1);
  run.say(sensed("smoke", "smoke", false));
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(2);
  expect(raised(run)[0]?.id).not.toBe(raised(run)[1]?.id);
});

test("a leak is a concern with a softer signal; each detector has its own alarm", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("leak", "leak", true));
  expect(raised(run)[0]).toMatchObject({ level: "concern", reason: "leak", room: "bath" });
  run.say(sensed("heat", "heat", true));
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(3);
  expect(patterns(run)).toEqual(["warning", "alarm"]);
  for (const alarm of raised(run).slice(1)) run.say(close(alarm.id));
  expect(patterns(run)).toEqual(["warning", "alarm", "warning"]);
});

test("a detector that no plan knows is heard, too: a room is unknown, the smoke is not", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("new", "smoke", true));
  expect(raised(run)[0]).toMatchObject({ device: "new" });
  expect(raised(run)[0]?.room).toBeUndefined();
});

test("I5: the siren is as it should be after a restart, and nothing is raised twice", () => {
  const run = runRules({ hazard }, stoveHome);
  run.restart(null);
  run.say(sensed("smoke", "smoke", true));
  run.restart(null);
  run.say(sensed("smoke", "smoke", true));
  expect(patterns(run)).toEqual(["none", "alarm", "alarm"]);
  expect(raised(run)).toHaveLength(1);
});
