/** What the sensors said: thinned, bounded, and never out of the home without an open alarm. */
import { afterEach, describe, expect, test } from "vitest";
import { Context } from "../../gateway/context.ts";
import { ContextMarks, marksMax, pointsOf } from "../../gateway/context-marks.ts";
import { type Loop, startLoop } from "../../gateway/loop.ts";
import { createPerformer } from "../../gateway/perform.ts";
import type { Hub, Journal, OutboxMessage, Radio } from "../../gateway/ports.ts";
import { lineOf } from "../../gateway/uplink/line.ts";
import { contextMax, type UpBody } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { initialState } from "../../rules/engine.ts";
import type { DeviceFact, Fact } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import { until } from "../../sim/demo/process.ts";
import { alarmOf, anna, callHome } from "../support/call-home.ts";
import { seededRandom } from "../support/random.ts";
import { stoveHome } from "../support/stove-home.ts";
import { openUplink, ScriptedCare } from "./uplink/scripted-care.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Some way from the beginning of gateway time, at the beginning of a minute. */
const noon = 720 * minute;

const walks = (device: string, moving = true): DeviceFact => ({
  kind: "motion-sensed",
  device,
  moving,
});
const power = (watts: number): DeviceFact => ({ kind: "power-read", device: "plug", watts });
const door = (open: boolean): DeviceFact => ({ kind: "contact-sensed", device: "door", open });

type Said = readonly (readonly [number, DeviceFact])[];

/** What is left of it at the end, as `minutes kind value`. */
function drawn(said: Said, now = noon + hour): string[] {
  const marks = new ContextMarks();
  for (const [at, fact] of said) marks.hear(fact, instant(at));
  return marks
    .lately(instant(now))
    .map(({ at, kind, value }) => `${(at - noon) / minute} ${kind} ${value}`);
}

describe("the marks", () => {
  test("somebody who walks about is one mark a minute for each sensor", () => {
    const said: Said = Array.from({ length: 120 }, (_, n) => [noon + n * 1_000, walks("hall")]);
    expect(drawn([...said, [noon + 2 * minute, walks("kitchen")]])).toEqual([
      "0 motion-sensed true",
      "1 motion-sensed true",
      "2 motion-sensed true",
    ]);
    expect(drawn([[noon, walks("hall", false)]])).toEqual([]);
  });

  test("a meter that speaks every few seconds is drawn when it changes, and as it is now", () => {
    const said = Array.from({ length: 600 }, (_, n): readonly [number, DeviceFact] => {
      const watts = n < 200 ? 0 : n < 400 ? 1_800 + (n % 7) : 2;
      return [noon + n * 3_000, power(watts)];
    });
    expect(drawn(said)).toEqual([
      "0 power-read 0",
      "10 power-read 1804",
      "20 power-read 2",
      "29.95 power-read 2",
    ]);
  });

  test("a state that is said again is no change; the newest word says how it is now", () => {
    const said: Said = [
      [noon, door(false)],
      [noon + 5 * minute, door(true)],
      [noon + 6 * minute, door(true)],
      [noon + 7 * minute, door(true)],
    ];
    expect(drawn(said)).toEqual([
      "0 contact-sensed false",
      "5 contact-sensed true",
      "7 contact-sensed true",
    ]);
  });

  test("a door that flickers is drawn once a minute for each state, and ends as it is", () => {
    const said: Said = Array.from({ length: 59 }, (_, n) => [noon + n * 1_000, door(n % 2 === 0)]);
    expect(drawn(said).map((words) => words.split(" ").slice(1).join(" "))).toEqual([
      "contact-sensed false",
      "contact-sensed true",
    ]);
  });

  test("smoke and heat of one device are two things; a button says no more than that", () => {
    const hazard = (kind: "smoke" | "heat", present: boolean): DeviceFact => ({
      kind: "hazard-sensed",
      device: "smoke",
      hazard: kind,
      present,
    });
    const said: Said = [
      [noon, hazard("smoke", true)],
      [noon + 1, hazard("heat", false)],
      [noon + 2, { kind: "button-pressed", device: "sos" }],
      [noon + 3, { kind: "battery-read", device: "sos", percent: 90 }],
      [noon + 4, { kind: "device-heard", device: "sos" }],
      [noon + 5, { kind: "temperature-sensed", device: "heat", celsius: 21 }],
      [noon + minute, { kind: "relay-read", device: "plug", on: true }],
    ];
    expect(drawn(said).map((words) => words.split(" ").slice(1).join(" "))).toEqual([
      "smoke-sensed true",
      "heat-sensed false",
      "button-pressed null",
      "relay-read true",
    ]);
  });

  test("I9: nothing of more than six hours ago, and never more marks than are kept", () => {
    const old: Said = [
      [noon - 6 * hour - 1, walks("hall")],
      [noon - 6 * hour, walks("bath")],
      [noon - 7 * hour, door(true)],
    ];
    expect(drawn(old, noon)).toEqual(["-360 motion-sensed true"]);
    const marks = new ContextMarks();
    const random = seededRandom(7);
    for (let n = 0; n < 5_000; n += 1) {
      const at = noon + n * 4_000;
      marks.hear(walks(`m${random.int(40)}`), instant(at));
    }
    expect(marks.lately(instant(noon + 5_000 * 4_000)).length).toBe(marksMax);
  });
});

