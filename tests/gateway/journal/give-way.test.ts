import { describe, expect, test } from "vitest";
import { type EntryWrite, encodeEntry, type Write } from "../../../gateway/journal/encode.ts";
import { WriteQueue } from "../../../gateway/journal/queue.ts";
import { StorageWatch } from "../../../gateway/journal/storage-watch.ts";
import type { OutboxMessage } from "../../../gateway/ports.ts";
import { type Alarm, outcomes } from "../../../protocol/alarm.ts";
import type { UpBody } from "../../../protocol/messages.ts";
import { instant } from "../../../protocol/time.ts";
import type { Fact } from "../../../rules/events.ts";
import { alarmOf, anna } from "../../support/call-home.ts";

const bytesMax = 20_000;
const silent = { done: () => undefined, lost: () => undefined };
let count = 0;

/** An entry that decided something, with these messages. */
function entry(fact: Fact, ...bodies: readonly UpBody[]): EntryWrite {
  count += 1;
  const id = `e${count}`;
  const outbox = bodies.map((body, n): OutboxMessage => ({ id: `${id}/${n}`, body }));
  return encodeEntry({
    event: { ...fact, id, at: instant(count) },
    wall: { wall_ms: count, trusted: true },
    decisions: [{ machine: "m", cause: id, because: "x".repeat(200), effects: [] }],
    effects: [],
    outbox,
  });
}

const fault = (subject: string): UpBody => ({
  kind: "fault",
  fault: { subject, what: "silent", blind: [] },
  cleared: false,
});
const offer = (alarm: Alarm, epoch: number): UpBody => ({ kind: "custody-offered", alarm, epoch });
const closing = { by: anna, outcome: outcomes[0], note: "" };
const closed = (alarmId: string): UpBody => ({ kind: "closed", alarmId, closing, heard: [] });
const press: Fact = { kind: "button-pressed", device: "sos" };
const beat: Fact = { kind: "peer-heard", holds: [] };

/** Pushes without end, as while the disk takes nothing; what waits then. */
function stalled(pushes: Iterable<Write>): readonly Write[] {
  const queue = new WriteQueue(bytesMax);
  for (const write of pushes) queue.push(write, silent);
  return queue.take(queue.length).map(({ write }) => write);
}

function* many<Item>(times: number, make: (n: number) => Item): Generator<Item> {
  for (let n = 0; n < times; n += 1) yield make(n);
}

const entries = (writes: readonly Write[]): readonly EntryWrite[] =>
  writes.flatMap((write) => (write.kind === "entry" ? [write] : []));

