import { describe, expect, test } from "vitest";
import type { HomePlan } from "../../protocol/home.ts";
import { hours, type LocalTime, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import { initialState } from "../../rules/engine.ts";
import { homeMachines, homeStates } from "../../rules/index.ts";
import { careLink } from "../../rules/machines/care-link.ts";
import { choicesFor } from "../../rules/machines/choices.ts";
import { dailySign } from "../../rules/machines/daily-sign.ts";
import { dailySignManifest } from "../../rules/machines/daily-sign-manifest.ts";
import { settledMax } from "../../rules/machines/daily-sign-state.ts";
import { viewOf } from "../../rules/view.ts";
import { callHome } from "../support/call-home.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";

const maier = { id: "maier", name: "Frau Maier" };
const well = { kind: "wellbeing-said", client: "tablet" } as const;
const choose = (on: boolean) =>
  ({ kind: "module-choice-said", module: "daily-sign", on, client: "tablet" }) as const;
const pause = (count: number) =>
  ({ kind: "pause-said", minutes: count, client: "tablet" }) as const;
const closed = (alarmId: string) =>
  ({
    kind: "alarm-closed",
    alarmId,
    closing: { by: maier, outcome: "nobody-needed-help", note: "" },
    from: "peer",
  }) as const;

const machines = { dailySign, choices: choicesFor([dailySignManifest]) };

/** Midnight of a Monday in Berlin, in summer: two hours before that of Greenwich. */
const monday = Date.UTC(2026, 5, 15) - hours(2);

/** The clock says how late it is, in minutes since that midnight. */
function clock(minute: number, trusted = true) {
  const local: LocalTime = {
    weekday: (Math.floor(minute / 1_440) % 7) + 1,
    minute: ((minute % 1_440) + 1_440) % 1_440,
  };
  return { kind: "clock-told", wallMs: monday + minutes(minute), trusted, local } as const;
}

const at = (hour: number, minute = 0): number => hour * 60 + minute;

/** A home at some minute of that Monday; the resident added the module long ago. */
function home(minute: number, plan: HomePlan = callHome): RuleRun {
  const run = runRules(machines, plan);
  run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
  run.say(clock(minute - 1_440));
  run.say(choose(true));
  run.pass(hours(24));
  run.say(clock(minute));
  for (const id of open(run)) run.say(closed(id));
  return run;
}

/** Time passes, and the clock is told now and then, as the gateway does. */
function pass(run: RuleRun, from: number, until: number): void {
  for (let minute = from; minute < until; minute += 10) {
    run.pass(minutes(Math.min(10, until - minute)));
    run.say(clock(Math.min(until, minute + 10)));
  }
}

const open = (run: RuleRun) =>
  run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.id] : []));
const alarmsSince = (run: RuleRun, from: number) =>
  run.facts.flatMap((fact) =>
    fact.kind === "alarm-raised" && fact.at >= from ? [fact.alarm] : [],
  );
const saidSince = (run: RuleRun, count: number) => run.said().slice(count);

