import { describe, expect, test } from "vitest";
import type { HomePlan } from "../../protocol/home.ts";
import { minutes, seconds } from "../../protocol/time.ts";
import { type PlannedEffect, waitsForDisk } from "../../rules/effects.ts";
import type { EngineState } from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import { careEscalation, homeEscalation } from "../../rules/machines/escalation.ts";
import {
  closedAlarmsMax,
  type EscalationState,
  openAlarmsMax,
  wordsMax,
} from "../../rules/machines/escalation-state.ts";
import { falseAlarmSaid } from "../../rules/machines/escalation-words.ts";
import {
  accept,
  alarmOf,
  anna,
  beat,
  bert,
  callHome,
  close,
  decline,
  desk,
  raise,
  take,
} from "../support/call-home.ts";
import { only, type RuleRun, runRules } from "../support/rule-run.ts";

const home = (): RuleRun => runRules({ escalation: homeEscalation }, callHome);
const care = (): RuleRun => runRules({ escalation: careEscalation }, callHome);
const memory = (state: EngineState): EscalationState =>
  state.machines["escalation"] as EscalationState;
const openOf = (run: RuleRun, id: string) =>
  memory(run.state()).open.find((open) => open.alarm.id === id);
const told = (effects: readonly PlannedEffect[]): readonly string[] =>
  only(effects, "tell-party").map(
    (tell) => `${tell.party} ${tell.round}.${tell.step}${tell.late ? " late" : ""}`,
  );
const kinds = (effects: readonly PlannedEffect[]): readonly string[] =>
  effects.map((effect) => effect.kind);
const offerTo = (run: RuleRun, id: string, epoch = 1): readonly PlannedEffect[] =>
  run.say({ kind: "custody-offered", alarm: alarmOf(id), epoch });
const stands = (run: RuleRun) =>
  run.facts.flatMap((fact) =>
    fact.kind === "alarm-stands"
      ? [`${fact.holder} ${fact.coming.map((person) => person.name).join("+")}`.trim()]
      : [],
  );

describe("the home", () => {
  test("I1: offers custody in the step in which the alarm is raised", () => {
    const run = home();
    const [effect] = only(run.say(raise("a")), "offer-custody");
    expect(effect?.alarm.id).toBe("a");
    expect(effect?.epoch).toBe(1);
  });

  test("I4: starts its own chain when nobody has taken custody in time", () => {
    const run = home();
    run.say(raise("a"));
    expect(told(run.pass(seconds(19)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["anna 0.0", "bert 0.0"]);
  });

  test("I4: goes through the steps and round again without end", () => {
    const run = home();
    run.say(raise("a"));
    const effects = run.pass(seconds(20 + 2 * 360));
    expect(told(effects)).toEqual([
      "anna 0.0",
      "bert 0.0",
      "bert 0.1",
      "desk 0.2",
      "anna 1.0",
      "bert 1.0",
      "bert 1.1",
      "desk 1.2",
      "anna 2.0",
      "bert 2.0",
    ]);
  });

  test("I4: custody taken at the present epoch stops its own chain; another epoch does not", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 2));
    expect(openOf(run, "a")?.holder).toBe("self");
    run.say(take("a", 1));
    run.say(take("a", 1));
    run.say(take("unknown", 1));
    expect(openOf(run, "a")?.holder).toBe("peer");
    expect(run.pass(minutes(60))).toEqual([]);
    expect(stands(run)).toEqual(["self", "peer"]);
  });

  test("I4: does not wait for a care service that it knows to be silent", () => {
    const run = home();
    run.say({ kind: "peer-lost" });
    const effects = run.say(raise("a"));
    expect(kinds(effects)).toEqual(["offer-custody", "tell-party", "tell-party"]);
    expect(kinds(run.pass(seconds(60)))).toEqual(["tell-party"]);
    run.say(take("a", 1));
    expect(openOf(run, "a")?.holder).toBe("self");
    const back = run.say({ kind: "peer-back" });
    expect(kinds(back)).toEqual(["offer-custody"]);
    run.say(take("a", 1));
    expect(openOf(run, "a")?.holder).toBe("peer");
  });

  test("I4: takes custody back at a new epoch when the care service falls silent", () => {
    const run = home();
    run.say(raise("a"));
    run.say(raise("waiting"));
    run.say(take("a", 1));
    const effects = run.say({ kind: "peer-lost" });
    expect(only(effects, "offer-custody").map((one) => [one.alarm.id, one.epoch])).toEqual([
      ["a", 2],
    ]);
    expect(told(effects)).toHaveLength(4);
    run.say({ kind: "peer-back" });
    run.say(take("a", 1));
    expect(openOf(run, "a")?.holder).toBe("self");
    expect(run.say({ kind: "peer-lost" })).toEqual([]);
  });

  test("I4: rounds count on over a change of custody, so that no told party looks told already", () => {
    const run = home();
    run.say(raise("a"));
    run.pass(seconds(20));
    run.say(take("a", 1));
    expect(told(run.say({ kind: "peer-lost" }))).toEqual(["anna 1.0", "bert 1.0"]);
  });

  test("I4: takes custody back when two beats in a row do not list the alarm", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 1));
    expect(run.say(beat())).toEqual([]);
    expect(run.say(beat({ alarmId: "a", epoch: 1 }))).toEqual([]);
    expect(run.say(beat({ alarmId: "a", epoch: 1 }))).toEqual([]);
    expect(run.say(beat())).toEqual([]);
    const effects = run.say(beat({ alarmId: "other", epoch: 1 }));
    expect(kinds(effects)).toEqual(["offer-custody", "tell-party", "tell-party"]);
    expect(openOf(run, "a")?.epoch).toBe(2);
  });

  test("I4: a beat that lists the alarm at its epoch is custody, when the message was lost", () => {
    const run = home();
    run.say(raise("a"));
    run.say(beat({ alarmId: "a", epoch: 7 }));
    expect(openOf(run, "a")?.holder).toBe("self");
    run.say(beat({ alarmId: "a", epoch: 1 }));
    expect(openOf(run, "a")?.holder).toBe("peer");
  });

  test("I4: offers again what two beats in a row did not list, whatever became of the offer", () => {
    const run = home();
    run.say(raise("a"));
    run.say(raise("w", { level: "warning" }));
    expect(run.say(beat())).toEqual([]);
    const effects = run.say(beat({ alarmId: "a", epoch: 7 }));
    expect(kinds(effects)).toEqual(["offer-custody", "offer-custody"]);
    expect(run.say(beat())).toEqual([]);
  });

  test("I4: somebody is coming, so a lost care service does not start the chain before its time", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 1));
    run.say(accept("a", anna, 1));
    run.pass(minutes(50));
    expect(kinds(run.say({ kind: "peer-lost" }))).toEqual(["offer-custody"]);
    expect(told(run.pass(minutes(10)))).toEqual(["anna 0.0", "bert 0.0"]);
  });

  test("what only informs is offered, and never goes round", () => {
    const run = home();
    expect(kinds(run.say(raise("w", { level: "warning" })))).toEqual(["offer-custody"]);
    run.say(accept("w", anna));
    run.say(decline("w", anna));
    expect(told(run.pass(minutes(60)))).toEqual([]);
    expect(kinds(run.say({ kind: "peer-lost" }))).toEqual([]);
    expect(kinds(run.say({ kind: "peer-back" }))).toEqual(["offer-custody"]);
    expect(kinds(run.say(raise("i", { level: "info" })))).toEqual(["offer-custody"]);
    run.say({ kind: "peer-lost" });
    expect(kinds(run.say(raise("j", { level: "info" })))).toEqual(["offer-custody"]);
    expect(kinds(run.restart(null))).toEqual(["offer-custody", "offer-custody", "offer-custody"]);
  });

  test("I9: past the bound a concern joins its twin; an alarm and a concern of its own are kept", () => {
    const run = home();
    for (let count = 0; count < openAlarmsMax; count += 1) {
      run.say(raise(`c${count}`, { level: "concern", device: "d", reason: "silent" }));
    }
    const size = (): number => memory(run.state()).open.length;
    expect(size()).toBe(openAlarmsMax);
    expect(run.say(raise("twin", { level: "concern", device: "d", reason: "silent" }))).toEqual([]);
    expect(run.why().at(-1)).toContain("joins");
    expect(size()).toBe(openAlarmsMax);
    run.say(raise("other-reason", { level: "concern", device: "d", reason: "stuck" }));
    run.say(raise("other-device", { level: "concern", device: "e", reason: "silent" }));
    run.say(raise("other-about", { level: "concern", category: "fault" }));
    run.say(raise("alarm", { device: "d", reason: "silent" }));
    expect(size()).toBe(openAlarmsMax + 4);
  });
});

