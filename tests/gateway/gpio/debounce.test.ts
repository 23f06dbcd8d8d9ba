import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  atRest,
  type Contact,
  endsAt,
  type Sample,
  settle,
  type Turn,
} from "../../../gateway/gpio/debounce.ts";
import { instant, milliseconds } from "../../../protocol/time.ts";

const quiet = milliseconds(50);
const seed = 20_260_101;

function run(samples: readonly Sample[]): readonly Turn[] {
  let contact: Contact = atRest;
  const turns: Turn[] = [];
  for (const sample of samples) {
    const result = settle(contact, sample, quiet);
    contact = result.contact;
    turns.push(...result.turns);
  }
  return turns;
}

/** Levels from gaps: the contact alternates, the first edge makes it active. */
function edges(gaps: readonly number[], from: number): Sample[] {
  let at = from;
  return gaps.map((gap, index) => {
    const sample = { active: index % 2 === 0, edge: true, at: instant(at) };
    at += gap;
    return sample;
  });
}

const bounce = fc.array(fc.integer({ min: 0, max: 49 }), { minLength: 1, maxLength: 40 });
const look = (at: number, active = false): Sample => ({ active, edge: false, at: instant(at) });

describe("I1: an emergency press is taken from its first edge", () => {
  test("a bouncing edge is one press, begun at its first edge", () => {
    fc.assert(
      fc.property(bounce, (gaps) => {
        const samples = edges(gaps, 1_000);
        const first = samples[0];
        if (first === undefined) return;
        expect(run([first])).toEqual(["began"]);
        expect(run(samples)).toEqual(["began"]);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  test("any press, however short, is a press, and a pause makes the next one a second", () => {
    fc.assert(
      fc.property(bounce, bounce, fc.integer({ min: 50, max: 60_000 }), (one, two, pause) => {
        const first = edges(one.length % 2 === 0 ? one : [...one, 0], 1_000);
        const last = first.at(-1)?.at ?? 0;
        const second = edges(two, last + pause);
        expect(run([...first, ...second])).toEqual(["began", "ended", "began"]);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  test("an edge whose level was gone before it could be read is a press", () => {
    const ghost = { active: false, edge: true, at: instant(1_000) };
    expect(run([look(0), ghost, look(1_020), look(1_050)])).toEqual(["began", "ended"]);
  });

  test("looks without an interrupt find the press as well", () => {
    expect(run([look(0), look(50, true), look(100, true), look(150), look(200)])).toEqual([
      "began",
      "ended",
    ]);
  });

  test("looks between the edges of a bounce change nothing", () => {
    fc.assert(
      fc.property(bounce, fc.integer({ min: 0, max: 39 }), (gaps, nth) => {
        const samples = edges(gaps, 1_000);
        const before = samples[Math.min(nth, samples.length - 1)];
        if (before === undefined) return;
        const at = samples.indexOf(before) + 1;
        const mixed = [...samples.slice(0, at), { ...before, edge: false }, ...samples.slice(at)];
        expect(run(mixed)).toEqual(["began"]);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

test("a held contact does not end, whatever time passes", () => {
  expect(run([look(0, true), look(10_000_000, true)])).toEqual(["began"]);
});

test("a contact at rest stays at rest", () => {
  expect(run([look(0), look(50), look(10_000)])).toEqual([]);
});

test("the end of a press has a time, a held press has none", () => {
  const held = settle(atRest, look(0, true), quiet).contact;
  expect(endsAt(held, quiet)).toBeUndefined();
  expect(endsAt(settle(held, look(10), quiet).contact, quiet)).toBe(60);
});