describe("the daily sign", () => {
  test("is off until the resident adds it", () => {
    const run = runRules(machines, callHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
    run.say(clock(at(6)));
    pass(run, at(6), at(30));
    expect(run.alarms()).toEqual([]);
    expect(run.said()).toEqual([]);
  });

  test("who has said that all is well is asked nothing", () => {
    const run = home(at(8));
    const from = run.now();
    const said = run.said().length;
    run.say(well);
    pass(run, at(8), at(24 + 9));
    expect(saidSince(run, said)).toEqual([]);
    expect(alarmsSince(run, from)).toEqual([]);
  });

  test("who has not is asked half an hour before, three times, and then somebody is called", () => {
    const run = home(at(8));
    const from = run.now();
    const said = run.said().length;
    pass(run, at(8), at(9, 29));
    expect(saidSince(run, said)).toEqual([]);
    pass(run, at(9, 29), at(9, 59));
    expect(saidSince(run, said)).toEqual(Array(3).fill("daily-sign-asked"));
    expect(alarmsSince(run, from)).toEqual([]);
    pass(run, at(9, 59), at(10, 1));
    expect(saidSince(run, said).at(-1)).toBe("daily-sign-missing");
    expect(alarmsSince(run, from)).toMatchObject([
      { category: "inactivity", level: "concern", reason: "no-daily-sign", late: false },
    ]);
  });

  test("an answer to the question is a sign; one the evening before is none", () => {
    const run = home(at(8));
    const from = run.now();
    pass(run, at(8), at(9, 45));
    run.say(well);
    pass(run, at(9, 45), at(24 + 3, 50));
    expect(alarmsSince(run, from)).toEqual([]);
    // After midnight, before she slept: that is not the next morning.
    run.say(well);
    pass(run, at(27, 50), at(34, 1));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("the question stands in the view from the first asking to the answer or the call", () => {
    const asked = (run: RuleRun) => {
      const { machines: own } = run.state();
      const state = {
        ...run.state(),
        machines: { ...initialState(homeMachines, callHome).machines, ...own },
      };
      return viewOf(callHome, state, run.now()).question;
    };
    const run = home(at(8));
    pass(run, at(8), at(9, 29));
    expect(asked(run)).toBeNull();
    pass(run, at(9, 29), at(9, 40));
    expect(asked(run)).toMatchObject({ kind: "daily-sign" });
    run.say(well);
    expect(asked(run)).toBeNull();
    pass(run, at(9, 40), at(24 + 10, 1));
    expect(asked(run)).toBeNull();
  });

  test("the agreement says by which hour", () => {
    const agreement = { ...callHome.agreement, daily_sign_minute: at(8) };
    const run = home(at(7), { ...callHome, agreement });
    const from = run.now();
    pass(run, at(7), at(8, 1));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("once a day, every day; while somebody is being called already nobody is asked anew", () => {
    const run = home(at(8));
    const from = run.now();
    pass(run, at(8), at(11));
    // Somebody else's alarm is closed meanwhile.
    run.say(closed("another"));
    pass(run, at(11), at(24 + 12));
    expect(alarmsSince(run, from)).toHaveLength(1);
    run.say(closed(alarmsSince(run, from)[0]?.id ?? ""));
    pass(run, at(24 + 12), at(48 + 9));
    // The day on which its alarm was open is asked about as soon as it is closed: that is late.
    for (const { id } of alarmsSince(run, from)) run.say(closed(id));
    const until = run.now();
    pass(run, at(48 + 9), at(48 + 11));
    expect(alarmsSince(run, until)).toHaveLength(1);
  });

  test("who adds the module is there: that is today's sign, and a drop takes the question back", () => {
    const run = runRules(machines, callHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
    run.say(clock(at(9, 40)));
    run.say(choose(true));
    pass(run, at(9, 40), at(24 + 9, 40));
    expect(run.alarms()).toEqual([]);
    expect(run.said()).toContain("daily-sign-asked");
    run.say(choose(false));
    pass(run, at(24 + 9, 40), at(48 + 12));
    expect(run.alarms()).toEqual([]);
    // The alarm that is open when it is dropped is known when it is there again.
    run.say(choose(true));
    pass(run, at(48 + 12), at(72 + 11));
    expect(run.alarms()).toHaveLength(1);
    run.say(choose(false));
    run.say(choose(true));
    pass(run, at(72 + 11), at(96 + 11));
    expect(run.alarms()).toHaveLength(1);
    run.say(choose(false));
    run.say(well);
    run.say(closed(open(run)[0] ?? ""));
    expect(dailySignOf(run).alarmId).toBeNull();
  });
});

const dailySignOf = (run: RuleRun) => homeStates(run.state()).dailySign;

describe("in a pause", () => {
  test("nothing is asked, and the day whose hour it covers is over", () => {
    const run = home(at(9));
    const from = run.now();
    const said = run.said().length;
    run.say(pause(180));
    pass(run, at(9), at(24 + 9));
    expect(saidSince(run, said)).toEqual(["pause-begun", "pause-ended"]);
    expect(alarmsSince(run, from)).toEqual([]);
    pass(run, at(24 + 9), at(24 + 11));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("the question is taken back; it is put anew when the pause ends before the hour", () => {
    const run = home(at(9, 25));
    const from = run.now();
    pass(run, at(9, 25), at(9, 35));
    run.say(pause(15));
    pass(run, at(9, 35), at(10, 19));
    expect(alarmsSince(run, from)).toEqual([]);
    pass(run, at(10, 19), at(10, 21));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("the question is taken back also while nobody knows the hour: she is asked anew", () => {
    const run = home(at(9, 25));
    const from = run.now();
    pass(run, at(9, 25), at(9, 35));
    run.restart(null, 1_000);
    run.say(pause(60));
    run.say(pause(0));
    const said = run.said().length;
    run.say(clock(at(9, 40)));
    expect(alarmsSince(run, from)).toEqual([]);
    expect(saidSince(run, said)).toEqual(["daily-sign-asked"]);
    pass(run, at(9, 40), at(10, 11));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("which nobody ended it does not stay: its own end is known", () => {
    const run = home(at(9));
    const from = run.now();
    run.say({ kind: "pause-switched", until: (from + hours(72)) as typeof from });
    run.pass(hours(73));
    run.say(clock(at(9 + 73)));
    pass(run, at(82), at(24 * 4 + 11));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });
});

describe("I6: while nobody knows the hour", () => {
  test("nobody is asked or called, and the module says that it is blind", () => {
    const run = home(at(8));
    const from = run.now();
    const said = run.said().length;
    run.restart(null, 1_000);
    run.pass(minutes(9));
    run.say(clock(0, false));
    expect(saidSince(run, said)).toEqual([]);
    run.pass(minutes(2));
    expect(saidSince(run, said)).toEqual(["module-blind"]);
    expect(only(run.effects, "tell-peer-fault")).toMatchObject([
      { cleared: false, fault: { subject: "clock", what: "clock-unknown", blind: ["daily-sign"] } },
    ]);
    run.pass(hours(48));
    run.restart(1_000);
    expect(alarmsSince(run, from)).toEqual([]);
    run.say(clock(at(72 + 8)));
    expect(saidSince(run, said)).toEqual(["module-blind", "module-blind"]);
    expect(only(run.effects, "tell-peer-fault").at(-1)?.cleared).toBe(true);
    pass(run, at(80), at(83));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("is shown at its card; a module that is dropped is not blind, and the fault is over", () => {
    const run = runRules(homeMachines, callHome);
    const card = () =>
      viewOf(callHome, run.state(), run.now()).modules.find(({ name }) => name === "daily-sign");
    run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
    expect(card()).toMatchObject({ on: false, sees: "all" });
    run.say(choose(true));
    run.pass(minutes(11));
    const clockUnknown = { subject: "clock", what: "clock-unknown" };
    expect(card()).toMatchObject({ on: true, sees: "none", blindBecause: [clockUnknown] });
    run.say(choose(false));
    expect(card()).toMatchObject({ on: false, sees: "all", blindBecause: [] });
    const clockFaults = only(run.effects, "tell-peer-fault").filter(
      ({ fault }) => fault.subject === "clock",
    );
    expect(clockFaults.map(({ cleared }) => cleared)).toEqual([false, true]);
  });
});

describe("I5: over restarts and corrections of the clock", () => {
  test("I6: a clock that nobody trusts begins no new day", () => {
    const run = home(at(9));
    const from = run.now();
    pass(run, at(9), at(10, 5));
    run.say(closed(alarmsSince(run, from)[0]?.id ?? ""));
    run.say(clock(at(24 * 40 + 10, 5), false));
    run.pass(hours(2));
    expect(alarmsSince(run, from)).toHaveLength(1);
  });

  test("a question that became due while the gateway was away is an alarm at once, late", () => {
    const run = home(at(9));
    const from = run.now();
    pass(run, at(9), at(9, 45));
    run.restart(hours(5));
    expect(alarmsSince(run, from)).toMatchObject([{ late: true }]);
  });

  test("a question that could not be put is put late, but not to somebody who sleeps", () => {
    const run = home(at(9));
    const from = run.now();
    run.restart(hours(6));
    run.say(clock(at(15)));
    expect(alarmsSince(run, from)).toEqual([]);
    pass(run, at(15), at(15, 31));
    expect(alarmsSince(run, from)).toHaveLength(1);
    const night = home(at(9));
    const since = night.now();
    night.restart(hours(12));
    night.say(clock(at(21)));
    pass(night, at(21), at(24 + 9, 20));
    expect(alarmsSince(night, since)).toEqual([]);
  });

  test("a day that is over stays over when nobody knows the gap, or the clock is set back", () => {
    const run = home(at(9));
    const from = run.now();
    run.say(well);
    run.restart(null, 1_000);
    run.say(clock(at(9, 20)));
    pass(run, at(9, 20), at(10, 30));
    run.say(clock(at(8)));
    pass(run, at(8), at(11));
    expect(alarmsSince(run, from)).toEqual([]);
  });

  test("after a gap that nobody knows a sign counts for no other day, and a question is overdue", () => {
    const run = home(at(9));
    const from = run.now();
    pass(run, at(9), at(9, 40));
    run.restart(null, 1_000);
    expect(alarmsSince(run, from)).toEqual([]);
    run.say(clock(at(24 + 15)));
    // However soon the hour is known again.
    expect(alarmsSince(run, from)).toMatchObject([{ late: true }]);
    const other = home(at(9));
    const since = other.now();
    other.say(well);
    other.restart(null, 1_000);
    other.say(clock(at(24 + 9, 30)));
    pass(other, at(33, 30), at(34, 1));
    expect(alarmsSince(other, since)).toHaveLength(1);
  });

  test("I9: what is remembered of days is bounded, and another machine's deadline is none of its own", () => {
    const run = runRules({ ...machines, careLink }, callHome);
    run.say({ kind: "gateway-started", boot: "b1", gapMs: 0 });
    run.say(clock(at(9)));
    run.say(choose(true));
    for (let day = 0; day < settledMax + 4; day += 1) {
      run.say({ kind: "peer-heard", holds: [] });
      run.pass(seconds(20));
      run.say(well);
      run.pass(milliseconds(hours(24) - seconds(20)));
      run.say(clock(at(9 + 24 * (day + 1))));
    }
    expect(dailySignOf(run).settled).toHaveLength(settledMax);
    expect(run.alarms()).toEqual([]);
  });
});