describe("the points of a message", () => {
  const marksOf = (count: number, device: string) =>
    Array.from({ length: count }, (_, n) => ({
      at: instant(noon + n),
      device,
      kind: "motion-sensed",
      value: true,
    }));

  test("I9: the newest win, by count and by bytes", () => {
    const now = instant(noon + hour);
    const framed = { now, wall: null, roomOf: () => "hall" };
    const many = pointsOf(marksOf(contextMax.points + 50, "hall"), framed);
    expect(many.length).toBe(contextMax.points);
    expect(many.at(-1)?.at_ms).toBe(noon + contextMax.points + 49);
    const wide = pointsOf(marksOf(300, "ü".repeat(200)), {
      ...framed,
      roomOf: () => "ß".repeat(120),
    });
    expect(wide.at(-1)?.at_ms).toBe(noon + 299);
    expect(wide.length).toBeLessThan(100);
    const body: UpBody = { kind: "context", alarmId: "a".repeat(200), points: wide };
    const envelope = { id: "i".repeat(200), home: "h".repeat(200), boot: "b".repeat(200), body };
    expect(Buffer.byteLength(JSON.stringify(envelope))).toBeLessThan(contextMax.bytes);
  });

  test("I6: wall time is told where it is known, and is null where it is not", () => {
    const framed = { now: instant(noon + 5_000), roomOf: () => "" };
    const marks = marksOf(1, "hall");
    expect(pointsOf(marks, { ...framed, wall: 1_000_000 })[0]?.wall_ms).toBe(995_000);
    expect(pointsOf(marks, { ...framed, wall: null })[0]?.wall_ms).toBeNull();
  });
});

let running: Loop | undefined;
afterEach(() => running?.stop());

const silent: Radio = {
  start: () => undefined,
  stop: () => Promise.resolve(),
  cutPower: () => Promise.resolve({ ok: true, detail: "" }),
  givePower: () => Promise.resolve({ ok: true, detail: "" }),
  readRelay: () => Promise.resolve({ ok: true, detail: "" }),
  signal: () => undefined,
  wish: () => Promise.resolve({ ok: true, detail: "" }),
};
const nobody: Hub = {
  showState: () => undefined,
  announce: () => undefined,
  showEvent: () => undefined,
  answer: () => undefined,
  close: () => Promise.resolve(),
};
const journal: Journal = {
  append: () => Promise.resolve(),
  settle: () => undefined,
  snapshot: () => Promise.resolve(),
  trouble: () => undefined,
  close: () => Promise.resolve(),
};

