import { describe, expect, test } from "vitest";
import { minutes, seconds } from "../../protocol/time.ts";
import type { Fact } from "../../rules/events.ts";
import { careLink } from "../../rules/machines/care-link.ts";
import { emergencyCall } from "../../rules/machines/emergency-call.ts";
import { homeEscalation } from "../../rules/machines/escalation.ts";
import {
  accept,
  anna,
  beat,
  bert,
  callHome,
  close,
  decline,
  raise,
  take,
} from "../support/call-home.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";

const machines = { emergencyCall, escalation: homeEscalation, careLink };
const press: Fact = { kind: "button-pressed", device: "sos" };

function home(plan = callHome): RuleRun {
  const run = runRules(machines, plan);
  run.say(beat());
  return run;
}
const alarms = (run: RuleRun) =>
  run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm] : []));
const idOf = (run: RuleRun): string => alarms(run)[0]?.id ?? "none";
const notes = (run: RuleRun): readonly string[] =>
  run.facts.flatMap((fact) => (fact.kind === "alarm-noted" ? [fact.alarmId] : []));
const signals = (run: RuleRun): readonly string[] =>
  only(run.effects, "signal").map((effect) => effect.pattern);

/** Lets time pass while the care service lives. */
function live(run: RuleRun, count: number): void {
  for (let beats = 0; beats < count; beats += 1) {
    run.pass(seconds(5));
    run.say(beat({ alarmId: idOf(run), epoch: 1 }));
  }
}

describe("a call", () => {
  test("I1: a press is an alarm at once: lamp, sentence, offer of custody, in this order", () => {
    const run = home();
    const effects = run.say(press);
    expect(effects.map((effect) => effect.kind)).toEqual(["signal", "announce", "offer-custody"]);
    expect(alarms(run)).toMatchObject([
      { level: "alarm", reason: "sos-pressed", device: "sos", room: "bath", late: false },
    ]);
    expect(signals(run)).toEqual(["called"]);
  });

  test("I1: a wish at the tablet is the same alarm, without a device", () => {
    const run = home();
    run.say({ kind: "help-requested", client: "tablet" });
    expect(alarms(run)[0]).toMatchObject({ level: "alarm", reason: "help-requested" });
    expect(alarms(run)[0]).not.toHaveProperty("room");
  });

  test("I1: a button that the plan does not know calls all the same", () => {
    const run = home();
    run.say({ kind: "button-pressed", device: "stranger" });
    expect(alarms(run)[0]).toMatchObject({ device: "stranger" });
    expect(alarms(run)[0]).not.toHaveProperty("room");
  });

  test("I3: a second press adds to the open call, says its state again, and never cancels", () => {
    const run = home();
    run.say(press);
    run.say({ kind: "button-pressed", device: "sos2" });
    expect(alarms(run)).toHaveLength(1);
    expect(notes(run)).toEqual([idOf(run)]);
    expect(only(run.effects, "tell-peer-noted")).toHaveLength(1);
    expect(run.said()).toEqual(["help-stored", "help-stored"]);
    expect(signals(run)).toEqual(["called"]);
  });

  test("I3: only a person's closing ends lamp and call; the next press is a new alarm", () => {
    const run = home();
    run.say(press);
    run.say({ kind: "false-alarm-said", alarmId: idOf(run), client: "tablet" });
    run.pass(minutes(300));
    expect(signals(run)).toEqual(["called"]);
    const effects = run.say(close(idOf(run), anna, "peer"));
    expect(effects).toMatchObject([
      { kind: "signal", pattern: "none" },
      { kind: "announce", key: "alarm-closed", words: { name: "Anna", outcome: "helped" } },
    ]);
    expect(only(run.pass(minutes(10)), "announce")).toEqual([]);
    run.say(press);
    expect(new Set(alarms(run).map((alarm) => alarm.id)).size).toBe(2);
  });
});

