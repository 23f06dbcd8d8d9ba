/** What a step leaves in the tables that people read, by the rules as they run. */
import { describe, expect, test } from "vitest";
import { firstDrill } from "../../care/drills.ts";
import { raisedWall, recordsOf } from "../../care/records.ts";
import { agreementOf, agreementSchema } from "../../platform/agreement-file.ts";
import type { Alarm } from "../../protocol/alarm.ts";
import type { HomePlan } from "../../protocol/home.ts";
import type { UpMessage } from "../../protocol/messages.ts";
import { instant, milliseconds, minutes, seconds } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { careMachines } from "../../rules/index.ts";
import { alarmOf } from "./care-rig.ts";

const agreement = agreementOf(
  agreementSchema.parse({
    version: 1,
    parties: [
      {
        id: "daughter",
        name: "Anna Weber",
        kind: "helper",
        reach: ["sms:+4915100000001", "mailto:anna@example.org", "sms:+4915100000002"],
      },
      { id: "night", name: "Nachtdienst", kind: "service" },
    ],
    fallback: [
      { tell: ["daughter"], within_s: 60 },
      { tell: ["night"], within_s: 60 },
    ],
  }),
);

const none = milliseconds(0);
const plan: HomePlan = {
  home: "weber",
  devices: [],
  agreement,
  stove: {
    ...{ onAboveWatts: 0, absence: none, preAlarm: none, untouched: none },
    ...{ total: none, leftHome: none },
  },
  link: {
    beatEvery: seconds(60),
    silentAfter: seconds(150),
    alarmAfter: seconds(180),
    custodyWithin: seconds(20),
    closeWithin: minutes(60),
    repeatEvery: seconds(20),
  },
};

/** The rules of one home, step by step, with what each step leaves. */
class Run {
  state: EngineState = initialState(careMachines, plan);
  private count = 0;

  say(fact: Fact, at: number, raised?: number) {
    this.count += 1;
    const event: RuleEvent = { ...fact, id: `e-${this.count}`, at: instant(at) };
    const before = this.state;
    const step = stepEngine(careMachines, plan, before, event);
    this.state = step.state;
    const wall = 1_000_000 + at;
    return recordsOf({ agreement, before, event, step, wall, raisedWall: raised });
  }

  offer(alarm: Alarm, at: number, raised?: number) {
    return this.say({ kind: "custody-offered", alarm, epoch: 1 }, at, raised);
  }
}

const maier = { id: "maier", name: "Frau Maier" };

