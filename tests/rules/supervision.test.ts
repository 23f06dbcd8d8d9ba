import { describe, expect, test } from "vitest";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import type { RuleEvent } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import type { SupervisionState } from "../../rules/machines/supervision-state.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";

const { supervision } = homeMachines;
const moves = (device: string, moving: boolean) =>
  ({ kind: "motion-sensed", device, moving }) as const;
const heard = (device: string) => ({ kind: "device-heard", device }) as const;

function home(plan: HomePlan = stoveHome): RuleRun {
  const run = runRules({ supervision }, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say({ kind: "radio-ready" });
  return run;
}

const state = (run: RuleRun): SupervisionState =>
  run.state().machines["supervision"] as SupervisionState;
const faults = (run: RuleRun): readonly string[] =>
  state(run).faults.map(({ subject, what }) => `${subject} ${what}`);
const found = (run: RuleRun, kind: RuleEvent["kind"]): number =>
  run.facts.filter((fact) => fact.kind === kind).length;

const alarmsOf = (run: RuleRun, reason: string): readonly string[] =>
  run.facts.flatMap((fact) =>
    fact.kind === "alarm-raised" && fact.alarm.reason === reason ? [fact.alarm.id] : [],
  );

const closing = { by: { id: "t", name: "T" }, outcome: "fault-repaired", note: "" } as const;
function closeAlarm(run: RuleRun, alarmId: string): void {
  run.say({ kind: "alarm-closed", alarmId, closing, from: "here" });
}
function closeAlarms(run: RuleRun): void {
  for (const { open } of Object.values(state(run).alarms)) {
    if (open !== null) closeAlarm(run, open);
  }
}

/** Lets time pass while these devices speak every minute. */
function speaking(run: RuleRun, devices: readonly string[], count: number): void {
  for (let minute = 0; minute < count; minute += 1) {
    for (const device of devices) run.say(heard(device));
    run.pass(minutes(1));
  }
}

const all = stoveHome.devices.map((device) => device.id);
const allBut = (...ids: readonly string[]) => all.filter((id) => !ids.includes(id));

describe("I6: silence is a fault", () => {
  test("a home in which all speak has none", () => {
    const run = home();
    speaking(run, all, 60 * 30);
    expect(run.effects).toEqual([]);
    expect(run.facts.some((fact) => fact.kind === "fault-found")).toBe(false);
  });

  test("a mains plug is asked first, then found silent within ten minutes, and mended by a frame", () => {
    const run = home();
    speaking(run, allBut("plug"), 3);
    expect(only(run.effects, "read-relay")).toHaveLength(1);
    expect(faults(run)).toEqual([]);
    speaking(run, allBut("plug"), 1);
    expect(faults(run)).toEqual(["plug silent"]);
    expect(only(run.effects, "announce")).toMatchObject([
      {
        key: "module-blind",
        words: { module: "stove-guard", sight: "none", device: "plug", room: "kitchen" },
      },
    ]);
    speaking(run, allBut("plug"), 60);
    expect(found(run, "fault-found")).toBe(1);
    run.say({ kind: "relay-read", device: "plug", on: true });
    expect(faults(run)).toEqual([]);
    expect(found(run, "fault-cleared")).toBe(1);
    expect(only(run.effects, "tell-peer-fault").map((told) => told.cleared)).toEqual([false, true]);
    speaking(run, allBut("plug"), 3);
    expect(only(run.effects, "read-relay")).toHaveLength(2);
    run.say({ kind: "relay-read", device: "plug", on: true });
    speaking(run, allBut("plug"), 3);
    expect(faults(run)).toEqual([]);
  });

  test("a mains plug that checks in seldom is still found silent after ten minutes", () => {
    const run = home(
      stoveHomeWith((devices) =>
        devices.map((device) =>
          device.id === "plug" ? { ...device, checkInEvery: hours(6) } : device,
        ),
      ),
    );
    speaking(run, allBut("plug"), 9);
    expect(only(run.effects, "read-relay")).toHaveLength(1);
    speaking(run, allBut("plug"), 1);
    expect(faults(run)).toEqual(["plug silent"]);
  });

  test("a mains device that is no relay cannot be asked", () => {
    const run = home(
      stoveHomeWith((devices) => [
        ...devices,
        {
          id: "lamp",
          roles: ["light"],
          room: "hall",
          power: "mains",
          checkInEvery: minutes(2),
          byRadio: true,
        },
      ]),
    );
    speaking(run, all, 4);
    expect(faults(run)).toEqual(["lamp silent"]);
    expect(only(run.effects, "read-relay")).toEqual([]);
  });

  test("an alarm button is silent after 25 h at the latest: a concern, once", () => {
    const run = home(
      stoveHomeWith((devices) =>
        devices.map((device) =>
          device.id === "sos" ? { ...device, checkInEvery: hours(24) } : device,
        ),
      ),
    );
    speaking(run, allBut("sos"), 60 * 25 - 1);
    expect(run.alarms()).toEqual([]);
    speaking(run, allBut("sos"), 1);
    expect(run.alarms()).toEqual(["sos-button-silent"]);
    expect(run.facts.find((fact) => fact.kind === "alarm-raised")).toMatchObject({
      alarm: { level: "concern", category: "fault", device: "sos", room: "bath" },
    });
    speaking(run, allBut("sos"), 60 * 5);
    expect(run.alarms()).toHaveLength(1);
    closeAlarms(run);
    speaking(run, allBut("sos"), 60 * 24 - 1);
    expect(run.alarms()).toHaveLength(1);
    speaking(run, allBut("sos"), 1);
    expect(run.alarms()).toHaveLength(2);
    run.say({ kind: "button-pressed", device: "sos" });
    expect(faults(run)).toEqual([]);
  });

  test("a battery sensor may miss one check-in", () => {
    const run = home();
    speaking(run, allBut("hall"), 119);
    expect(faults(run)).toEqual([]);
    speaking(run, allBut("hall"), 1);
    expect(faults(run)).toEqual(["hall silent"]);
    expect(only(run.effects, "announce")[0]).toMatchObject({
      words: { module: "stove-guard", sight: "less" },
    });
  });

  test("a second fault that takes the last of a module's sight is said again, a third is not", () => {
    const run = home();
    for (const device of ["hall", "kitchen", "bath"]) {
      run.say({ kind: "device-missing", device });
    }
    const said = only(run.effects, "announce").map(
      ({ words }) => `${words["module"]} ${words["sight"]} ${words["device"]}`,
    );
    expect(said).toEqual(["stove-guard less hall", "stove-guard none kitchen"]);
  });

  test("I5: a restart puts silence off by the time that nobody listened, and clears no fault", () => {
    const run = home();
    speaking(run, allBut("plug", "hall"), 100);
    expect(faults(run)).toEqual(["plug silent"]);
    run.restart(minutes(600));
    run.pass(seconds(30));
    run.say({ kind: "radio-ready" });
    expect(faults(run)).toEqual(["plug silent"]);
    speaking(run, allBut("plug", "hall"), 19);
    expect(faults(run)).toEqual(["plug silent"]);
    speaking(run, allBut("plug", "hall"), 1);
    expect(faults(run)).toEqual(["plug silent", "hall silent"]);
    run.say(heard("hall"));
    expect(faults(run)).toEqual(["plug silent"]);
  });

  test("I6: a dead battery is found although the radio is lost, or the gateway restarts, every day", () => {
    const run = home();
    for (let day = 0; day < 2; day += 1) {
      expect(run.alarms()).toEqual([]);
      speaking(run, allBut("sos"), 60 * 12);
      run.say({ kind: "radio-lost", cause: "unplugged" });
      run.pass(seconds(40));
      if (day === 0) run.restart(20_000);
      run.say({ kind: "radio-ready" });
    }
    expect(run.alarms()).toEqual(["sos-button-silent"]);
  });

  test("I6: gaps that nobody can measure are waited for anew, three times in a row and no more", () => {
    const run = home();
    for (let gap = 0; gap < 4; gap += 1) {
      speaking(run, allBut("hall"), 90);
      expect(faults(run)).toEqual([]);
      run.restart(null, minutes(30));
      run.say({ kind: "radio-ready" });
    }
    // The last gap put nothing off, and nothing is known of the time in it.
    expect(faults(run)).toEqual(["hall silent"]);
  });

  test("a plug whose report was lost in an outage is asked before it is blamed, three times and no more", () => {
    const run = home();
    speaking(run, allBut("plug"), 2);
    for (let outage = 0; outage < 3; outage += 1) {
      run.pass(seconds(59));
      run.say({ kind: "radio-lost", cause: "unplugged" });
      run.pass(seconds(30));
      const asked = only(run.effects, "read-relay").length;
      expect(run.say({ kind: "radio-ready" })).toHaveLength(outage === 0 ? 0 : 1);
      expect(only(run.effects, "read-relay").length - asked).toBe(outage === 0 ? 0 : 1);
      expect(faults(run)).toEqual([]);
    }
    run.say({ kind: "relay-read", device: "plug", on: false });
    run.pass(minutes(3));
    expect(faults(run)).toEqual([]);
    for (let outage = 0; outage < 4; outage += 1) {
      run.pass(seconds(59));
      run.say({ kind: "radio-lost", cause: "unplugged" });
      run.say({ kind: "radio-ready" });
      expect(faults(run)).toEqual([]);
    }
    run.pass(seconds(1));
    expect(faults(run)).toEqual(["plug silent"]);
  });

  test("I6: a deadline that passes while another event is handled is not passed over", () => {
    const run = home();
    speaking(run, allBut("hall"), 119);
    const late = runRules(
      { supervision: { ...supervision, initial: () => state(run) } },
      stoveHome,
      run.now() + minutes(1) + 3,
    );
    late.say(heard("bath"));
    expect(faults(late)).toEqual(["hall silent"]);
  });

  test("before the start was told, a frame is taken in and nobody is blamed", () => {
    const run = runRules({ supervision }, stoveHome);
    run.say(heard("plug"));
    run.say(heard("nobody's"));
    expect(Object.keys(state(run).devices)).toEqual(["plug"]);
    run.say({ kind: "deadline-reached", lateMs: 0 });
    expect(faults(run)).toEqual([]);
  });

  test("a device that left the plan takes its faults with it", () => {
    const run = home();
    run.say({ kind: "device-missing", device: "hall" });
    run.say({ kind: "device-missing", device: "bath" });
    const smaller = runRules(
      { supervision: { ...supervision, initial: () => state(run) } },
      stoveHomeWith((devices) => devices.filter(({ id }) => id !== "hall")),
    );
    smaller.say({ kind: "gateway-started", boot: "b2", gapMs: 0 });
    expect(faults(smaller)).toEqual(["bath missing"]);
    expect(found(smaller, "fault-cleared")).toBe(1);
    expect(Object.keys(state(smaller).devices)).not.toContain("hall");
  });
});

describe("radio", () => {
  test("a radio that is away for a minute is one fault, and no device is blamed for it", () => {
    const run = home();
    speaking(run, all, 10);
    run.say({ kind: "radio-lost", cause: "unplugged" });
    run.pass(seconds(30));
    run.say({ kind: "radio-lost", cause: "still" });
    run.pass(seconds(29));
    expect(faults(run)).toEqual([]);
    run.pass(seconds(1));
    expect(faults(run)).toEqual(["radio radio-lost"]);
    expect(state(run).faults[0]?.blind).toContain("stove-guard");
    expect(state(run).faults[0]?.blind).toContain("emergency-call");
    run.pass(hours(3));
    expect(faults(run)).toEqual(["radio radio-lost"]);
    run.say({ kind: "radio-ready" });
    expect(faults(run)).toEqual([]);
    // The plug had spoken a minute before the outage; it has the rest of its four minutes.
    run.pass(milliseconds(minutes(3) - 1));
    expect(faults(run)).toEqual([]);
    run.pass(milliseconds(1));
    expect(faults(run)).toEqual(["plug silent"]);
  });

  test("I4: a radio that stays away is an alarm, once, and again while it is so after a person closed it", () => {
    const run = home();
    const lose = (): void => {
      run.say({ kind: "radio-lost", cause: "unplugged" });
      run.pass(minutes(1));
    };
    lose();
    expect(run.alarms()).toEqual(["radio-lost"]);
    expect(run.facts.find((fact) => fact.kind === "alarm-raised")).toMatchObject({
      alarm: { level: "alarm", category: "fault", reason: "radio-lost" },
    });
    run.say({ kind: "radio-ready" });
    lose();
    run.restart(1_000);
    run.pass(hours(5));
    expect(run.alarms()).toHaveLength(1);
    closeAlarms(run);
    run.pass(minutes(59));
    expect(run.alarms()).toHaveLength(1);
    run.pass(minutes(1));
    expect(run.alarms()).toEqual(["radio-lost", "radio-lost"]);
    closeAlarms(run);
    run.say({ kind: "radio-ready" });
    run.pass(hours(1));
    expect(run.alarms().filter((reason) => reason === "radio-lost")).toHaveLength(2);
    lose();
    expect(run.alarms().filter((reason) => reason === "radio-lost")).toHaveLength(3);
  });

  test("a radio that is away blinds what is on it; a wired device goes on to be heard and judged", () => {
    const run = home(
      stoveHomeWith((devices) => [
        ...devices,
        {
          id: "cord",
          roles: ["sos-button"],
          room: "bath",
          power: "mains",
          checkInEvery: minutes(1),
          byRadio: false,
        },
      ]),
    );
    run.say({ kind: "radio-lost", cause: "unplugged" });
    speaking(run, ["cord"], 5);
    expect(faults(run)).toEqual(["radio radio-lost"]);
    const calls = only(run.effects, "announce").filter(
      ({ words }) => words["module"] === "emergency-call",
    );
    expect(calls).toMatchObject([{ words: { sight: "less", device: "radio" } }]);
    run.pass(minutes(9));
    expect(faults(run)).toEqual(["radio radio-lost", "cord silent"]);
    expect(run.alarms()).toEqual(["radio-lost", "sos-button-silent"]);
    expect(only(run.effects, "announce").at(-1)).toMatchObject({
      key: "module-blind",
      words: { module: "emergency-call", sight: "none", device: "cord" },
    });
    run.say({ kind: "radio-ready" });
    run.say({ kind: "radio-ready" });
    expect(faults(run)).toEqual(["cord silent"]);
  });

  test("a radio that never comes after the start is a fault, too; a restart does not clear it", () => {
    const run = runRules({ supervision }, stoveHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: null });
    run.pass(minutes(1));
    expect(faults(run)).toEqual(["radio radio-lost"]);
    run.restart(1_000);
    expect(faults(run)).toEqual(["radio radio-lost"]);
  });

  test("missing devices are faults each, and one alarm until a person closed it", () => {
    const run = home();
    run.say({ kind: "device-missing", device: "kitchen" });
    run.say({ kind: "device-missing", device: "kitchen" });
    run.say({ kind: "device-missing", device: "sos" });
    run.say({ kind: "device-missing", device: "nobody's" });
    expect(run.alarms()).toEqual(["device-missing"]);
    expect(faults(run)).toEqual(["kitchen missing", "sos missing"]);
    closeAlarm(run, "other");
    run.say({ kind: "device-found", device: "kitchen" });
    run.say({ kind: "device-missing", device: "kitchen" });
    expect(run.alarms()).toHaveLength(1);
    closeAlarms(run);
    run.say({ kind: "device-found", device: "kitchen" });
    run.say(heard("sos"));
    expect(faults(run)).toEqual([]);
    run.say({ kind: "device-missing", device: "sos" });
    expect(run.alarms()).toEqual(["device-missing", "device-missing"]);
    closeAlarms(run);
    run.pass(milliseconds(hours(24) - 1));
    expect(alarmsOf(run, "device-missing")).toHaveLength(2);
    run.pass(milliseconds(1));
    expect(alarmsOf(run, "device-missing")).toHaveLength(3);
  });

  test("a plug without its fail-safe is told, but blinds nobody", () => {
    const run = home();
    run.say({ kind: "fail-safe-read", device: "plug", armed: false });
    expect(faults(run)).toEqual(["plug not-fail-safe"]);
    expect(only(run.effects, "tell-peer-fault")).toHaveLength(1);
    expect(only(run.effects, "announce")).toEqual([]);
    run.say({ kind: "fail-safe-read", device: "plug", armed: true });
    expect(faults(run)).toEqual([]);
  });
});