describe("the care service", () => {
  test("I4: takes an offered alarm, and tells the first step", () => {
    const run = care();
    const effects = offerTo(run, "a");
    expect(kinds(effects)).toEqual(["tell-party", "tell-party", "take-custody"]);
    expect(told(run.pass(seconds(60)))).toEqual(["bert 0.1"]);
    expect(kinds(run.effects)).not.toContain("offer-custody");
  });

  test("I4: an offer again is taken again and starts nothing twice", () => {
    const run = care();
    offerTo(run, "a");
    const [again, ...rest] = offerTo(run, "a", 2);
    expect(again).toMatchObject({ kind: "take-custody", epoch: 2 });
    expect(rest).toEqual([]);
    expect(offerTo(run, "a", 1)[0]).toMatchObject({ kind: "take-custody", epoch: 1 });
    expect(openOf(run, "a")?.epoch).toBe(2);
  });

  test("I4: gives custody up to nobody, whatever a home's beat lists", () => {
    const run = care();
    offerTo(run, "a");
    run.say(beat({ alarmId: "a", epoch: 1 }));
    run.say({ kind: "peer-lost" });
    run.say({ kind: "peer-back" });
    expect(openOf(run, "a")?.holder).toBe("self");
    expect(told(run.pass(seconds(60)))).toEqual(["bert 0.1"]);
  });

  test("I3: an offer of an alarm that a person closed is answered with the closing", () => {
    const run = care();
    run.say(close("a", anna));
    const [effect] = offerTo(run, "a");
    expect(effect).toMatchObject({ kind: "tell-peer-closed", alarmId: "a", closing: { by: anna } });
    expect(openOf(run, "a")).toBeUndefined();
  });

  test("I3: an alarm that the other side still lists is told as closed once more", () => {
    const run = care();
    offerTo(run, "a");
    run.say(close("a", anna));
    expect(kinds(run.say(beat({ alarmId: "a", epoch: 1 })))).toEqual(["tell-peer-closed"]);
    expect(run.say(beat({ alarmId: "b", epoch: 1 }))).toEqual([]);
  });

  test("an alarm of its own starts at once and is offered to nobody", () => {
    const run = care();
    expect(kinds(run.say(raise("s", { category: "fault", level: "concern" })))).toEqual([
      "tell-party",
      "tell-party",
    ]);
    // Whom the step tells is on disk with it: nobody is told twice for a restart.
    expect(kinds(run.restart(0))).toEqual([]);
  });

  test("what only informs tells the first step once", () => {
    const run = care();
    run.say({ kind: "custody-offered", alarm: alarmOf("w", { level: "warning" }), epoch: 1 });
    expect(told(run.effects)).toEqual(["anna 0.0", "bert 0.0"]);
    run.say(decline("w", anna));
    run.say(decline("w", bert));
    run.pass(minutes(60));
    expect(told(run.effects)).toHaveLength(2);
  });

  test("chooses the chain by the hour, anew in each round", () => {
    const run = care();
    const at = (minute: number): void => {
      run.say({ kind: "clock-told", wallMs: 0, trusted: true, local: { weekday: 1, minute } });
    };
    at(1_400);
    expect(told(offerTo(run, "a"))).toEqual(["desk 0.0"]);
    at(359);
    expect(told(run.pass(seconds(90)))).toEqual(["anna 1.0", "bert 1.0"]);
  });

  const whole = { weekdays: [1, 2, 3, 4, 5, 6, 7], from_minute: 0, until_minute: 0 };
  const step = (party: string) => [{ tell: [party], within_s: 60 }];
  const calls = { ...whole, categories: ["emergency-call"] as const };
  const seldom: HomePlan = {
    ...callHome,
    agreement: {
      ...callHome.agreement,
      chains: [
        { ...calls, name: "away", while: "absent", steps: step("desk") },
        { ...calls, name: "holiday", holidays: "only", steps: step("bert") },
        { ...calls, name: "else", steps: step("anna") },
      ],
    },
  };

  test.each([
    ["a day like any other", false, null, "anna"],
    ["a holiday", true, null, "bert"],
    ["away", false, 9_000_000, "desk"],
    ["away, on a holiday", true, 9_000_000, "desk"],
    ["an absence that is over", false, 5_000, "anna"],
  ])("I5: home and care service choose the same: %s", (_name, holiday, until, party) => {
    const wallMs = 6_000;
    const local = { weekday: 1, minute: 600, holiday };
    // The care service tells its own rules with the hour, and the home with a beat.
    const absent = until !== null && wallMs < until;
    const there = runRules({ escalation: careEscalation }, seldom);
    there.say({ kind: "clock-told", wallMs, trusted: true, local: { ...local, absent } });
    expect(told(offerTo(there, "a"))).toEqual([`${party} 0.0`]);
    const here = runRules({ escalation: homeEscalation }, seldom);
    here.say({ kind: "clock-told", wallMs, trusted: true, local });
    here.say({ kind: "peer-heard", holds: [], absentUntilWall: until });
    here.restart(5);
    here.say(raise("a"));
    expect(told(here.pass(seconds(20)))).toEqual([`${party} 0.0`]);
  });

  test("a chain that names nobody goes round all the same", () => {
    const plan = { ...callHome, agreement: { version: 1, parties: [], chains: [], fallback: [] } };
    const run = runRules({ escalation: homeEscalation }, plan);
    run.say(raise("a"));
    run.pass(seconds(20 + 60));
    expect(openOf(run, "a")?.chain?.round).toBe(1);
    expect(openOf(run, "a")?.dueAt).toBe(run.now() + 60_000);
  });
});

