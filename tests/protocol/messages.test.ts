import { describe, expect, test } from "vitest";
import {
  alarmSchema,
  answerSchema,
  beatSchema,
  contextMax,
  downMessageSchema,
  requestSchema,
  upMessageSchema,
} from "../../protocol/messages.ts";
import { textMax } from "../../protocol/text.ts";

const alarm = {
  id: "e1:emergencyCall:alarm",
  category: "emergency-call",
  level: "alarm",
  reason: "sos-pressed",
  raisedAt: 1_000,
  late: false,
} as const;

const head = { id: "m1", home: "weber", boot: "b1", at_ms: 5, wall_ms: -3, wall_trusted: false };
const person = { id: "maier", name: "Frau Maier" };
const reads = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("an alarm on the wire", () => {
  test("keeps what it has, and has nothing that it lacks", () => {
    expect(alarmSchema.parse(alarm)).toStrictEqual(alarm);
    const placed = { ...alarm, device: "sos", room: "bath" };
    expect(alarmSchema.parse({ ...placed, extra: 1 })).toStrictEqual(placed);
    const drill = { ...alarm, drill: true };
    expect(alarmSchema.parse(drill)).toStrictEqual(drill);
    expect(reads(alarmSchema, { ...alarm, drill: false })).toBe(false);
  });

  test("I9: words that nobody knows, and texts without bound, are refused", () => {
    expect(reads(alarmSchema, { ...alarm, category: "party" })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, level: "panic" })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, id: "" })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, id: "x".repeat(textMax.id) })).toBe(true);
    expect(reads(alarmSchema, { ...alarm, id: "x".repeat(textMax.id + 1) })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, reason: "x".repeat(textMax.name + 1) })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, raisedAt: -1 })).toBe(false);
    expect(reads(alarmSchema, { ...alarm, raisedAt: Number.NaN })).toBe(false);
  });
});