describe("I9: while the disk takes nothing memory has a bound", () => {
  test("that faults which come and go do not exceed", () => {
    const writes = stalled(
      many(2_000, (n) => entry({ kind: "radio-ready" }, fault(`device-${n}`))),
    );
    expect(writes.length).toBeLessThan(100);
    expect(writes.some(({ kind }) => kind === "hole")).toBe(true);
  });

  test("nor closings that are told again at every beat: the first stays", () => {
    const first = entry({ kind: "alarm-closed", alarmId: "a", closing, from: "here" }, closed("a"));
    const writes = entries(
      stalled([first, ...many(2_000, () => entry(beat, closed("a"), closed("b")))]),
    );
    expect(writes.length).toBeLessThan(100);
    expect(writes[0]?.id).toBe(first.id);
    expect(writes.filter((write) => write.closed.includes("b")).length).toBeGreaterThan(0);
  });

  test("nor offers that are made again with every break of the link", () => {
    const alarm = alarmOf("a");
    const first = entry(press, offer(alarm, 1));
    const other = entry(press, offer(alarmOf("b"), 1));
    const again = many(2_000, (n) => entry({ kind: "peer-back" }, offer(alarm, n + 2)));
    const writes = entries(stalled([first, other, ...again]));
    expect(writes.length).toBeLessThan(100);
    expect(writes.slice(0, 2).map(({ id }) => id)).toEqual([first.id, other.id]);
  });

  test("nor cries for help that all stand for one open alarm; the first of them stay", () => {
    const cries = many(2_000, (n) =>
      entry(press, {
        kind: "noted",
        alarmId: "a",
        note: "pressed-again",
        word: `w${n}`,
        nth: n + 1,
      }),
    );
    const writes = entries(stalled(cries));
    expect(writes.length).toBeLessThan(100);
    expect(JSON.parse(writes[7]?.outbox[0]?.body ?? "{}").word).toBe("w7");
  });

  test("I3: alarms, answers to them and their closings never go", () => {
    const alarms = [...many(200, (n) => entry(press, offer(alarmOf(`a${n}`), 1)))];
    const answers = [
      ...many(200, (n) =>
        entry(beat, { kind: "accepted" as const, alarmId: `a${n}`, by: anna, nth: 1 }),
      ),
    ];
    const ends = [
      ...many(200, (n): EntryWrite => {
        const alarmId = `a${n}`;
        return entry({ kind: "alarm-closed", alarmId, closing, from: "peer" });
      }),
    ];
    const started = entry({ kind: "gateway-started", boot: "b", gapMs: 0 });
    const all = [started, ...alarms, ...answers, ...ends];
    const kept = new Set(entries(stalled(all)).map(({ id }) => id));
    expect(all.filter(({ id }) => !kept.has(id))).toEqual([]);
  });

  test("what was settled while it waited needs neither a row nor its deletion", () => {
    const pushes = function* (): Generator<Write> {
      for (let n = 0; n < 1_000; n += 1) {
        const write = entry(press, offer(alarmOf("same"), n + 1));
        yield write;
        yield { kind: "settle", id: write.outbox[0]?.id ?? "" };
        yield { kind: "settle", id: "of-the-run-before" };
      }
    };
    const writes = stalled(pushes());
    const settles = writes.filter(({ kind }) => kind === "settle");
    expect(writes.length).toBeLessThan(300);
    expect(
      settles.some((write) => write.kind === "settle" && write.id === "of-the-run-before"),
    ).toBe(true);
  });

  test("of the times that prove nothing but that it lives only the latest waits", () => {
    const wall = { wall_ms: 0, trusted: true };
    const queue = new WriteQueue(bytesMax);
    for (let at = 0; at < 500; at += 1) queue.push({ kind: "beat", at, wall });
    expect(queue.take(9).map(({ write }) => write)).toEqual([{ kind: "beat", at: 499, wall }]);
  });

  test("a snapshot stands for those before it, also to whoever waits for them", () => {
    const queue = new WriteQueue(bytesMax);
    const told: string[] = [];
    for (const name of ["first", "second"]) {
      const write = { kind: "snapshot", at: 0, state: name } as const;
      queue.push(write, { done: () => told.push(name), lost: () => undefined });
    }
    const batch = queue.take(9);
    expect(batch).toHaveLength(1);
    for (const { answers } of batch) for (const { done } of answers) done();
    expect(told.sort((a, b) => a.localeCompare(b))).toEqual(["first", "second"]);
  });

  test("alarms alone, far beyond the bound, all stay, and are not looked through for each", () => {
    const alone = stalled(many(10_000, (n) => entry(press, offer(alarmOf(`a${n}`), 1))));
    expect(alone).toHaveLength(10_000);
  });
});

describe("whether anybody can count on the disk", () => {
  const bench = () => {
    let now = 0;
    const told: (string | undefined)[] = [];
    const watch = new StorageWatch({
      lostAfterMs: 10_000,
      now: () => now,
      tell: (cause) => told.push(cause),
    });
    return { watch, told, pass: (ms: number) => (now += ms) };
  };

  test("is told once it takes the first entry", () => {
    const { watch, told } = bench();
    watch.waits();
    watch.written(false);
    watch.written(false);
    expect(told).toEqual([undefined]);
    expect(watch.isLost).toBe(false);
  });

  test("I6: is told as lost when an entry waits too long, once, and as mended", () => {
    const { watch, told, pass } = bench();
    watch.look();
    watch.waits();
    pass(9_999);
    watch.look("the disk is full");
    expect(told).toEqual([]);
    pass(1);
    watch.look("the disk is full");
    watch.look("the disk is full");
    expect(told).toEqual(["the disk is full"]);
    expect(watch.isLost).toBe(true);
    watch.written(true);
    expect(told).toEqual(["the disk is full", undefined]);
    pass(10_000);
    watch.look();
    expect(told.at(-1)).toBe("the disk does not answer");
  });
});
