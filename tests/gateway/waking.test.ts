import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWaking, type Waking } from "../../gateway/waking.ts";
import { type Instant, instant } from "../../protocol/time.ts";

let waking: Waking;
/** When rules want to be woken, and when they were. */
let dues: number[];
let wokenAt: number[];
/** What a step does with the dues. */
let step: (now: number) => void;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  dues = [];
  wokenAt = [];
  step = (now) => {
    dues = dues.filter((due) => due > now);
  };
  const now = (): Instant => instant(Date.now());
  waking = createWaking({
    now,
    due: (after = instant(-1)) => {
      const first = Math.min(...dues.filter((due) => due > after));
      return first === Number.POSITIVE_INFINITY ? undefined : instant(first);
    },
    reached: () => {
      wokenAt.push(now());
      step(now());
      waking.arm();
    },
  });
});

afterEach(() => {
  waking.stop();
  vi.useRealTimers();
});

test("I4: each due is reached in its time, and none before", () => {
  dues = [50, 60, 5_000];
  waking.arm();
  vi.advanceTimersByTime(10_000);
  expect(wokenAt).toEqual([50, 60, 5_000]);
});

test("I4: a due behind the longest timer is reached", () => {
  const month = 2_592_000_000;
  dues = [month];
  waking.arm();
  vi.advanceTimersByTime(month + 10);
  expect(wokenAt).toEqual([month]);
});

test("I9: a rule that asks for the past fills no card, and holds up no other rule", () => {
  dues = [0, 30_000, 30_004, 90_000];
  step = (now) => {
    dues = dues.filter((due) => due === 0 || due > now);
  };
  waking.arm();
  vi.advanceTimersByTime(3_600_000);
  const late = (due: number) => Math.min(...wokenAt.filter((at) => at >= due)) - due;
  expect([30_000, 30_004, 90_000].map(late)).toEqual([0, 6, 0]);
  // From 10 ms on it doubles to 5.12 s: ten steps, and then as many as the hour has of those.
  expect(wokenAt.length).toBeGreaterThan(600);
  expect(wokenAt.length).toBeLessThan(3_600 / 5.12 + 20);
});

test("I4: once a rule is due in the future again, a past due is tried at once", () => {
  dues = [0];
  step = () => {
    dues = wokenAt.length < 8 ? [0] : [];
  };
  waking.arm();
  vi.advanceTimersByTime(10_000);
  expect(wokenAt).toHaveLength(8);
  dues = [20_000];
  step = (now) => {
    dues = wokenAt.length < 10 ? [now] : [];
  };
  waking.arm();
  vi.advanceTimersByTime(20_000);
  expect(wokenAt.slice(8)).toEqual([20_000, 20_020]);
});
