/** Tells the rules the local hour: at start, every ten minutes, and whenever the clock was set. */
import type { LocalTime } from "../protocol/time.ts";
import type { Clock, Hear } from "./ports.ts";

/**
 * Often enough that a change to summer time is noticed before a chain is chosen by the wrong hour.
 */
const tellEveryMs = 600_000;
/** How often the clock is looked at; a step of more than `stepMs` is told at once. */
const lookEveryMs = 5_000;
const stepMs = 2_000;

const isoDays: Readonly<Record<string, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

/** The local hour of a wall time (ms since 1970) in an IANA time zone. */
export function localTimeOf(wallMs: number, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(wallMs);
  const part = (type: string): string => parts.find((it) => it.type === type)?.value ?? "";
  return {
    weekday: isoDays[part("weekday")] ?? 1,
    minute: Number(part("hour")) * 60 + Number(part("minute")),
  };
}

/** Starts telling; the returned function stops it. */
export function tellClock(clock: Clock, timeZone: string, hear: Hear): () => void {
  let told: { offset: number; trusted: boolean; at: number } | undefined;
  const look = (): void => {
    const now = clock.now();
    const { wall_ms: wallMs, trusted } = clock.wall();
    const offset = wallMs - now;
    const same =
      told !== undefined &&
      told.trusted === trusted &&
      Math.abs(told.offset - offset) <= stepMs &&
      now - told.at < tellEveryMs;
    if (same) return;
    told = { offset, trusted, at: now };
    hear({ kind: "clock-told", wallMs, trusted, local: localTimeOf(wallMs, timeZone) });
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return () => clearInterval(timer);
}