describe("what is said of a call", () => {
  test("I2: stored, with care, coming, closed: each only when it is true", () => {
    const run = home();
    run.say(press);
    run.say(take(idOf(run), 9));
    expect(run.said()).toEqual(["help-stored"]);
    run.say(take(idOf(run), 1));
    run.say(accept("another", anna, 1));
    expect(run.said()).toEqual(["help-stored", "help-with-care"]);
    run.say(accept(idOf(run), anna, 1));
    expect(only(run.effects, "announce").at(-1)).toMatchObject({
      key: "help-coming",
      words: { name: "Anna" },
    });
    run.say(close(idOf(run), anna, "peer"));
    expect(run.said().slice(2)).toEqual(["help-coming", "alarm-closed"]);
  });

  test("I2: repeated while the call is open, at most half a minute apart", () => {
    const slow = { ...callHome, link: { ...callHome.link, repeatEvery: minutes(5) } };
    for (const [plan, count] of [
      [callHome, 3],
      [slow, 2],
    ] as const) {
      const run = home(plan);
      run.say(press);
      run.say(take(idOf(run), 1));
      const before = run.said().length;
      live(run, 12);
      expect(run.said().slice(before)).toEqual(Array(count).fill("help-with-care"));
    }
  });

  test("I2: nobody yet, when the call is stored and nobody has taken it in time", () => {
    const run = home();
    run.say(press);
    run.pass(seconds(14));
    run.say(beat());
    run.pass(seconds(6));
    expect(run.said()).toEqual(["help-stored", "help-nobody-yet"]);
  });

  test("I2: no path, while the care service is silent; what holds again when it is back", () => {
    const run = home();
    run.pass(seconds(15));
    run.say(press);
    expect(run.said()).toEqual(["care-unreachable", "help-stored", "help-no-path"]);
    run.say(beat({ alarmId: idOf(run), epoch: 1 }));
    expect(run.said().slice(3)).toContain("help-with-care");
    run.say(accept(idOf(run), anna, 1));
    run.pass(seconds(15));
    expect(run.said().at(-1)).toBe("care-unreachable");
    run.pass(seconds(20));
    expect(run.said().at(-1)).toBe("help-coming");
  });

  test("I2: who withdraws is not coming, and that is said", () => {
    const run = home();
    run.say(press);
    run.say(take(idOf(run), 1));
    run.say(accept(idOf(run), anna, 1));
    run.say(decline(idOf(run), anna, 2));
    expect(run.said().at(-1)).toBe("help-nobody-yet");
    run.say(beat());
    run.say(beat());
    expect(run.said().at(-1)).toBe("help-nobody-yet");
    run.say(accept(idOf(run), anna, 3));
    expect(run.said().at(-1)).toBe("help-coming");
  });

  test("I2: of several who come the newest is named, and nobody for longer than they are awaited", () => {
    const run = home();
    run.say(press);
    run.say(take(idOf(run), 1));
    const named = (): unknown => only(run.effects, "announce").at(-1)?.words["name"];
    run.say(accept(idOf(run), anna, 1));
    live(run, 120);
    expect(named()).toBe("Anna");
    run.say(accept(idOf(run), bert, 2));
    expect(named()).toBe("Bert");
    run.say(decline(idOf(run), bert, 3));
    expect(named()).toBe("Anna");
    live(run, 12 * 50);
    expect(run.said().at(-1)).toBe("help-nobody-yet");
    const heard = run.said().length;
    live(run, 12 * 60);
    expect(run.said().slice(heard)).not.toContain("help-coming");
    run.say(accept(idOf(run), anna, 4));
    expect(run.said().at(-1)).toBe("help-coming");
  });

  test("I2: who should have come while the home was away, or nobody knows how long, is not named", () => {
    for (const [gapMs, passed] of [
      [minutes(61), minutes(61)],
      [null, minutes(1)],
    ] as const) {
      const run = home();
      run.say(press);
      run.say(take(idOf(run), 1));
      run.say(accept(idOf(run), anna, 1));
      const heard = run.said().length;
      run.restart(gapMs, passed);
      run.pass(minutes(2));
      expect(run.said().slice(heard)).not.toContain("help-coming");
      expect(run.said()[heard]).toBe("help-nobody-yet");
    }
  });

  test("I2: other alarms speak for themselves", () => {
    const run = home();
    run.say({ kind: "button-unclear", device: "sos", frame: "0x00" });
    run.say(accept(idOf(run), anna, 1));
    run.say(close(idOf(run), anna, "peer"));
    expect(run.said()).toEqual([]);
  });
});