describe("answers", () => {
  test("I4: an acceptance rests the chain, and no longer than until it should be closed", () => {
    const run = care();
    offerTo(run, "a");
    const effects = run.say(accept("a", anna));
    expect(effects).toMatchObject([{ kind: "tell-peer-accepted", by: anna, nth: 1 }]);
    expect(told(run.pass(minutes(59)))).toEqual([]);
    expect(told(run.pass(minutes(1)))).toEqual(["bert 0.1"]);
    expect(stands(run)).toEqual(["self", "self Anna", "self"]);
  });

  test("I2: who said to come lapses in time; the other side hears that nobody comes, once", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.pass(minutes(30));
    run.say(accept("a", bert));
    expect(run.pass(minutes(29))).toEqual([]);
    expect(run.pass(minutes(1))).toMatchObject([{ kind: "tell-peer-declined", by: anna, nth: 3 }]);
    expect(run.why().at(-1)).toContain("not heard of again");
    expect(stands(run).at(-1)).toBe("self Bert");
    expect(told(run.pass(minutes(30)))).toEqual(["bert 0.1"]);
    expect(stands(run).at(-1)).toBe("self");
    expect(openOf(run, "a")?.answers.map(({ lapsed }) => lapsed)).toEqual([true, true]);
    expect(only(run.pass(minutes(1)), "tell-peer-declined")).toEqual([]);
    expect(run.say(accept("a", anna))).toMatchObject([{ kind: "tell-peer-accepted", nth: 5 }]);
    expect(stands(run).at(-1)).toBe("self Anna");
    expect(openOf(run, "a")?.answers.map(({ lapsed }) => lapsed)).toEqual([true, false]);
  });

  test("I2: at the home too, on its own clock, while the care service has the deadlines", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 1));
    run.say(accept("a", anna, 1));
    expect(run.pass(minutes(60))).toEqual([]);
    expect(stands(run)).toEqual(["self", "peer", "peer Anna", "peer"]);
    run.say(accept("a", anna, 1));
    expect(stands(run)).toHaveLength(4);
  });

  test("I2: an offer of what is open is answered with the answers that were given before", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    expect(kinds(offerTo(run, "a", 2))).toEqual(["tell-peer-accepted", "take-custody"]);
  });

  test("a second acceptance is recorded and told; the same one again changes nothing", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    expect(run.say(accept("a", anna))).toEqual([]);
    expect(run.say(accept("a", bert))).toMatchObject([{ kind: "tell-peer-accepted", nth: 2 }]);
    expect(stands(run)).toEqual(["self", "self Anna", "self Anna+Bert"]);
    // Both lapse first.
    run.pass(minutes(60));
    expect(run.say(accept("a", anna))).toMatchObject([{ kind: "tell-peer-accepted", nth: 5 }]);
    expect(told(run.pass(minutes(59)))).toEqual([]);
  });

  test("what the other side told is not told back", () => {
    const run = home();
    run.say(raise("a"));
    expect(run.say(accept("a", anna, 1))).toEqual([]);
    expect(run.say(decline("a", bert, 2))).toEqual([]);
    expect(run.say(close("a", anna, "peer"))).toEqual([]);
    expect(stands(run)).toEqual(["self", "self Anna"]);
  });

  test("I4: when every party of a step declined, the next one is told at once", () => {
    const run = care();
    offerTo(run, "a");
    expect(told(run.say(decline("a", anna)))).toEqual([]);
    expect(told(run.say(decline("a", anna)))).toEqual([]);
    expect(told(run.say(decline("a", desk)))).toEqual([]);
    const effects = run.say(decline("a", bert));
    expect(effects[0]).toMatchObject({ kind: "tell-peer-declined", by: bert, nth: 4 });
    expect(told(effects)).toEqual(["bert 0.1"]);
    expect(told(run.say(decline("a", bert)))).toEqual(["desk 0.2"]);
    expect(told(run.say(decline("a", desk)))).toEqual(["anna 1.0", "bert 1.0"]);
  });

  test("I2: who withdraws is not coming any more, and the chain goes on at once", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.say(accept("a", bert));
    expect(told(run.say(decline("a", anna)))).toEqual([]);
    expect(told(run.say(decline("a", bert)))).toEqual(["bert 0.1"]);
    expect(stands(run)).toEqual(["self", "self Anna", "self Anna+Bert", "self Bert", "self"]);
  });

  test("I2: who withdraws before the home's chain began lets it begin", () => {
    const run = home();
    run.say(raise("a"));
    run.say(accept("a", anna, 1));
    expect(told(run.say(decline("a", anna, 2)))).toEqual(["anna 0.0", "bert 0.0"]);
  });

  test("I2: an acceptance that arrives after its withdrawal promises nothing", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 1));
    run.say(decline("a", anna, 2));
    run.say(accept("a", anna, 1));
    run.say(accept("a", anna, 2));
    run.say(decline("a", anna, 2));
    expect(stands(run)).toEqual(["self", "peer"]);
    run.say(accept("a", anna, 3));
    expect(stands(run).at(-1)).toBe("peer Anna");
    run.say(decline("a", anna, 3));
    expect(stands(run).at(-1)).toBe("peer");
    run.say(accept("a", anna));
    expect(stands(run).at(-1)).toBe("peer Anna");
  });

  test("I2: what was answered at the home is told again with custody, in its own place", () => {
    const run = home();
    run.say(raise("a"));
    run.say(decline("a", anna));
    run.say(accept("a", bert));
    run.say(accept("a", desk, 1));
    expect(run.say(take("a", 1))).toMatchObject([
      { kind: "tell-peer-declined", by: anna, nth: 1 },
      { kind: "tell-peer-accepted", by: bert, nth: 2 },
    ]);
  });

  test("answers to an alarm that is not open here are nothing", () => {
    const run = care();
    expect(run.say(accept("x", anna))).toEqual([]);
    expect(run.say(decline("x", anna))).toEqual([]);
    expect(
      run.say({ kind: "alarm-noted", alarmId: "x", note: "pressed-again", from: "here" }),
    ).toEqual([]);
    expect(run.say({ kind: "false-alarm-said", alarmId: "x", client: "tablet" })).toEqual([]);
  });
});

