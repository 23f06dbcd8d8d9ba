import { describe, expect, test } from "vitest";
import {
  againAfter,
  emptyOutbox,
  linkDown,
  linkUp,
  nextDue,
  type Outbox,
  type OutboxLine,
  outboxLimits,
  put,
  type Rank,
  settle,
  takeDue,
} from "../../platform/outbox.ts";
import { type Instant, instant } from "../../protocol/time.ts";
import { seededRandom } from "../support/random.ts";

const t = (seconds: number): Instant => instant(seconds * 1_000);
const line = (id: string, lane = "a", rank: Rank = "alarm"): OutboxLine => ({ id, lane, rank });

function filled(lines: readonly OutboxLine[], now = t(0)): Outbox<OutboxLine> {
  let box = emptyOutbox<OutboxLine>();
  for (const one of lines) box = put(box, one, now).box;
  return linkUp(box, now);
}

const ids = (lines: readonly OutboxLine[]): string[] => lines.map(({ id }) => id);

describe("when a line goes out", () => {
  test("I1: at once when the link is up, never while it is down", () => {
    const box = put(emptyOutbox<OutboxLine>(), line("1"), t(0)).box;
    expect(takeDue(box, t(0)).lines).toEqual([]);
    expect(nextDue(box, t(0))).toBeUndefined();
    expect(ids(takeDue(linkUp(box, t(1)), t(1)).lines)).toEqual(["1"]);
    expect(takeDue(linkDown(linkUp(box, t(1))), t(1)).lines).toEqual([]);
  });

  test("again after 2, 4, 8, 16, 30, 30 ... seconds, for ever", () => {
    let box = filled([line("1")]);
    const sent: number[] = [];
    let now = t(0);
    for (let n = 0; n < 60; n += 1) {
      const step = takeDue(box, now);
      if (step.lines.length > 0) sent.push(now / 1_000);
      box = step.box;
      const next = nextDue(box, now);
      expect(next).toBeDefined();
      now = next ?? now;
    }
    expect(sent.slice(0, 7)).toEqual([0, 2, 6, 14, 30, 60, 90]);
    expect(sent).toHaveLength(60);
  });

  test("a new link sends everything at once and begins the back-off anew", () => {
    let box = takeDue(filled([line("1")]), t(0)).box;
    for (const at of [2, 6, 14]) box = takeDue(box, t(at)).box;
    box = linkUp(linkDown(box), t(15));
    const step = takeDue(box, t(15));
    expect(ids(step.lines)).toEqual(["1"]);
    expect(nextDue(step.box, t(15))).toBe(t(17));
  });

  test("the second line of an alarm waits for the first one's receipt", () => {
    const step = takeDue(filled([line("1"), line("2"), line("3", "b")]), t(0));
    expect(ids(step.lines)).toEqual(["1", "3"]);
    const { box, known } = settle(step.box, "1");
    expect(known).toBe(true);
    expect(ids(takeDue(box, t(0)).lines)).toEqual(["2"]);
    expect(settle(box, "1").known).toBe(false);
  });

  test("a first line that is never receipted does not hold back the rest for ever", () => {
    let box = filled([line("1"), line("2")]);
    let now = t(0);
    const sent: string[] = [];
    while (!sent.includes("2")) {
      const step = takeDue(box, now);
      sent.push(...ids(step.lines));
      box = step.box;
      now = nextDue(box, now) ?? now;
    }
    expect(sent.filter((id) => id === "1").length).toBe(outboxLimits.patience + 1);
  });

  test("alarms go before everything else, whenever they came", () => {
    const box = filled([
      line("n", "n", "note"),
      line("r", "r", "routine"),
      line("a", "a", "alarm"),
    ]);
    expect(ids(takeDue(box, t(0)).lines)).toEqual(["a", "n", "r"]);
  });
});