/** The real loop with the rules of a home, and what goes to the uplink. */
function home(deliver: (message: OutboxMessage) => void = () => undefined) {
  // Without the stove, which would call by itself while nobody knows whether it is on.
  const plan = { ...callHome, devices: stoveHome.devices.filter(({ id }) => id !== "plug") };
  const sent: OutboxMessage[] = [];
  const said: string[] = [];
  const faults: unknown[] = [];
  const clock = { now: noon };
  const time = { now: () => instant(clock.now), wall: () => ({ wall_ms: 0, trusted: false }) };
  const send = (message: OutboxMessage): void => {
    sent.push(message);
    deliver(message);
  };
  const performer = createPerformer({
    plan,
    clock: time,
    radio: silent,
    hub: nobody,
    send,
    hear: (fact) => running?.hear(fact),
    onFault: (thrown) => void faults.push(thrown),
  });
  const context = new Context({
    plan,
    clock: time,
    boot: "b",
    send,
    say: (words) => said.push(words),
  });
  const loop = startLoop({
    machines: homeMachines,
    plan,
    clock: time,
    journal,
    performer: context.beside(performer),
    state: initialState(homeMachines, plan),
    boot: "boot",
    onRuleFault: () => undefined,
    onFault: (thrown) => void faults.push(thrown),
    onJournalFault: (thrown) => void faults.push(thrown),
  });
  running = loop;
  const at = (ms: number, fact: Fact): void => {
    clock.now = ms;
    loop.hear(fact);
  };
  /** Something that is shown at once and has no context of its own. */
  const look = (ms: number): void =>
    at(ms, { kind: "alarm-raised", alarm: alarmOf(`info-${ms}`, { level: "info" }) });
  const contexts = () =>
    sent.flatMap(({ id, body }) => (body.kind === "context" ? [{ id, ...body }] : []));
  return { loop, at, look, sent, said, faults, contexts, context };
}

const pressed: DeviceFact = { kind: "button-pressed", device: "sos" };
const closing = { by: anna, outcome: "helped", note: "" } as const;

describe("an alarm opens", () => {
  test("nothing leaves the home without one, and then only after its offer", () => {
    const { at, sent, contexts } = home();
    at(noon, walks("hall"));
    at(noon + 60_000, walks("bath"));
    at(noon + 70_000, walks("unknown"));
    expect(sent).toEqual([]);
    at(noon + 90_000, pressed);
    expect(sent.map(({ body }) => body.kind)).toEqual(["custody-offered", "context"]);
    expect(contexts()[0]?.points.map(({ device, room, kind }) => [device, room, kind])).toEqual([
      ["hall", "hall", "motion-sensed"],
      ["bath", "bath", "motion-sensed"],
      ["sos", "bath", "button-pressed"],
    ]);
  });

  test("who moves in a pause is not remembered, and leaves the home with no alarm", () => {
    const { at, contexts } = home();
    at(noon, walks("hall"));
    at(noon + 1, { kind: "pause-said", minutes: 10, client: "tablet" });
    at(noon + 2 * minute, walks("bath"));
    at(noon + 3 * minute, door(true));
    at(noon + 4 * minute, pressed);
    const kinds = () => contexts().map(({ points }) => points.map(({ kind }) => kind));
    expect(kinds()).toEqual([["motion-sensed", "button-pressed"]]);
    // A pause ends by itself, also where nothing says so.
    at(noon + 11 * minute, walks("kitchen"));
    at(noon + 12 * minute, { kind: "pause-said", minutes: 10, client: "tablet" });
    at(noon + 13 * minute, { kind: "pause-said", minutes: 0, client: "tablet" });
    at(noon + 14 * minute, door(true));
    at(noon + 15 * minute, pressed);
    expect(
      contexts()
        .at(-1)
        ?.points.map(({ device }) => device),
    ).toEqual(["hall", "sos", "kitchen", "door", "sos"]);
  });

  test("it is said anew once a minute at most, and only when there is something new", () => {
    const { at, look, contexts } = home();
    at(noon, pressed);
    const [first] = contexts();
    at(noon + 10_000, walks("hall"));
    look(noon + 59_000);
    expect(contexts().length).toBe(1);
    look(noon + 60_000);
    expect(contexts().length).toBe(2);
    expect(contexts()[1]?.alarmId).toBe(first?.alarmId);
    look(noon + 180_000);
    expect(contexts().length).toBe(2);
  });

  test("a test alarm, a warning and an end take nothing out of the home", () => {
    const { at, look, contexts, context } = home();
    at(noon, walks("hall"));
    at(noon + 1, { kind: "alarm-raised", alarm: alarmOf("d", { drill: true }) });
    at(noon + 2, { kind: "alarm-raised", alarm: alarmOf("w", { level: "warning" }) });
    expect(contexts()).toEqual([]);
    at(noon + 3, { kind: "alarm-raised", alarm: alarmOf("a", { level: "concern" }) });
    expect(contexts().map(({ alarmId }) => alarmId)).toEqual(["a"]);
    at(noon + 4, { kind: "alarm-closed", alarmId: "a", closing, from: "peer" });
    // Its receipt never came: an empty one takes its place in the outbox.
    expect(contexts().at(-1)?.points).toEqual([]);
    at(noon + 5, walks("bath"));
    look(noon + 2 * minute);
    expect(contexts().length).toBe(2);
    at(noon + 6, { kind: "alarm-raised", alarm: alarmOf("b") });
    const last = contexts().at(-1);
    expect(context.settled(last?.id ?? "")).toBe(true);
    expect(context.settled("boot-1/offer")).toBe(false);
    at(noon + 7, { kind: "alarm-closed", alarmId: "b", closing, from: "peer" });
    // It is at the care service already, which knows what to do with it.
    expect(contexts().length).toBe(3);
  });

  test("I9: many alarms at once are told a few at a time, the newest first", () => {
    const { at, look, contexts, loop } = home();
    for (let n = 0; n < 10; n += 1) {
      loop.hear({ kind: "alarm-raised", alarm: alarmOf(`a${n}`) });
    }
    expect(contexts()).toEqual([]);
    at(noon + 1, walks("hall"));
    look(noon + 2);
    expect(contexts().map(({ alarmId }) => alarmId)).toEqual(["a9", "a8", "a7", "a6"]);
    look(noon + 3);
    expect(contexts().length).toBe(8);
  });

  test("I1: a fault of it is said, and the loop goes on", () => {
    const { at, sent, said, faults } = home(({ body }) => {
      if (body.kind === "context") throw new Error("no room");
    });
    at(noon, pressed);
    at(noon + 1, { kind: "help-requested", client: "tablet" });
    expect(sent.filter(({ body }) => body.kind === "custody-offered").length).toBe(1);
    expect(sent.filter(({ body }) => body.kind === "noted").length).toBe(1);
    expect(said[0]).toContain("no room");
    expect(faults).toEqual([]);
  });
});

