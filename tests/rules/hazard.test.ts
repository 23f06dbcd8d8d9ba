import { expect, test } from "vitest";
import { hours, minutes, seconds } from "../../protocol/time.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { hazard } from "../../rules/machines/hazard.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";

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

const cries = (run: RuleRun): readonly string[] =>
  run.facts.flatMap((fact) =>
    fact.kind === "alarm-noted" && fact.note === "danger-again" ? [fact.alarmId] : [],
  );
const firstId = (run: RuleRun): string => raised(run)[0]?.id ?? "";

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
  expect(patterns(run)).toEqual(["alarm"]);
  run.say(close("unknown"));
  run.say(close(firstId(run)));
  expect(patterns(run)).toEqual(["alarm", "none"]);
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(2);
  expect(firstId(run)).not.toBe(raised(run)[1]?.id);
});

test("I4: smoke that comes back while its alarm is open is a cry for that alarm, with siren and sentence", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("smoke", "smoke", true));
  run.say(sensed("smoke", "smoke", true));
  expect(cries(run)).toEqual([]);
  run.say(sensed("smoke", "smoke", false));
  const effects = run.say(sensed("smoke", "smoke", true));
  expect(effects).toMatchObject([
    { kind: "signal", pattern: "alarm" },
    { kind: "announce", key: "hazard-found", alarmId: firstId(run) },
  ]);
  expect(cries(run)).toEqual([firstId(run)]);
  expect(raised(run)).toHaveLength(1);
});

test("I3: smoke that a person closed and that goes on is silent while it is, and an alarm again later", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("smoke", "smoke", true));
  run.say(close(firstId(run)));
  for (let minute = 0; minute < 59; minute += 1) {
    run.pass(minutes(1));
    run.say(sensed("smoke", "smoke", true));
  }
  expect(raised(run)).toHaveLength(1);
  run.pass(minutes(1));
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(2);
  expect(patterns(run)).toEqual(["alarm", "none", "alarm"]);
});

test.each<readonly [string, (run: RuleRun) => void]>([
  ["minutes without a word", (run) => run.pass(minutes(5))],
  ["a restart", (run) => run.restart(1_000)],
  ["a radio that was away", (run) => run.say({ kind: "radio-ready" })],
])("I6: after %s a word of smoke is a new fire: nobody knows when the last one ended", (_, gap) => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("smoke", "smoke", true));
  run.say(close(firstId(run)));
  run.pass(seconds(1));
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(1);
  gap(run);
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(2);
  gap(run);
  run.say(sensed("smoke", "smoke", true));
  expect(raised(run)).toHaveLength(2);
  expect(cries(run)).toEqual([raised(run)[1]?.id]);
});

test("the radio says nothing of a wired detector", () => {
  const run = runRules(
    { hazard },
    stoveHomeWith((all) =>
      all.map((device) => (device.id === "heat" ? { ...device, byRadio: false } : device)),
    ),
  );
  run.say(sensed("heat", "heat", true));
  run.say({ kind: "radio-ready" });
  run.say(sensed("heat", "heat", true));
  expect(cries(run)).toEqual([]);
});

test("a cry that outlived the closing of its alarm is an alarm of its own, and its siren goes on", () => {
  const run = runRules({ hazard }, stoveHome);
  run.say(sensed("smoke", "smoke", true));
  const alarm = raised(run)[0];
  if (alarm === undefined) throw new Error("nothing was raised");
  run.say(close(alarm.id));
  const heir: RuleEvent & { kind: "alarm-raised" } = {
    kind: "alarm-raised",
    alarm: { ...alarm, id: "word" },
    id: "e",
    at: run.now(),
  };
  run.say(heir);
  run.say({ ...heir, alarm: { ...alarm, id: "other", device: "unheard" } });
  expect(patterns(run)).toEqual(["alarm", "none", "alarm"]);
  run.pass(hours(1));
  run.say(sensed("smoke", "smoke", true));
  expect(cries(run)).toEqual(["word"]);
  run.say(close("word"));
  expect(patterns(run).at(-1)).toBe("none");
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
  expect(patterns(run)).toEqual(["none", "alarm", "alarm", "alarm"]);
  expect(raised(run)).toHaveLength(1);
});