describe("what the outbox holds", () => {
  test("a younger line on the same topic takes the older one's place, and is due at once", () => {
    const told = (id: string): OutboxLine => ({ ...line(id), topic: "offer a" });
    const first = takeDue(filled([told("1"), line("2")]), t(0)).box;
    const { box, replaced } = put(first, told("3"), t(1));
    expect(ids(replaced)).toEqual(["1"]);
    expect(ids(takeDue(box, t(1)).lines)).toEqual(["3"]);
    expect(ids(box.waiting.map((held) => held.line))).toEqual(["3", "2"]);
  });

  test("I9: at the limit routine lines give way, then notes, and never an alarm", () => {
    const many = (count: number, rank: Rank) =>
      Array.from({ length: count }, (_, n) => line(`${rank}-${n}`, `${rank}-${n}`, rank));
    let box = emptyOutbox<OutboxLine>();
    const dropped: string[] = [];
    const add = (lines: readonly OutboxLine[]): void => {
      for (const one of lines) {
        const step = put(box, one, t(0));
        box = step.box;
        dropped.push(...ids(step.dropped));
      }
    };
    add(many(10, "routine"));
    add(many(10, "note"));
    add(many(outboxLimits.length, "alarm"));
    expect(dropped).toEqual([...ids(many(10, "routine")), ...ids(many(10, "note"))]);
    add(many(outboxLimits.length + 50, "alarm"));
    expect(box.waiting).toHaveLength(outboxLimits.length + 50);
    add(many(1, "routine"));
    expect(dropped.at(-1)).toBe("routine-0");
  });

  test("I9: no more lines on their way than stated; the rest follow as receipts come", () => {
    const count = outboxLimits.alarmsUnderway + 5;
    const lines = Array.from({ length: count }, (_, n) => line(`${n}`, `${n}`));
    const step = takeDue(filled(lines), t(0));
    expect(step.lines).toHaveLength(outboxLimits.alarmsUnderway);
    const { box } = settle(settle(step.box, "0").box, "1");
    expect(ids(takeDue(box, t(0)).lines)).toEqual(["64", "65"]);
  });
});

/**
 * A receiver behind a line that comes and goes. A line breaks as TCP does: from some message on it
 * loses all that is said on it, receipts included, until there is a new one.
 */
function runLossyDay(seed: number) {
  const random = seededRandom(seed);
  let box = emptyOutbox<OutboxLine>();
  let now = t(0);
  const arrived: string[] = [];
  const sentAt = new Map<string, number>();
  const count = 30 + random.int(60);
  const lines = Array.from({ length: count }, (_, n) =>
    line(`${n}`, `lane ${random.int(8)}`, random.pick(["alarm", "alarm", "note", "routine"])),
  );
  let breaks = 0.2;
  let broken = false;
  const send = (): void => {
    const step = takeDue(box, now);
    box = step.box;
    for (const { id } of step.lines) {
      const before = sentAt.get(id) ?? Number.NEGATIVE_INFINITY;
      const spaced = now - before >= againAfter(1);
      if (!spaced) throw new Error(`seed ${seed}: ${id} went out twice within the back-off`);
      sentAt.set(id, now);
      broken ||= random.chance(breaks);
      if (broken) continue;
      arrived.push(id);
      broken ||= random.chance(breaks);
      if (!broken) box = settle(box, id).box;
    }
  };
  for (const one of lines) {
    box = put(box, one, now).box;
    if (random.chance(0.2)) box = linkDown(box);
    if (random.chance(0.3)) {
      sentAt.clear();
      broken = false;
      box = linkUp(box, now);
    }
    send();
    now = instant(now + random.int(3_000));
  }
  breaks = 0;
  broken = false;
  sentAt.clear();
  box = linkUp(box, now);
  for (let n = 0; n < 1_000 && box.waiting.length > 0; n += 1) {
    send();
    now = nextDue(box, now) ?? instant(now + 1);
  }
  return { left: box.waiting.length, arrived, lines };
}

describe("over a lossy line", () => {
  test("I5: nothing is lost, and each lane arrives in its order (500 seeds)", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { left, arrived, lines } = runLossyDay(seed);
      expect(left, `seed ${seed}: lines that never got through`).toBe(0);
      const first = [...new Set(arrived)];
      expect(first.length, `seed ${seed}`).toBe(lines.length);
      for (const lane of new Set(lines.map((one) => one.lane))) {
        const own = lines.filter((one) => one.lane === lane).map(({ id }) => id);
        const patient = first.filter((id) => own.includes(id));
        expect(patient, `seed ${seed}, ${lane}`).toEqual(own);
      }
    }
  });
});