describe("the end of an alarm", () => {
  test("I3: a person's closing ends it on both sides, once, and late facts are harmless", () => {
    const run = care();
    offerTo(run, "a");
    expect(kinds(run.say(close("a", anna)))).toEqual(["tell-peer-closed"]);
    expect(run.say(close("a", bert))).toEqual([]);
    expect(run.say(accept("a", bert))).toEqual([]);
    expect(run.say(raise("a"))).toEqual([]);
    expect(run.say(take("a", 1))).toEqual([]);
    expect(run.pass(minutes(600))).toEqual([]);
    expect(memory(run.state()).closed[0]?.closing.by).toEqual(anna);
  });

  test("I3: a raised alarm raised again is one alarm", () => {
    const run = home();
    run.say(raise("a"));
    expect(run.say(raise("a"))).toEqual([]);
  });

  test("I9: the oldest closing is forgotten, never an open alarm", () => {
    const run = care();
    offerTo(run, "open");
    for (let count = 0; count <= closedAlarmsMax; count += 1) run.say(close(`c${count}`, anna));
    expect(memory(run.state()).closed).toHaveLength(closedAlarmsMax);
    expect(memory(run.state()).closed[0]?.alarmId).toBe("c1");
    expect(openOf(run, "open")).toBeDefined();
  });

  test("I3: a false alarm is told to people and closes nothing", () => {
    const run = home();
    run.say(raise("a"));
    const effects = run.say({ kind: "false-alarm-said", alarmId: "a", client: "tablet" });
    expect(effects).toMatchObject([
      { kind: "announce", key: "false-alarm-noted" },
      { kind: "tell-peer-noted", note: "false-alarm-said" },
    ]);
    run.say({ kind: "peer-lost" });
    const spoken = run.say({ kind: "false-alarm-said", alarmId: "a", client: "tablet" });
    expect(only(spoken, "announce").map(({ key }) => key)).toEqual([
      "false-alarm-noted",
      "care-unreachable",
    ]);
    expect(openOf(run, "a")).toBeDefined();
  });
});

