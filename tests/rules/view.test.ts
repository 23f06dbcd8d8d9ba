import { describe, expect, test } from "vitest";
import { minutes, seconds } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";
import { homeMachines } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";

const maier = { id: "maier", name: "Frau Maier" };

function home(plan = stoveHome): { readonly run: RuleRun; readonly view: () => HomeView } {
  const run = runRules(homeMachines, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  return { run, view: () => viewOf(plan, run.state(), run.now()) };
}

describe("what the home shows", () => {
  test("I6: before anything was heard everything is unknown, and nothing is off", () => {
    const { view } = home();
    expect(view()).toMatchObject({
      alarms: [],
      stove: { phase: "unknown", powerW: null, resetAllowed: false },
      link: { care: "unknown" },
      signal: "none",
    });
    expect(view().modules.map((module) => module.sees)).toEqual(view().modules.map(() => "all"));
  });

  test("I2: an alarm goes from stored to with-care to coming, and leaves only when closed", () => {
    const { run, view } = home();
    run.say({ kind: "peer-heard", holds: [] });
    run.say({ kind: "button-pressed", device: "sos" });
    const [alarm] = view().alarms;
    expect(alarm).toMatchObject({
      category: "emergency-call",
      room: "bath",
      device: "sos",
      stage: "stored",
      acceptedBy: [],
      falseAlarmSaid: false,
    });
    expect(view().signal).toBe("called");
    const alarmId = alarm?.id ?? "";
    run.say({ kind: "custody-taken", alarmId, epoch: 1 });
    expect(view().alarms[0]?.stage).toBe("with-care");
    run.say({ kind: "false-alarm-said", alarmId, client: "tablet" });
    expect(view().alarms[0]?.falseAlarmSaid).toBe(true);
    run.pass(minutes(1));
    expect(view().link.care).toBe("lost");
    expect(view().alarms[0]).toMatchObject({ stage: "no-path", stored: true });
    run.say({ kind: "alarm-accepted", alarmId, by: maier, from: "here" });
    expect(view().alarms[0]).toMatchObject({ stage: "coming", acceptedBy: ["Frau Maier"] });
    const closing = { by: maier, outcome: "helped", note: "" } as const;
    run.say({ kind: "alarm-closed", alarmId, closing, from: "here" });
    expect(view()).toMatchObject({ alarms: [], signal: "none" });
  });

  test("I2: who said to come longer ago than a promise lasts is not shown as coming", () => {
    const { run, view } = home();
    run.say({ kind: "button-pressed", device: "sos" });
    const alarmId = view().alarms[0]?.id ?? "";
    run.say({ kind: "alarm-accepted", alarmId, by: maier, from: "here" });
    // The gateway was away meanwhile, and has not woken for the deadline yet.
    run.restart(stoveHome.link.closeWithin);
    expect(run.said().at(-1)).toBe("help-nobody-yet");
    expect(view().alarms[0]).toMatchObject({ stage: "stored", acceptedBy: [] });
  });

  test("a test alarm is shown as one, and the lamp stays out", () => {
    const { run, view } = home();
    run.say({ kind: "drill-requested", drillId: "d1" });
    expect(view()).toMatchObject({ alarms: [{ id: "drill:d1", drill: true }], signal: "none" });
    run.say({ kind: "button-pressed", device: "sos" });
    expect(view().alarms.map(({ drill }) => drill)).toEqual([true, false]);
    expect(view().signal).toBe("called");
  });

  test("a call from the tablet has no device, and says so", () => {
    const { run, view } = home();
    run.say({ kind: "help-requested", client: "tablet" });
    expect(view().alarms[0]).toMatchObject({ device: null, room: null });
  });

  test("the stove: power, presence, warning, cut, and whether a reset is allowed", () => {
    const { run, view } = home();
    run.say({ kind: "motion-sensed", device: "kitchen", moving: true });
    run.say({ kind: "power-read", device: "plug", watts: 1_200 });
    expect(view().stove).toMatchObject({ phase: "on", powerW: 1_200, presence: "seen" });
    run.say({ kind: "stove-hold-requested", client: "tablet", minutes: 10 });
    expect(view().stove?.holdUntil).toBe(run.now() + minutes(10));
    run.say({ kind: "motion-sensed", device: "kitchen", moving: false });
    run.pass(minutes(10));
    expect(view().stove).toMatchObject({
      phase: "warned",
      presence: "absent",
      cutAt: run.now() + seconds(15),
    });
    expect(view().signal).toBe("warning");
    run.pass(seconds(16));
    expect(view().stove).toMatchObject({
      phase: "cut",
      cutBecause: "absence",
      cutAt: null,
      resetAllowed: false,
      resetRefusedBecause: "cut",
    });
    run.say({ kind: "relay-read", device: "plug", on: false });
    run.say({ kind: "power-read", device: "plug", watts: 0 });
    expect(view().stove).toMatchObject({
      phase: "proved-off",
      powerW: 0,
      resetAllowed: true,
      resetRefusedBecause: null,
      resetRefusedBy: null,
    });
    run.say({ kind: "hazard-sensed", device: "smoke", hazard: "smoke", present: true });
    expect(view().stove).toMatchObject({
      resetAllowed: false,
      resetRefusedBecause: "hazard",
      resetRefusedBy: "smoke",
    });
  });

  test("I6: a blind module says what blinds it, and whether it still sees something", () => {
    const { run, view } = home();
    run.say({ kind: "device-missing", device: "kitchen" });
    run.say({ kind: "device-missing", device: "hall" });
    const guard = view().modules.find((module) => module.name === "stove-guard");
    expect(guard).toMatchObject({
      sees: "none",
      blindBecause: [
        { subject: "kitchen", what: "missing" },
        { subject: "hall", what: "missing" },
      ],
    });
    expect(view().stove?.presence).toBe("blind");
    run.say({ kind: "device-found", device: "kitchen" });
    const again = view().modules.find((module) => module.name === "stove-guard");
    expect(again?.sees).toBe("less");
    expect(view().stove?.presence).toBe("absent");
  });

  test("a home without a stove has no stove to show; without a meter no power", () => {
    const none = home(stoveHomeWith((all) => all.filter(({ id }) => id !== "plug")));
    expect(none.view().stove).toBeNull();
    const bare = home(
      stoveHomeWith((all) =>
        all.map((device) =>
          device.id === "plug" ? { ...device, roles: ["stove-relay"] } : device,
        ),
      ),
    );
    bare.run.say({ kind: "relay-read", device: "plug", on: true });
    expect(bare.view().stove).toMatchObject({ phase: "on", powerW: null });
  });
});