describe("I6: stuck motion sensors (story 7)", () => {
  test("an hour of 'moving' without an end is stuck, until it ends", () => {
    const run = home();
    run.say(moves("kitchen", false));
    run.say(moves("kitchen", true));
    run.pass(milliseconds(hours(1) - 1));
    expect(faults(run)).not.toContain("kitchen stuck");
    run.say(moves("kitchen", true));
    run.pass(milliseconds(1));
    expect(faults(run)).toContain("kitchen stuck");
    run.say(moves("kitchen", true));
    expect(faults(run)).toContain("kitchen stuck");
    run.say(moves("kitchen", false));
    expect(faults(run)).not.toContain("kitchen stuck");
  });

  test("a sensor that fires for eight hours without a pause is stuck, until it has one", () => {
    const run = home();
    for (let minute = 0; minute < 8 * 60 + 2; minute += 2) {
      run.say(moves("kitchen", true));
      run.pass(minutes(1));
      run.say(moves("kitchen", false));
      run.pass(minutes(1));
    }
    expect(faults(run)).toContain("kitchen stuck");
    run.pass(minutes(8));
    expect(faults(run)).toContain("kitchen stuck");
    run.pass(minutes(1));
    expect(faults(run)).not.toContain("kitchen stuck");
    run.say(moves("kitchen", true));
    run.say(moves("kitchen", false));
    expect(faults(run)).not.toContain("kitchen stuck");
  });

  test("a busy day with pauses is a busy day", () => {
    const run = home();
    for (let hour = 0; hour < 30; hour += 1) {
      run.say(moves("kitchen", true));
      run.pass(minutes(45));
      run.say(moves("kitchen", false));
      run.say(moves("kitchen", false));
      run.pass(minutes(15));
    }
    expect(found(run, "fault-found")).toBe(
      run.facts.filter((fact) => fact.kind === "fault-found" && fact.fault.what === "silent")
        .length,
    );
  });

  test("I5: a stuck sensor stays stuck over a restart until it rests", () => {
    const run = home();
    run.say(moves("kitchen", true));
    run.say(moves("hall", true));
    run.say(moves("hall", false));
    run.pass(hours(1));
    expect(faults(run)).toContain("kitchen stuck");
    run.restart(1_000);
    run.say({ kind: "radio-ready" });
    expect(faults(run)).toContain("kitchen stuck");
    run.say(moves("kitchen", false));
    expect(faults(run)).not.toContain("kitchen stuck");
  });
});

