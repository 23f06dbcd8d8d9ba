/**
 * Gateway time. It comes from CLOCK_MONOTONIC, which no time server can step, and goes on after a
 * restart from what was written down. Wall time is carried beside it and never decides a deadline.
 */
import { existsSync, readFileSync } from "node:fs";
import { type Instant, instant, type WallTime } from "../protocol/time.ts";

/** What this machine can say of time at one moment. */
export interface Reading {
  /**
   * CLOCK_MONOTONIC in ms. It starts anew with each start of the kernel, and stands still in
   * suspend.
   */
  readonly mono_ms: number;
  /**
   * The kernel's id of its own start: equal ids mean that two monotonic readings can be compared.
   */
  readonly boot: string;
  readonly wall: WallTime;
}

/** A reading together with the gateway time it stood for: what a restart goes on from. */
export interface Stamp extends Reading {
  readonly at: Instant;
}

/** Where readings come from: the machine, or a test. */
export type TimeSource = () => Reading;

/** Where gateway time stands after a restart. */
export interface ResumedTime {
  readonly now: Instant;
  /** How long the gateway was away, in ms; null when nobody knows. */
  readonly gapMs: number | null;
}

/** A clock that shows an earlier time than this program was written is wrong, whoever set it. */
const writtenAt_ms = Date.UTC(2025, 0, 1);

/** A longer absence cannot be told from a clock that a time source set wrongly: nobody knows. */
export const gapMaxMs = 366 * 24 * 3_600_000;

/**
 * Gateway time after a restart. Within one start of the kernel the monotonic clock knows the gap
 * exactly, whatever wall time did. Across a power cut only wall time can know it, and only where a
 * time source had confirmed it at both ends; otherwise time goes on from the last known instant.
 * Without a stamp nothing was ever written, and there is no gap; where one must have been, and
 * cannot be read, `unknownTime` is the one to ask.
 */
export function resumeTime(last: Stamp | undefined, present: Reading): ResumedTime {
  if (last === undefined) return { now: instant(0), gapMs: 0 };
  const gap = gapMs(last, present);
  return { now: instant(last.at + (gap ?? 0)), gapMs: gap };
}

function gapMs(last: Stamp, present: Reading): number | null {
  if (last.boot === present.boot && present.mono_ms >= last.mono_ms) {
    return present.mono_ms - last.mono_ms;
  }
  if (!last.wall.trusted || !present.wall.trusted) return null;
  const gap = present.wall.wall_ms - last.wall.wall_ms;
  return gap >= 0 && gap <= gapMaxMs ? gap : null;
}

/**
 * Gateway time where the last instant cannot be read: later than any that this gateway can have
 * reached since it first started at zero, so that a deadline of then is overdue, not far away.
 */
export function unknownTime(present: Reading): ResumedTime {
  return { now: instant(Math.max(writtenAt_ms, present.wall.wall_ms)), gapMs: null };
}

/** A clock that started at `from` when `since` was read. It never runs backwards. */
export function runClock(source: TimeSource, from: Instant, since: Reading) {
  let latest = from;
  return {
    now(): Instant {
      const passed = from + source().mono_ms - since.mono_ms;
      if (passed > latest) latest = instant(passed);
      return latest;
    },
    wall: (): WallTime => source().wall,
  };
}

/** How this machine knows that its wall clock was set by a time source. */
export interface WallTrust {
  /**
   * Files of which one appears once the clock is synchronised. systemd-timesyncd makes the default
   * by itself; with chrony, `chronyc waitsync && touch FILE` in a unit does the same.
   */
  readonly markers: readonly string[];
  /** A marker is not believed while the clock shows a time before this one, in ms since 1970. */
  readonly floor_ms: number;
}

export const systemTrust: WallTrust = {
  markers: ["/run/systemd/timesync/synchronized"],
  floor_ms: writtenAt_ms,
};

/** For a laptop or a demo whose operating system is known to keep its clock. */
export const trustedAlways: WallTrust = { markers: ["/"], floor_ms: writtenAt_ms };

/** How often an unsynchronised clock is looked at again; a file in /run costs microseconds. */
const lookAgainMs = 5_000;

/** The machine's own clocks. A marker that was seen once is not looked at again. */
export function systemTime(trust: WallTrust = systemTrust): TimeSource {
  const boot = bootId();
  let synchronised = false;
  let lookAt = Number.NEGATIVE_INFINITY;
  return () => {
    const mono_ms = Number(process.hrtime.bigint() / 1_000_000n);
    if (!synchronised && mono_ms >= lookAt) {
      lookAt = mono_ms + lookAgainMs;
      synchronised = trust.markers.some((marker) => existsSync(marker));
    }
    const wall_ms = Date.now();
    return { mono_ms, boot, wall: { wall_ms, trusted: synchronised && wall_ms >= trust.floor_ms } };
  };
}

/** The kernel's id of its start. Where there is none, no two starts are ever taken for the same. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `unknown-${process.pid}-${Date.now()}`;
  }
}
