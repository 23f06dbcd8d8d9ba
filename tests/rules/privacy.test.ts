import { describe, expect, test } from "vitest";
import { type Look, livingMax } from "../../protocol/living.ts";
import type { PrivacyView } from "../../protocol/view.ts";
import { homeMachines } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { alarmOf, anna, bert, closingBy } from "../support/call-home.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome } from "../support/stove-home.ts";

function home(): { readonly run: RuleRun; readonly view: () => PrivacyView } {
  const run = runRules(homeMachines, stoveHome);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  return { run, view: () => viewOf(stoveHome, run.state(), run.now()).privacy };
}

const look = (id: string, wall_ms: number): Look => {
  return { id, who: "Frau Maier", role: "care", what: "alarm", wall_ms };
};

describe("who was told", () => {
  test("is shown with what it was about, newest first and once for a person", () => {
    const { run, view } = home();
    run.say({ kind: "button-pressed", device: "sos" });
    const [alarm] = viewOf(stoveHome, run.state(), run.now()).alarms;
    const alarmId = alarm?.id ?? "";
    run.say({ kind: "person-told", alarmId, by: anna });
    run.say({ kind: "person-told", alarmId, by: bert });
    run.say({ kind: "person-told", alarmId, by: { ...anna, name: "Anna W." } });
    const about = { alarmId, reason: "sos-pressed", category: "emergency-call", at: run.now() };
    expect(view().told).toEqual([
      { ...about, who: bert.name },
      { ...about, who: anna.name },
    ]);
    expect(viewOf(stoveHome, run.state(), run.now()).alarms[0]?.told).toEqual(["Anna", "Bert"]);
  });

  test("two of one name are two rows, and one name at the alarm", () => {
    const { run, view } = home();
    run.say({ kind: "button-pressed", device: "sos" });
    const alarmId = viewOf(stoveHome, run.state(), run.now()).alarms[0]?.id ?? "";
    run.say({ kind: "person-told", alarmId, by: anna });
    run.say({ kind: "person-told", alarmId, by: { ...anna, id: "anna-2" } });
    expect(view().told.map(({ who }) => who)).toEqual([anna.name, anna.name]);
    expect(viewOf(stoveHome, run.state(), run.now()).alarms[0]?.told).toEqual([anna.name]);
  });

  test("I2: that somebody was told says nothing of help that comes", () => {
    const { run } = home();
    run.say({ kind: "button-pressed", device: "sos" });
    const before = viewOf(stoveHome, run.state(), run.now()).alarms;
    const alarmId = before[0]?.id ?? "";
    const effects = run.say({ kind: "person-told", alarmId, by: anna });
    expect(effects).toEqual([]);
    expect(viewOf(stoveHome, run.state(), run.now()).alarms).toEqual([
      { ...before[0], told: ["Anna"] },
    ]);
  });

  test("also after the alarm was closed, and of the alarm that only the care service raises", () => {
    const { run, view } = home();
    run.say({ kind: "alarm-raised", alarm: alarmOf("a1") });
    run.say({
      kind: "alarm-raised",
      alarm: alarmOf("a2", { category: "hazard", reason: "smoke" }),
    });
    run.say({ kind: "alarm-closed", alarmId: "a1", closing: closingBy(anna), from: "peer" });
    run.say({ kind: "person-told", alarmId: "a1", by: anna });
    run.say({ kind: "person-told", alarmId: "weber:silent", by: anna });
    expect(view().told.map(({ reason, category }) => `${category} ${reason}`)).toEqual([
      "fault home-silent",
      "emergency-call sos-pressed",
    ]);
  });

  test("I9: has a bound, and alarms that are open stay known longest", () => {
    const { run, view } = home();
    run.say({ kind: "alarm-raised", alarm: alarmOf("open", { reason: "first" }) });
    for (let n = 0; n < livingMax.told + 5; n += 1) {
      run.say({ kind: "alarm-raised", alarm: alarmOf(`a${n}`) });
      run.say({ kind: "alarm-closed", alarmId: `a${n}`, closing: closingBy(anna), from: "here" });
      run.say({ kind: "person-told", alarmId: `a${n}`, by: anna });
    }
    run.say({ kind: "person-told", alarmId: "open", by: anna });
    expect(view().told).toHaveLength(livingMax.told);
    expect(view().told[0]).toMatchObject({ alarmId: "open", reason: "first" });
    for (let n = 0; n < livingMax.told; n += 1) {
      run.say({ kind: "alarm-raised", alarm: alarmOf(`b${n}`) });
    }
    run.say({ kind: "person-told", alarmId: "open", by: bert });
    expect(view().told[0]).toMatchObject({ alarmId: "open", reason: "home-silent" });
    expect(JSON.stringify(run.state().machines["privacy"]).length).toBeLessThan(30_000);
  });
});

describe("who looked", () => {
  test("is shown newest first; an older list changes nothing", () => {
    const { run, view } = home();
    run.say({ kind: "looks-told", version: 2, looks: [look("1", 10), look("2", 20)] });
    run.say({ kind: "looks-told", version: 1, looks: [] });
    run.say({ kind: "looks-told", version: 2, looks: [look("1", 10), look("2", 20)] });
    expect(view().looks.map(({ id }) => id)).toEqual(["2", "1"]);
  });
});

describe("I am well", () => {
  test("is told to the care service, and shown since when", () => {
    const { run, view } = home();
    expect(view().wellbeing).toBeNull();
    const effects = run.say({ kind: "wellbeing-said", client: "tablet" });
    expect(only(effects, "tell-peer-living").map(({ body }) => body)).toContainEqual({
      kind: "wellbeing",
      at_ms: run.now(),
    });
    expect(view().wellbeing).toEqual({ at: run.now() });
  });
});