describe("a false alarm", () => {
  const falseAlarm = (run: RuleRun) =>
    only(
      run.say({ kind: "false-alarm-said", alarmId: "a", client: "tablet" }),
      "tell-peer-noted",
    )[0]?.word ?? "";
  const again = { kind: "alarm-noted", alarmId: "a", note: "pressed-again", from: "here" } as const;
  const isSaid = (run: RuleRun): boolean => {
    const open = openOf(run, "a");
    return open !== undefined && falseAlarmSaid(open);
  };

  test("I2: people know of it only when the care service has it on its disk, which is said once", () => {
    const run = home();
    run.say(raise("a"));
    expect(run.say({ kind: "note-taken", alarmId: "a", word: "other" })).toEqual([]);
    const [cry] = only(run.say(again), "tell-peer-noted");
    expect(run.say({ kind: "note-taken", alarmId: "a", word: cry?.word ?? "" })).toEqual([]);
    const word = falseAlarm(run);
    const taken = { kind: "note-taken", alarmId: "a", word } as const;
    expect(run.say(taken)).toMatchObject([{ kind: "announce", key: "false-alarm-told" }]);
    expect(run.say(taken)).toEqual([]);
  });

  test("I2: does not outlive a new cry, on either side, in whatever order they arrive", () => {
    const run = home();
    run.say(raise("a"));
    const word = falseAlarm(run);
    expect(isSaid(run)).toBe(true);
    const [cry] = only(run.say(again), "tell-peer-noted");
    expect(cry?.nth).toBe(2);
    expect(isSaid(run)).toBe(false);
    expect(run.say({ kind: "note-taken", alarmId: "a", word })).toEqual([]);
    const other = care();
    offerTo(other, "a");
    const note = { kind: "alarm-noted", alarmId: "a", from: "peer" } as const;
    other.say({ ...note, note: "pressed-again", word: "w2", nth: 2 });
    const late = other.say({ ...note, note: "false-alarm-said", word: "w1", nth: 1 });
    expect(late).toMatchObject([{ kind: "confirm-note", alarmId: "a", word: "w1" }]);
    expect(isSaid(other)).toBe(false);
    // In the same place, because the home forgot one of the two in a crash: the cry holds.
    other.say({ ...note, note: "false-alarm-said", word: "w3", nth: 2 });
    expect(isSaid(other)).toBe(false);
    other.say({ ...note, note: "false-alarm-said", word: "w4", nth: 3 });
    expect(isSaid(other)).toBe(true);
    expect(openOf(other, "a")?.words.map(({ id }) => id)).toEqual(["w2", "w4"]);
    other.say({ ...note, note: "danger-again", word: "w5", nth: 3 });
    expect(isSaid(other)).toBe(false);
    expect(other.say({ ...note, note: "danger-again", word: "w5", nth: 3 })).toEqual([]);
  });

  test("is told again with custody, and only a person's closing ends it", () => {
    const run = home();
    run.say(raise("a"));
    falseAlarm(run);
    run.say(again);
    expect(kinds(run.say(take("a", 1)))).toEqual(["tell-peer-noted", "tell-peer-noted"]);
  });

  test("I9: notes are kept up to a bound, the newest", () => {
    const run = home();
    run.say(raise("a"));
    for (let count = 0; count <= wordsMax; count += 1) run.say(again);
    expect(
      openOf(run, "a")
        ?.words.map(({ nth }) => nth)
        .at(0),
    ).toBe(2);
    expect(openOf(run, "a")?.words).toHaveLength(wordsMax);
  });
});

