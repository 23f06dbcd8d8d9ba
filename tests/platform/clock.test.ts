import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Reading,
  resumeTime,
  runClock,
  type Stamp,
  systemTime,
  trustedAlways,
} from "../../platform/clock.ts";
import { instant } from "../../protocol/time.ts";
import { seededRandom } from "../support/random.ts";

const day = 86_400_000;
const noon = Date.UTC(2025, 5, 1, 12);

const reading = (change: Partial<Reading> & { wall_ms?: number; trusted?: boolean }): Reading => ({
  mono_ms: change.mono_ms ?? 50_000,
  boot: change.boot ?? "a",
  wall: { wall_ms: change.wall_ms ?? noon, trusted: change.trusted ?? true },
});

const last: Stamp = { at: instant(1_000_000), ...reading({}) };

const cases: readonly (readonly [string, Reading, number | null])[] = [
  ["the process restarts within a minute", reading({ mono_ms: 60_000 }), 10_000],
  [
    "a time server steps back by weeks",
    reading({ mono_ms: 60_000, wall_ms: noon - 21 * day }),
    10_000,
  ],
  [
    "a time server steps ahead by years",
    reading({ mono_ms: 60_000, wall_ms: noon + 900 * day }),
    10_000,
  ],
  ["trust is lost within one boot", reading({ mono_ms: 60_000, trusted: false }), 10_000],
  ["at the very same moment", reading({}), 0],
  ["a monotonic clock that ran backwards", reading({ mono_ms: 49_999, wall_ms: noon + 7 }), 7],
  [
    "a power cut of an hour, clocks right",
    reading({ boot: "b", wall_ms: noon + 3_600_000 }),
    3_600_000,
  ],
  [
    "a power cut, clock not yet set",
    reading({ boot: "b", wall_ms: noon + 5, trusted: false }),
    null,
  ],
  ["a power cut, weeks back", reading({ boot: "b", wall_ms: noon - 14 * day }), null],
  ["a power cut, one millisecond back", reading({ boot: "b", wall_ms: noon - 1 }), null],
  ["a year in a drawer", reading({ boot: "b", wall_ms: noon + 366 * day }), 366 * day],
  ["a clock set to the far future", reading({ boot: "b", wall_ms: noon + 366 * day + 1 }), null],
  ["the same monotonic value after a reboot", reading({ boot: "b", trusted: false }), null],
];

describe("I5: gateway time goes on after a restart, whatever the clocks say", () => {
  test.each(cases)("%s", (_name, present, gapMs) => {
    expect(resumeTime(last, present)).toEqual({ now: 1_000_000 + (gapMs ?? 0), gapMs });
  });

  test("a clock that was never set at the end of the last run knows no gap", () => {
    const untrusted: Stamp = { ...last, ...reading({ trusted: false }) };
    const present = reading({ boot: "b", wall_ms: noon + 1_000 });
    expect(resumeTime(untrusted, present)).toEqual({ now: 1_000_000, gapMs: null });
  });

  test("a new home begins at zero", () => {
    expect(resumeTime(undefined, reading({}))).toEqual({ now: 0, gapMs: 0 });
  });

  test("1,000 seeded histories of reboots and clock faults: never backwards", () => {
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const random = seededRandom(seed);
      let stamp: Stamp = last;
      for (let restart = 0; restart < 10; restart += 1) {
        const present = reading({
          mono_ms: random.int(200_000),
          boot: random.pick(["a", "b", "c"]),
          wall_ms: noon + random.int(4 * 365 * day) - 2 * 365 * day,
          trusted: random.chance(0.7),
        });
        const { now } = resumeTime(stamp, present);
        expect(now, `seed ${seed}`).toBeGreaterThanOrEqual(stamp.at);
        expect(Number.isSafeInteger(now), `seed ${seed}`).toBe(true);
        stamp = { at: now, ...present };
      }
    }
  });
});

describe("a running clock", () => {
  test("follows the monotonic clock and never runs backwards", () => {
    let mono_ms = 50_000;
    const clock = runClock(() => reading({ mono_ms }), instant(1_000), reading({}));
    expect(clock.now()).toBe(1_000);
    mono_ms += 250;
    expect(clock.now()).toBe(1_250);
    mono_ms -= 5_000;
    expect(clock.now()).toBe(1_250);
    mono_ms += 5_001;
    expect(clock.now()).toBe(1_251);
  });

  test("a step of wall time changes wall time only", () => {
    let wall_ms = noon;
    const clock = runClock(() => reading({ wall_ms }), instant(1_000), reading({}));
    wall_ms = noon - 21 * day;
    expect(clock.now()).toBe(1_000);
    expect(clock.wall()).toEqual({ wall_ms, trusted: true });
  });
});

describe("the clocks of this machine", () => {
  test("I6: wall time is not trusted before a time source has said so", () => {
    const dir = mkdtempSync(join(tmpdir(), "obhut-test-clock-"));
    const marker = join(dir, "synchronized");
    const untrusted = systemTime({ markers: [marker], floor_ms: 0 });
    expect(untrusted().wall.trusted).toBe(false);
    writeFileSync(marker, "");
    expect(systemTime({ markers: ["/nowhere", marker], floor_ms: 0 })().wall.trusted).toBe(true);
    // Synchronised or not: a clock before this program was written is wrong.
    const floor_ms = Date.UTC(9999, 0, 1);
    expect(systemTime({ markers: [marker], floor_ms })().wall.trusted).toBe(false);
    rmSync(dir, { recursive: true });
  });

  test("two sources agree on the start of the kernel, and time passes", () => {
    const first = systemTime(trustedAlways)();
    const second = systemTime(trustedAlways)();
    expect(second.boot).toBe(first.boot);
    expect(second.mono_ms).toBeGreaterThanOrEqual(first.mono_ms);
    expect(first.wall.trusted).toBe(true);
  });
});