describe("the records of a step", () => {
  test("an offer: history, and one telling for each way of the first party", () => {
    const { alarms, tellings, moot } = new Run().offer(alarmOf("a1"), 5_000, 1_000_500);
    expect(alarms).toMatchObject([
      { id: "a1", category: "emergency-call", raised_wall: 1_000_500, custody_wall: 1_005_000 },
    ]);
    expect(tellings.map(({ party, way, address }) => [party, way, address])).toEqual([
      ["daughter", "sms", "+4915100000001"],
      ["daughter", "mail", "anna@example.org"],
      ["daughter", "sms", "+4915100000002"],
    ]);
    // The id says the way at its end, and is another for each address.
    expect(new Set(tellings.map(({ id }) => id)).size).toBe(3);
    for (const { id, way } of tellings) expect(id.endsWith(`/${way}`)).toBe(true);
    expect(moot).toEqual([]);
  });

  test("I5: the same step again has the same ids, so that nobody is told twice for it", () => {
    const ids = () => new Run().offer(alarmOf("a1"), 5_000).tellings.map(({ id }) => id);
    expect(ids()).toEqual(ids());
  });

  test("an offer that comes again tells nobody and says nothing new", () => {
    const run = new Run();
    run.offer(alarmOf("a1"), 5_000);
    expect(run.offer(alarmOf("a1"), 6_000).tellings).toEqual([]);
  });

  test("a home whose clock runs ahead has raised nothing in the future", () => {
    const { alarms } = new Run().offer(alarmOf("a1"), 5_000, 9_999_999);
    expect(alarms[0]?.raised_wall).toBe(1_005_000);
  });

  test("whoever has no way is told by the screens of the desk", () => {
    const run = new Run();
    run.offer(alarmOf("a1"), 5_000);
    run.say({ kind: "party-reached", alarmId: "a1", party: "daughter", step: 0, round: 0 }, 5_500);
    const next = run.say({ kind: "deadline-reached", lateMs: 0 }, 65_000);
    expect(next.tellings.map(({ name, way, step }) => [name, way, step])).toEqual([
      ["Nachtdienst", "desk", 1],
    ]);
  });

  test("somebody comes: who was not told yet need not be; the end says what was found", () => {
    const run = new Run();
    run.offer(alarmOf("a1"), 5_000);
    const coming = run.say(
      { kind: "alarm-accepted", alarmId: "a1", by: maier, from: "here" },
      9_000,
    );
    expect(coming.moot).toEqual(["a1"]);
    expect(coming.alarms).toEqual([
      { id: "a1", accepted_wall: 1_009_000, accepted_by: "Frau Maier" },
    ]);
    const closing = { by: maier, outcome: "false-alarm", note: "war wach" } as const;
    const end = run.say({ kind: "alarm-closed", alarmId: "a1", closing, from: "here" }, 20_000);
    expect(end.alarms).toMatchObject([
      { id: "a1", closed_by: "Frau Maier", outcome: "false-alarm", false_alarm: 1 },
    ]);
    expect(end.moot).toEqual(["a1"]);
    expect(end.drills).toEqual([]);
  });

  test("I2: who had said to come and does not is not named as coming, whoever reads the row", () => {
    const run = new Run();
    run.offer(alarmOf("a1"), 5_000);
    const yilmaz = { id: "yilmaz", name: "Herr Yilmaz" };
    const answer = (kind: "alarm-accepted" | "alarm-declined", by: typeof maier, at: number) =>
      run.say({ kind, alarmId: "a1", by, from: "here" }, at).alarms;
    answer("alarm-accepted", maier, 9_000);
    answer("alarm-accepted", yilmaz, 9_500);
    expect(answer("alarm-declined", yilmaz, 10_000)).toEqual([
      { id: "a1", accepted_by: "Frau Maier" },
    ]);
    expect(answer("alarm-declined", yilmaz, 11_000)).toEqual([]);
    const lapsed = run.say({ kind: "deadline-reached", lateMs: 0 }, 9_000 + minutes(60));
    expect(lapsed.alarms).toEqual([{ id: "a1", accepted_by: "" }]);
    const again = answer("alarm-accepted", maier, 10_000 + minutes(60));
    expect(again).toMatchObject([{ accepted_by: "Frau Maier" }]);
    const handed = { kind: "alarm-handed-over", alarmId: "a1", by: maier, to: yilmaz } as const;
    expect(run.say(handed, 11_000 + minutes(60)).alarms).toEqual([{ id: "a1", accepted_by: "" }]);
  });

  test("I11: who had said to come is on record at the end, but not who withdrew", () => {
    for (const [withdraws, named] of [
      [false, { accepted_by: "Frau Maier" }],
      [true, {}],
    ] as const) {
      const run = new Run();
      run.offer(alarmOf("a1"), 5_000);
      run.say({ kind: "alarm-accepted", alarmId: "a1", by: maier, from: "here" }, 9_000);
      if (withdraws) {
        run.say({ kind: "alarm-declined", alarmId: "a1", by: maier, from: "here" }, 9_500);
      }
      run.say({ kind: "deadline-reached", lateMs: 0 }, 9_000 + minutes(60));
      const closing = { by: maier, outcome: "helped", note: "" } as const;
      const said = { kind: "alarm-closed", alarmId: "a1", closing, from: "here" } as const;
      const { closed_wall: _wall, ...end } = run.say(said, 10_000 + minutes(60)).alarms[0] ?? {};
      const told = { closed_by: "Frau Maier", outcome: "helped", note: "", false_alarm: 0 };
      expect(end).toEqual({ id: "a1", ...told, ...named });
    }
  });

  test("a test alarm is marked in every row, and leaves a report when a person ends it", () => {
    const run = new Run();
    const first = run.offer({ ...alarmOf("d1"), drill: true, reason: "drill" }, 5_000);
    expect(first.alarms[0]?.drill).toBe(1);
    expect(first.tellings.every(({ drill }) => drill === 1)).toBe(true);
    run.say({ kind: "alarm-accepted", alarmId: "d1", by: maier, from: "here" }, 9_000);
    const closing = { by: maier, outcome: "nobody-needed-help", note: "Probe" } as const;
    const end = run.say({ kind: "alarm-closed", alarmId: "d1", closing, from: "here" }, 20_000);
    expect(end.drills).toHaveLength(1);
    expect(JSON.parse(end.drills[0]?.report ?? "null")).toMatchObject({
      accepted: ["Frau Maier"],
      closedBy: "Frau Maier",
      step: 1,
      round: 1,
    });
  });

  test("a fault is a work order until it is cleared", () => {
    const run = new Run();
    const fault = { subject: "hall-motion", what: "silent", blind: ["emergency-call"] } as const;
    const found = run.say({ kind: "fault-found", fault }, 1_000);
    expect(found.faults).toMatchObject([{ subject: "hall-motion", cleared_wall: null }]);
    const cleared = run.say({ kind: "fault-cleared", fault }, 9_000);
    expect(cleared.faults).toMatchObject([{ subject: "hall-motion", cleared_wall: 1_009_000 }]);
  });
});

describe("when the home raised it", () => {
  const message = (more: Partial<UpMessage>): UpMessage => ({
    ...{ id: "m", home: "weber", boot: "b", at_ms: 9_000, wall_ms: 1_000_000, wall_trusted: true },
    body: { kind: "custody-offered", alarm: alarmOf("a1"), epoch: 1 },
    ...more,
  });

  test("is counted back on the home's own clock", () => {
    expect(raisedWall(message({}))).toBe(992_000);
  });

  test("I6: is unknown where nobody trusts that clock", () => {
    expect(raisedWall(message({ wall_trusted: false }))).toBeUndefined();
    expect(raisedWall(message({ body: { kind: "receipt", of: "x" } }))).toBeUndefined();
  });
});

describe("the first test alarm of a home", () => {
  const day = 86_400_000;
  test("falls on a day of its own within thirty, the same at every start", () => {
    const now = 20_000 * day + 5;
    const days = Array.from({ length: 300 }, (_, nth) => firstDrill(`home-${nth}`, now) / day);
    for (const one of days) expect(one >= 20_000 && one < 20_030).toBe(true);
    expect(new Set(days).size).toBe(30);
    expect(firstDrill("weber", now)).toBe(firstDrill("weber", now + 1));
  });
});
