/** What of the rules reaches homes and desks: hand-overs, test alarms, notes. */
import { expect, test } from "vitest";
import { accountOf, toldLine } from "../../care/account.ts";
import { deskView } from "../../care/desk-view.ts";
import { factOfDesk, factOfUp } from "../../care/facts.ts";
import { lineFor } from "../../care/line.ts";
import { factOfDown } from "../../gateway/from-people.ts";
import { deskStateSchema } from "../../protocol/desk.ts";
import { downMessageSchema } from "../../protocol/messages.ts";
import { instant, minutes } from "../../protocol/time.ts";
import type { PlannedEffect } from "../../rules/effects.ts";
import { initialState, stepEngine } from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import { careMachines } from "../../rules/index.ts";
import { accept, alarmOf, anna, bert, callHome, close } from "../support/call-home.ts";

const carl = { id: "account-7", name: "Carl" };

/** The care service's rules, with what they say to people. */
function desk() {
  let state = initialState(careMachines, callHome);
  let now = 0;
  let count = 0;
  const effects: PlannedEffect[] = [];
  const texts: string[] = [];
  const hear = (fact: Fact): void => {
    count += 1;
    const event = { ...fact, id: `e${count}`, at: instant(now) };
    const step = stepEngine(careMachines, callHome, state, event);
    texts.push(...accountOf(state, event, step).map(({ text }) => text));
    for (const effect of step.effects) {
      const told = toldLine(effect, callHome.agreement);
      if (told !== undefined) texts.push(told.text);
    }
    effects.push(...step.effects);
    state = step.state;
  };
  return {
    hear,
    texts,
    pass: (ms: number): void => {
      now += ms;
      hear({ kind: "deadline-reached", lateMs: 0 });
    },
    lines: () => effects.flatMap((effect) => lineFor(effect, callHome.agreement) ?? []),
    view: () => {
      const at = { now: instant(now), wall: { wall_ms: 0, trusted: true } };
      return deskStateSchema.parse(deskView(callHome, state, at)).alarms[0];
    },
  };
}

test("a hand-over: one line, the other by name, and to the home a person who does not come", () => {
  const care = desk();
  care.hear({ kind: "custody-offered", alarm: alarmOf("a"), epoch: 1 });
  care.hear(accept("a", anna));
  const request = { kind: "hand-over", alarmId: "a", by: anna, to: carl } as const;
  care.hear(factOfDesk({ id: "r", home: "weber", request }));
  expect(care.texts.slice(-2)).toEqual(["Anna hands over to Carl", "telling Carl (step 2)"]);
  expect(care.view()).toMatchObject({ told: [carl], coming: [], declined: [anna], step: 1 });
  const bodies = care.lines().map(({ body }) => body);
  expect(bodies.slice(-2)).toEqual([
    { kind: "declined", alarmId: "a", by: anna, nth: 2 },
    { kind: "told", alarmId: "a", by: carl },
  ]);
});

test("a test alarm: asked of the home in a message that it can read, and called a test", () => {
  const care = desk();
  care.hear({ kind: "drill-ordered", drillId: "d1" });
  const [line] = care.lines();
  expect(line).toMatchObject({ rank: "note", lane: "drill", topic: "drill" });
  const head = { id: "m", home: "weber", boot: "b", at_ms: 1, wall_ms: 1, wall_trusted: true };
  const { body } = downMessageSchema.parse({ ...head, body: line?.body });
  expect(factOfDown(body)).toEqual({ kind: "drill-requested", drillId: "d1" });
  const alarm = alarmOf("drill:d1", { reason: "drill", drill: true });
  care.hear({ kind: "custody-offered", alarm, epoch: 1 });
  expect(care.texts[0]).toBe("TEST, ALARM: emergency-call, drill");
});

test("I2: whoever looks late sees the last word, who is reached, and whose promise is over", () => {
  const care = desk();
  care.hear({ kind: "custody-offered", alarm: alarmOf("a"), epoch: 1 });
  expect(care.view()).toMatchObject({ falseAlarmSaid: false, note: null, reached: [], lapsed: [] });
  care.hear({ kind: "party-reached", alarmId: "a", party: "bert", step: 0, round: 0 });
  expect(care.view()).toMatchObject({ reached: ["bert"], due_ms: 60_000 });
  const note = {
    kind: "noted",
    alarmId: "a",
    note: "false-alarm-said",
    word: "w",
    nth: 1,
  } as const;
  care.hear(factOfUp(note) as Fact);
  expect(care.view()).toMatchObject({
    falseAlarmSaid: true,
    note: { what: "false-alarm-said", at_ms: 0 },
  });
  const taken = care.lines().find(({ body }) => body.kind === "note-taken");
  expect(taken).toMatchObject({ rank: "note", body: { alarmId: "a", word: "w" } });
  care.hear({ ...(factOfUp({ ...note, note: "danger-again", word: "x", nth: 2 }) as Fact) });
  expect(care.view()).toMatchObject({ falseAlarmSaid: false, note: { what: "danger-again" } });
  care.hear(accept("a", bert));
  care.pass(minutes(60));
  expect(care.view()).toMatchObject({ coming: [], lapsed: [bert], declined: [] });
});

test("I3: a closing says over the wire which notes it had heard", () => {
  const care = desk();
  care.hear({ kind: "custody-offered", alarm: alarmOf("a"), epoch: 1 });
  const note = { kind: "noted", alarmId: "a", note: "pressed-again", word: "w", nth: 1 } as const;
  care.hear(factOfUp(note) as Fact);
  care.hear(close("a", anna));
  const body = care.lines().at(-1)?.body;
  expect(body).toMatchObject({ kind: "closed", heard: ["w"] });
  const home = {
    kind: "closed",
    alarmId: "a",
    closing: { by: anna, outcome: "helped", note: "" },
  } as const;
  expect(factOfDown(home)).toMatchObject({ kind: "alarm-closed", from: "peer", heard: [] });
  expect(factOfUp({ ...home, heard: ["w"] })).toMatchObject({ from: "peer", heard: ["w"] });
});