describe("on the wire", () => {
  test("I1: it has the lowest rank, and nothing of its alarm waits for its receipt", () => {
    const context = lineOf({ id: "c", body: { kind: "context", alarmId: "a", points: [] } });
    const end = lineOf({ id: "m", body: { kind: "closed", alarmId: "a", closing } });
    expect([context.rank, end.rank]).toEqual(["routine", "alarm"]);
    expect(context.lane).not.toBe(end.lane);
  });

  test("I1: over a line that was down the offer comes first, then one context: the newest", async () => {
    const care = await ScriptedCare.start();
    const { uplink, settled } = openUplink(care.line.port);
    try {
      care.line.cut();
      const { at, look, contexts } = home((message) => uplink.send(message));
      at(noon, walks("hall"));
      at(noon + 1, pressed);
      at(noon + 30_000, walks("kitchen"));
      look(noon + minute + 1);
      care.line.heal();
      const [first, second] = contexts().map(({ id }) => id);
      await until("all are settled", () => (settled.length >= 4 ? true : undefined));
      expect(care.facts().map((words) => words.split(" ")[0])).toEqual([
        "custody-offered",
        "custody-offered",
        "context",
      ]);
      expect(care.facts()[2]).toBe(`context ${second}`);
      expect(settled).toContain(first);
    } finally {
      await uplink.close();
      await care.close();
    }
  });

  test("what waits for the line when a person ends the alarm does not leave any more", async () => {
    const care = await ScriptedCare.start();
    const { uplink, settled } = openUplink(care.line.port);
    try {
      care.line.cut();
      const { at } = home((message) => uplink.send(message));
      at(noon, walks("hall"));
      at(noon + 1, { kind: "alarm-raised", alarm: alarmOf("a") });
      at(noon + 2, { kind: "alarm-closed", alarmId: "a", closing, from: "here" });
      care.line.heal();
      await until("all is settled", () => (settled.length >= 4 ? true : undefined));
      const told = care.heard.flatMap(({ body }) => (body.kind === "context" ? body.points : []));
      expect(told).toEqual([]);
      expect(care.facts().some((words) => words.startsWith("closed"))).toBe(true);
    } finally {
      await uplink.close();
      await care.close();
    }
  });
});