describe("a cry for an alarm that a person closed", () => {
  const cry = (word: string, alarmId = "a") =>
    ({
      kind: "alarm-noted",
      alarmId,
      note: "pressed-again",
      from: "peer",
      word,
      nth: 1,
    }) as const;
  const raisedBy = (run: RuleRun): readonly string[] =>
    run.facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.id] : []));

  test("I3: is an alarm of its own at the care service, once, and told at once", () => {
    const run = care();
    offerTo(run, "a");
    run.say(cry("heard"));
    expect(run.say(close("a", anna))).toMatchObject([
      { kind: "tell-peer-closed", alarmId: "a", heard: ["heard"] },
    ]);
    expect(run.say(cry("heard"))).toEqual([]);
    expect(told(run.say(cry("w")))).toEqual(["anna 0.0", "bert 0.0"]);
    expect(raisedBy(run)).toEqual(["w"]);
    expect(openOf(run, "w")?.alarm).toMatchObject({ reason: "sos-pressed", late: true });
    const decided = run.why().length;
    expect(run.say(cry("w"))).toEqual([]);
    expect(run.why()).toHaveLength(decided);
  });

  test("I3: the next cry for the closed one is a note on that, and so on", () => {
    const run = care();
    offerTo(run, "a");
    run.say(close("a", anna));
    run.say(cry("w"));
    run.say(cry("x"));
    expect(raisedBy(run)).toEqual(["w"]);
    expect(openOf(run, "w")?.words.map(({ id }) => id)).toEqual(["w", "x"]);
    run.say(close("w", anna));
    expect(run.say(cry("x"))).toEqual([]);
    run.say(cry("y"));
    expect(raisedBy(run)).toEqual(["w", "y"]);
  });

  test("I3: the home raises the same one, and offers it, when it hears of the closing", () => {
    const run = home();
    run.say(raise("a"));
    run.say({ kind: "alarm-noted", alarmId: "a", note: "pressed-again", from: "here" });
    run.say({ kind: "alarm-noted", alarmId: "a", note: "danger-again", from: "here" });
    const [first, second] = only(run.effects, "tell-peer-noted").map(({ word }) => word);
    const effects = run.say({ ...close("a", anna, "peer"), heard: ["other"] } as Fact);
    expect(only(effects, "offer-custody")).toMatchObject([{ alarm: { id: first }, epoch: 1 }]);
    expect(raisedBy(run)).toEqual(["a", first]);
    expect(first).not.toBe(second);
    // What was said after the cry goes with it, also over custody.
    const taken = run.say(take(first ?? "", 1));
    expect(taken).toMatchObject([
      { kind: "tell-peer-noted", alarmId: first, word: second, nth: 2 },
    ]);
    const knowing = home();
    knowing.say(raise("a"));
    knowing.say({ kind: "false-alarm-said", alarmId: "a", client: "tablet" });
    knowing.say(close("a", anna, "peer"));
    expect(raisedBy(knowing)).toEqual(["a"]);
  });

  test("I2: what was called false before the cry is not what the cry is called", () => {
    const run = care();
    offerTo(run, "a");
    run.say(close("a", anna));
    run.say({ ...cry("w"), nth: 2 });
    const isCalledFalse = (): boolean => {
      const open = openOf(run, "w");
      return open !== undefined && falseAlarmSaid(open);
    };
    run.say({ ...cry("f"), note: "false-alarm-said" });
    expect(isCalledFalse()).toBe(false);
    run.say({ ...cry("g"), note: "false-alarm-said", nth: 3 });
    expect(isCalledFalse()).toBe(true);
  });

  test("a word for what nobody has, or that calls a closed one false, is nothing", () => {
    const run = care();
    expect(run.say(cry("w"))).toEqual([]);
    run.say(close("a", anna));
    expect(run.say(cry("w"))).toEqual([]);
    offerTo(run, "b");
    run.say(close("b", anna));
    expect(run.say({ ...cry("w", "b"), note: "false-alarm-said" })).toEqual([]);
    expect(
      run.say({ kind: "alarm-noted", alarmId: "b", note: "pressed-again", from: "here" }),
    ).toEqual([]);
    expect(raisedBy(run)).toEqual([]);
  });

  test("of many closings the one that is meant has the heir", () => {
    const run = care();
    for (const id of ["a", "b"]) {
      offerTo(run, id);
      run.say(close(id, anna));
    }
    run.say(cry("w", "b"));
    expect(memory(run.state()).closed.map(({ heir }) => heir)).toEqual([null, "w"]);
  });
});

describe("a press beside an open alarm", () => {
  const again = (alarmId: string, from: "here" | "peer") => {
    count += 1;
    const word = { word: `w${count}`, nth: count };
    return {
      kind: "alarm-noted",
      alarmId,
      note: "pressed-again",
      ...(from === "here" ? { from } : { from, ...word }),
    } as const;
  };
  let count = 0;

  test("is told to the other side, and soon after the last step changes nothing else", () => {
    const run = home();
    run.say(raise("a"));
    expect(kinds(run.say(again("a", "here")))).toEqual(["tell-peer-noted"]);
    run.say(take("a", 1));
    run.pass(minutes(10));
    expect(kinds(run.say(again("a", "here")))).toEqual(["tell-peer-noted"]);
  });

  test("I4: long after an acceptance is a new cry for help, once per span", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.pass(minutes(2));
    expect(told(run.say(again("a", "peer")))).toEqual(["bert 0.1"]);
    expect(run.say(again("a", "peer"))).toEqual([]);
  });
});

describe("a restart", () => {
  test("I5: repeats what may be undone, and lets known time count", () => {
    const run = home();
    run.say(raise("a"));
    run.say(raise("held"));
    run.say(take("held", 1));
    expect(kinds(run.restart(0))).toEqual(["offer-custody"]);
    run.pass(seconds(20));
    const effects = run.restart(seconds(30));
    expect(kinds(effects)).toEqual(["offer-custody", "tell-party", "tell-party"]);
    expect(told(run.pass(seconds(30)))).toEqual(["bert 0.1"]);
  });

  test("I5: a deadline that was slept through fires at once, and is marked late", () => {
    const run = home();
    run.say(raise("a"));
    run.pass(seconds(20));
    run.restart(seconds(66));
    expect(told(run.pass(seconds(0)))).toEqual(["bert 0.1 late"]);
  });

  test("I5: after an unknown time every open deadline is overdue", () => {
    const run = home();
    run.say(raise("a"));
    const effects = run.restart(null);
    expect(told(effects)).toEqual(["anna 0.0 late", "bert 0.0 late"]);
    expect(told(run.restart(null))).toEqual(["anna 0.0", "bert 0.0", "bert 0.1 late"]);
  });

  test("I5: somebody who is coming is not told again, unless nobody knows for how long", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    expect(kinds(run.restart(0))).toEqual(["take-custody"]);
    const effects = run.restart(null);
    expect(told(effects)).toEqual(["bert 0.1 late"]);
    expect(only(effects, "tell-peer-declined")).toMatchObject([{ by: anna, nth: 2 }]);
    expect(stands(run).at(-1)).toBe("self");
  });

  test("I5: after an unknown time a rest that the peer's custody hid is over", () => {
    const run = home();
    run.say(raise("a"));
    run.say(take("a", 1));
    run.say(accept("a", anna, 1));
    run.restart(null);
    expect(told(run.say({ kind: "peer-lost" }))).toEqual(["anna 0.0", "bert 0.0"]);
  });
});