describe("batteries", () => {
  const battery = (read: { readonly volts?: number; readonly percent?: number }) =>
    ({ kind: "battery-read", device: "hall", ...read }) as const;

  test("a low voltage is a fault; a high percentage does not reassure, a fresh cell does", () => {
    const run = home();
    run.say(battery({ volts: 2.5 }));
    expect(faults(run)).toEqual([]);
    run.say(battery({ volts: 2.35, percent: 90 }));
    expect(faults(run)).toEqual(["hall battery-low"]);
    expect(state(run).faults[0]?.blind).toEqual([]);
    expect(only(run.effects, "announce")).toEqual([]);
    run.say(battery({ percent: 100 }));
    run.say(battery({ volts: 2.5 }));
    run.say(battery({}));
    expect(faults(run)).toEqual(["hall battery-low"]);
    run.say(battery({ volts: 3.0 }));
    expect(faults(run)).toEqual([]);
  });

  test("a device that tells no voltage is judged by what it tells", () => {
    const run = home();
    run.say(battery({ percent: 16 }));
    expect(faults(run)).toEqual([]);
    run.say(battery({ percent: 15 }));
    run.say(battery({ percent: 10 }));
    run.say(battery({ percent: 30 }));
    expect(faults(run)).toEqual(["hall battery-low"]);
    run.say(battery({ percent: 100 }));
    expect(faults(run)).toEqual([]);
    run.say(battery({ percent: 100 }));
    expect(found(run, "fault-cleared")).toBe(1);
  });
});