describe("messages between home and care service", () => {
  const up = (body: unknown) => reads(upMessageSchema, { ...head, body });
  const down = (body: unknown) => reads(downMessageSchema, { ...head, body });

  test("each side says only what is its own to say", () => {
    const offer = { kind: "custody-offered", alarm, epoch: 1 };
    const taken = { kind: "custody-taken", alarmId: "a", epoch: 1 };
    expect([up(offer), down(offer)]).toEqual([true, false]);
    expect([up(taken), down(taken)]).toEqual([false, true]);
    const noted = { kind: "noted", alarmId: "a", word: "w", nth: 1 };
    expect(up({ ...noted, note: "pressed-again" })).toBe(true);
    expect(up({ ...noted, note: "closed" })).toBe(false);
    const known = { kind: "note-taken", alarmId: "a", word: "w" };
    expect([up(known), down(known)]).toEqual([false, true]);
    expect(down({ kind: "told", alarmId: "a", by: person })).toBe(true);
    const drill = { kind: "drill-asked", drillId: "d1" };
    expect([up(drill), down(drill)]).toEqual([false, true]);
    expect(down({ ...drill, drillId: "d".repeat(101) })).toBe(false);
    const fault = { subject: "plug", what: "silent", blind: ["stove-guard"] };
    expect(up({ kind: "fault", fault, cleared: false })).toBe(true);
    expect(up({ kind: "fault", fault: { ...fault, what: "odd" }, cleared: false })).toBe(false);
  });

  test("both sides tell of answers, closings and receipts", () => {
    const closing = { by: person, outcome: "helped", note: "" };
    for (const says of [up, down]) {
      expect(says({ kind: "accepted", alarmId: "a", by: person, nth: 1 })).toBe(true);
      expect(says({ kind: "declined", alarmId: "a", by: person, nth: 2 })).toBe(true);
      expect(says({ kind: "closed", alarmId: "a", closing })).toBe(true);
      expect(says({ kind: "closed", alarmId: "a", closing, heard: ["w"] })).toBe(true);
      const many = Array.from({ length: 33 }, (_, at) => `w${at}`);
      expect(says({ kind: "closed", alarmId: "a", closing, heard: many })).toBe(false);
      expect(says({ kind: "receipt", of: "m0" })).toBe(true);
      expect(says({ kind: "closed", alarmId: "a", closing: { ...closing, outcome: "?" } })).toBe(
        false,
      );
      expect(says({ kind: "accepted", alarmId: "a", by: { id: "x" }, nth: 1 })).toBe(false);
    }
  });

  test("I3: an epoch counts from 1, and an envelope names home, boot and clock", () => {
    expect(up({ kind: "custody-offered", alarm, epoch: 0 })).toBe(false);
    expect(down({ kind: "custody-taken", alarmId: "a", epoch: 1.5 })).toBe(false);
    const { boot: _boot, ...short } = head;
    expect(reads(upMessageSchema, { ...short, body: { kind: "receipt", of: "m" } })).toBe(false);
  });

  test("I9: what the sensors said travels up only, and not without bound", () => {
    const point = { at_ms: 1, wall_ms: null, device: "door", room: "hall", kind: "k", value: true };
    const context = (points: unknown) => ({ kind: "context", alarmId: "a", points });
    expect([up(context([point])), down(context([point]))]).toEqual([true, false]);
    expect(up(context([]))).toBe(true);
    expect(up(context(Array.from({ length: contextMax.points }, () => point)))).toBe(true);
    expect(up(context(Array.from({ length: contextMax.points + 1 }, () => point)))).toBe(false);
    for (const value of [1.5, "wet", false, null]) {
      expect(up(context([{ ...point, value }]))).toBe(true);
    }
    const long = "x".repeat(textMax.id + 1);
    const odd = [{ value: long }, { room: long }, { device: long }, { kind: "" }, { at_ms: -1 }];
    for (const part of odd) expect(up(context([{ ...point, ...part }]))).toBe(false);
  });

  test("I9: a beat lists custody, and not without bound", () => {
    const holds = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ alarmId: `a${at}`, epoch: 1 }));
    expect(reads(beatSchema, { ...head, holds: holds(1_000) })).toBe(true);
    expect(reads(beatSchema, { ...head, holds: holds(1_001) })).toBe(false);
  });

  test("a beat may say until when the resident is away; an older peer says nothing of it", () => {
    for (const more of [{}, { absent_until_wall: null }, { absent_until_wall: 5 }]) {
      expect(reads(beatSchema, { ...head, holds: [], ...more })).toBe(true);
    }
    expect(reads(beatSchema, { ...head, holds: [], absent_until_wall: "soon" })).toBe(false);
  });
});

test("a catalogue with a kind that a later version has is read, and that one is another kind", () => {
  const both = { de: "t", en: "t" };
  const offer = { id: "o", title: both, about: both, price: both, told: both };
  const offers = ["meals", "gardening"].map((kind) => ({ ...offer, kind }));
  const body = { kind: "catalogue", version: 1, offers };
  expect(downMessageSchema.parse({ ...head, body }).body).toMatchObject({
    offers: [{ kind: "meals" }, { kind: "other" }],
  });
});

describe("what a tablet asks", () => {
  const asks = (request: unknown) => reads(requestSchema, { id: "r1", request });

  test("help, false alarm, presence, reset, and a hold of 1 to 99 minutes", () => {
    expect(asks({ kind: "help" })).toBe(true);
    expect(asks({ kind: "false-alarm", alarmId: "a" })).toBe(true);
    expect(asks({ kind: "presence" })).toBe(true);
    expect(asks({ kind: "stove-reset" })).toBe(true);
    expect([0, 1, 99, 100, 1.5].map((minutes) => asks({ kind: "stove-hold", minutes }))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(asks({ kind: "stove-on" })).toBe(false);
  });

  test("an answer says what was taken, or why not", () => {
    expect(
      reads(answerSchema, { of: "r1", taken: false, why: "the stove is not proved off" }),
    ).toBe(true);
    expect(reads(answerSchema, { of: "r1", taken: "yes", why: "" })).toBe(false);
  });
});