/** Anna and Bert have telephones, Carl and the desk do not; Bert is on duty by day. */
const reachHome: HomePlan = {
  ...callHome,
  agreement: {
    version: 1,
    parties: [
      { ...anna, kind: "helper", reach: ["push:", "sms:+49151"] },
      {
        ...bert,
        kind: "professional",
        reach: ["tel:+49151"],
        duty: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from_minute: 480, until_minute: 1_200 }],
      },
      { ...desk, kind: "service", reach: ["desk:"] },
    ],
    chains: [],
    fallback: [
      { tell: ["anna"], within_s: 120, delivered_within_s: 20 },
      { tell: ["bert"], within_s: 120 },
      { tell: ["anna", "desk"], within_s: 120 },
    ],
  },
};
const reachCare = (): RuleRun => runRules({ escalation: careEscalation }, reachHome);
const tellHour = (run: RuleRun, minute: number): void => {
  run.say({ kind: "clock-told", wallMs: 0, trusted: true, local: { weekday: 1, minute } });
};

describe("a message that reaches nobody", () => {
  const reached = (party: string, step: number, round = 0) =>
    ({ kind: "party-reached", alarmId: "a", party, step, round }) as const;

  test("I4: moves the chain on by its own deadline, not by that of the step", () => {
    const run = reachCare();
    offerTo(run, "a");
    expect(told(run.pass(seconds(19)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["bert 0.1"]);
    expect(run.why().at(-1)).toContain("reached nobody in time");
    // Where nothing is said, after 30 s; a party without a way is reached by the desk's screen.
    expect(told(run.pass(seconds(30)))).toEqual(["anna 0.2", "desk 0.2"]);
    expect(told(run.pass(seconds(119)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["anna 1.0"]);
  });

  test("who is reached has the whole time of the step", () => {
    const run = reachCare();
    offerTo(run, "a");
    run.say(reached("anna", 0));
    expect(openOf(run, "a")?.chain?.reached).toEqual(["anna"]);
    expect(told(run.pass(seconds(119)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["bert 0.1"]);
  });

  test("a receipt for another step, party or round says nothing of this one", () => {
    const run = reachCare();
    offerTo(run, "a");
    run.say(reached("anna", 1));
    run.say(reached("anna", 0, 1));
    run.say(reached("bert", 0));
    run.say({ ...reached("anna", 0), alarmId: "b" });
    expect(told(run.pass(seconds(20)))).toEqual(["bert 0.1"]);
    run.say(reached("bert", 1));
    const decided = run.why().length;
    run.say(reached("bert", 1));
    expect(run.why()).toHaveLength(decided);
  });

  test("I9: in each round it waits twice as long, and never longer than the step", () => {
    const run = reachCare();
    offerTo(run, "a");
    const spans = [20, 30, 120, 40, 60, 120, 80, 120, 120, 120, 120, 120, 120];
    for (const [at, span] of spans.entries()) {
      expect(told(run.pass(seconds(span - 1))), `span ${at}`).toEqual([]);
      expect(told(run.pass(seconds(1))).length, `span ${at}`).toBeGreaterThan(0);
    }
  });

  test("I4: an acceptance needs no receipt, and its withdrawal goes on as ever", () => {
    const run = reachCare();
    offerTo(run, "a");
    run.say(accept("a", anna));
    expect(told(run.pass(minutes(59)))).toEqual([]);
    expect(told(run.say(decline("a", anna)))).toEqual(["bert 0.1"]);
  });

  test("I5: a deadline that was slept through fires at once, and is marked late", () => {
    const run = reachCare();
    offerTo(run, "a");
    run.restart(seconds(60));
    expect(told(run.pass(seconds(0)))).toEqual(["bert 0.1 late"]);
  });

  test("the home hears of no receipts, and waits for none", () => {
    const run = runRules({ escalation: homeEscalation }, reachHome);
    run.say(raise("a"));
    run.say(reached("anna", 0));
    run.pass(seconds(20));
    expect(told(run.pass(seconds(119)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["bert 0.1"]);
  });

  test("what only informs is not told again for it", () => {
    const run = reachCare();
    run.say({ kind: "custody-offered", alarm: alarmOf("w", { level: "info" }), epoch: 1 });
    run.pass(minutes(60));
    expect(told(run.effects)).toEqual(["anna 0.0"]);
  });
});

describe("the roster", () => {
  test("a step with nobody on duty is passed on at once, in each round for its hour", () => {
    const run = reachCare();
    tellHour(run, 1_198);
    offerTo(run, "a");
    run.pass(seconds(20));
    expect(openOf(run, "a")?.chain?.step).toBe(1);
    run.pass(seconds(30 + 120));
    // Past 20:00 Bert is off duty.
    expect(told(run.pass(seconds(40)))).toEqual(["anna 1.2", "desk 1.2"]);
  });

  test("of a step those on duty are told, and all of them declining moves it on", () => {
    const [first, ...rest] = reachHome.agreement.fallback;
    const agreement = {
      ...reachHome.agreement,
      fallback: [{ within_s: 60, ...first, tell: ["bert", "desk"] }, ...rest],
    };
    const run = runRules({ escalation: careEscalation }, { ...reachHome, agreement });
    tellHour(run, 0);
    expect(told(offerTo(run, "a"))).toEqual(["desk 0.0"]);
    expect(told(run.say(decline("a", desk)))).toEqual(["anna 0.2", "desk 0.2"]);
  });

  test("I4: where nobody at all is on duty, everybody is told", () => {
    const agreement = { ...reachHome.agreement, fallback: [{ tell: ["bert"], within_s: 60 }] };
    const run = runRules({ escalation: careEscalation }, { ...reachHome, agreement });
    tellHour(run, 0);
    expect(told(offerTo(run, "a"))).toEqual(["bert 0.0"]);
    expect(told(run.pass(seconds(60)))).toContain("bert 1.0");
  });
});

describe("handing over", () => {
  const carl = { id: "account-7", name: "Carl" };
  const handOver = (run: RuleRun, by = anna) =>
    run.say({ kind: "alarm-handed-over", alarmId: "a", by, to: carl });

  test("I2: who hands over is not coming, and the other is told at once, by name", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.pass(minutes(5));
    const effects = handOver(run);
    expect(effects).toMatchObject([
      { kind: "tell-peer-declined", by: anna, nth: 2 },
      { kind: "tell-party", party: carl.id, name: "Carl", step: 1, round: 0 },
    ]);
    expect(stands(run).at(-1)).toBe("self");
    expect(run.why().at(-1)).toBe("Anna hands a over to Carl");
  });

  test("I4: after the span of the present step the chain goes on with its next one", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    handOver(run);
    expect(told(run.pass(seconds(59)))).toEqual([]);
    expect(told(run.pass(seconds(1)))).toEqual(["bert 0.2"]);
    expect(told(run.pass(seconds(120 + 180)))).toEqual(["desk 0.3", "anna 1.0", "bert 1.0"]);
  });

  test("the other accepts as anybody does, or declines and the chain goes on", () => {
    const run = care();
    offerTo(run, "a");
    handOver(run);
    expect(told(run.say(decline("a", carl)))).toEqual(["bert 0.2"]);
    handOver(run, bert);
    run.say(accept("a", carl));
    expect(stands(run).at(-1)).toBe("self Carl");
    expect(told(run.pass(minutes(59)))).toEqual([]);
  });

  test("while another is coming the chain rests as before", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.pass(minutes(10));
    run.say(accept("a", bert));
    expect(told(handOver(run))).toEqual(["account-7 0.1"]);
    expect(told(run.pass(minutes(59)))).toEqual([]);
    expect(told(run.pass(minutes(1)))).toEqual(["bert 0.2"]);
  });

  test("a rest that a new cry ended does not come back", () => {
    const run = care();
    offerTo(run, "a");
    run.say(accept("a", anna));
    run.say(accept("a", bert));
    run.pass(minutes(2));
    const cry = { kind: "alarm-noted", alarmId: "a", note: "pressed-again" } as const;
    run.say({ ...cry, from: "peer", word: "w", nth: 1 });
    handOver(run);
    expect(told(run.pass(seconds(120)))).toEqual(["desk 0.3"]);
  });

  test("before a chain has begun it begins with the other", () => {
    const run = home();
    run.say(raise("a"));
    expect(told(handOver(run))).toEqual(["account-7 0.0"]);
    expect(told(run.pass(seconds(60)))).toEqual(["anna 1.0", "bert 1.0"]);
  });
});

test("a test alarm that is due is asked of the home", () => {
  const run = care();
  const effects = run.say({ kind: "drill-ordered", drillId: "d1" });
  expect(effects).toMatchObject([{ kind: "ask-drill", drillId: "d1" }]);
  expect(run.why()).toEqual(["a test alarm is due"]);
  expect(effects.every(waitsForDisk)).toBe(true);
});

test("I5: the memory of an older version is taken up, and nobody is taken for coming by it", () => {
  const run = care();
  const old = {
    peerLost: false,
    open: [
      {
        alarm: alarmOf("a"),
        holder: "self",
        epoch: 1,
        unlisted: 0,
        answers: [{ by: anna, coming: true, heard: 0, given: 1, gave: true }],
        given: 1,
        chain: { steps: callHome.agreement.fallback, step: 0, round: 0, declined: [] },
        restUntil: null,
        dueAt: run.now() + 60_000,
        movedAt: run.now(),
        falseAlarmSaid: true,
      },
      { alarm: alarmOf("b"), holder: "peer", epoch: 1, unlisted: 0, answers: [], chain: null },
    ],
    closed: [{ alarmId: "c", closing: { by: anna, outcome: "helped", note: "" } }],
  } as unknown as EscalationState;
  const around = {
    plan: callHome,
    now: run.now(),
    local: undefined,
    newId: (word: string) => word,
    modules: { isOn: () => true, heldBy: () => undefined },
  };
  const event = { kind: "gateway-started", boot: "b", gapMs: 0, id: "e", at: run.now() } as const;
  const { state } = careEscalation.step(old, event, around);
  expect(state.open[0]).toMatchObject({ words: [], deliverBy: null, chain: { reached: [] } });
  expect(state.open[0]?.answers).toMatchObject([{ until: null, lapsed: false, given: 1 }]);
  expect(state.open[1]).toMatchObject({ words: [], chain: null });
  expect(state.closed).toMatchObject([{ heard: [], alarm: null, heir: null, rest: [] }]);
  const beat = { kind: "peer-heard", holds: [{ alarmId: "c", epoch: 1 }] } as const;
  const later = careEscalation.step(state, { ...beat, id: "f", at: run.now() }, around);
  expect(later.effects).toMatchObject([{ kind: "tell-peer-closed", alarmId: "c", heard: [] }]);
});