describe("a cry that nobody heard before the closing", () => {
  test("I3: is a call of its own in the same step: the lamp goes on calling", () => {
    const run = home();
    run.say(press);
    run.say(take(idOf(run), 1));
    run.say(press);
    const [note] = only(run.effects, "tell-peer-noted");
    const effects = run.say(close(idOf(run), anna, "peer"));
    expect(effects.map((effect) => effect.kind)).toEqual([
      "signal",
      "announce",
      "signal",
      "announce",
      "offer-custody",
    ]);
    expect(run.said().slice(-2)).toEqual(["alarm-closed", "help-stored"]);
    expect(signals(run).at(-1)).toBe("called");
    expect(alarms(run)[1]).toMatchObject({
      id: note?.word,
      reason: "sos-pressed",
      room: "bath",
      raisedAt: run.now(),
      late: true,
    });
    run.say(press);
    expect(notes(run).at(-1)).toBe(note?.word);
  });

  test("I3: one that the person had heard is over with the alarm", () => {
    const run = home();
    run.say(press);
    run.say(press);
    const words = only(run.effects, "tell-peer-noted").map(({ word }) => word);
    run.say({ ...close(idOf(run), anna, "peer"), heard: words } as Fact);
    expect(alarms(run)).toHaveLength(1);
    expect(signals(run)).toEqual(["called", "none"]);
  });

  test("I3: an unclear frame is a concern of its own, and the next one joins that", () => {
    const run = home();
    const unclear = () => run.say({ kind: "button-unclear", device: "sos", frame: "0x00" });
    unclear();
    unclear();
    run.say(close(idOf(run), anna, "peer"));
    expect(alarms(run)).toHaveLength(2);
    unclear();
    expect(alarms(run)).toHaveLength(2);
    expect(notes(run).at(-1)).toBe(alarms(run)[1]?.id);
    expect(signals(run)).toEqual([]);
  });

  test("alarms of other kinds, and other concerns, are no call", () => {
    const run = home();
    run.say(raise("fire", { category: "hazard", reason: "smoke" }));
    run.say(raise("asked", { level: "concern", reason: "asked" }));
    expect(signals(run)).toEqual([]);
    run.say(press);
    run.say(raise("other"));
    run.say(press);
    expect(notes(run)).toEqual([alarms(run)[2]?.id]);
  });
});

describe("a restart", () => {
  test("I5: lamp and sentence are restored on level", () => {
    const run = home();
    expect(run.restart(0)).toMatchObject([{ kind: "signal", pattern: "none" }]);
    run.say(press);
    run.say(take(idOf(run), 1));
    expect(only(run.restart(null), "signal")[0]).toMatchObject({ pattern: "called" });
    expect(run.said().at(-1)).toBe("help-with-care");
    run.pass(seconds(20));
    expect(run.said().slice(-1)).toEqual(["help-no-path"]);
  });
});

describe("a test alarm", () => {
  const drill: Fact = { kind: "drill-requested", drillId: "d1" };

  test("is an alarm to everybody but the room, which is told once that it is a test", () => {
    const run = home();
    const effects = run.say(drill);
    expect(effects.map((effect) => effect.kind)).toEqual(["offer-custody", "announce"]);
    expect(run.said()).toEqual(["drill-running"]);
    expect(alarms(run)).toMatchObject([
      { id: "drill:d1", category: "emergency-call", level: "alarm", reason: "drill", drill: true },
    ]);
    run.say(take("drill:d1", 1));
    run.say(accept("drill:d1", anna, 1));
    run.pass(seconds(1));
    expect(run.said()).toEqual(["drill-running"]);
    run.say(close("drill:d1", anna, "peer"));
    expect(run.said()).toEqual(["drill-running", "alarm-closed"]);
    expect(signals(run)).toEqual([]);
  });

  test("asked for again is the same one, also when it is over", () => {
    const run = home();
    run.say(drill);
    run.say(drill);
    expect(only(run.effects, "offer-custody")).toHaveLength(1);
    run.say(close("drill:d1", anna, "peer"));
    const heard = run.said().length;
    run.say(drill);
    run.pass(minutes(1));
    expect(run.said().slice(heard)).not.toContain("drill-running");
    run.say({ kind: "drill-requested", drillId: "d2" });
    expect(run.said().at(-1)).toBe("drill-running");
  });

  test("I1: a press meanwhile is a real alarm, and keeps its lamp when the test is over", () => {
    const run = home();
    run.say(drill);
    const effects = run.say(press);
    expect(effects.map((effect) => effect.kind)).toEqual(["signal", "announce", "offer-custody"]);
    expect(alarms(run).map((alarm) => alarm.drill)).toEqual([true, undefined]);
    run.say(close("drill:d1", anna, "peer"));
    expect(signals(run)).toEqual(["called"]);
    run.say(press);
    expect(notes(run)).toEqual([alarms(run)[1]?.id]);
  });
});

describe("a button that nobody understood", () => {
  test("is a concern, one for each device, until a person has closed it", () => {
    const run = home();
    const unclear = (device: string) => run.say({ kind: "button-unclear", device, frame: "0x00" });
    unclear("sos");
    unclear("sos");
    unclear("sos2");
    expect(alarms(run)).toMatchObject([
      { level: "concern", reason: "button-unclear", device: "sos", room: "bath" },
      { level: "concern", reason: "button-unclear", device: "sos2", room: "hall" },
    ]);
    expect(notes(run)).toEqual([idOf(run)]);
    run.say(close(idOf(run), anna));
    unclear("sos");
    unclear("sos2");
    expect(alarms(run)).toHaveLength(3);
  });
});
