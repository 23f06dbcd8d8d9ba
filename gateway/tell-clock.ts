/**
 * Tells the rules the local hour, and whether it is a holiday: at start, every ten minutes, with
 * each new day, and whenever the clock was set.
 */
import { localTimeIn } from "../platform/local-time.ts";
import type { Region } from "../protocol/holidays.ts";
import type { Clock, Hear } from "./ports.ts";

/**
 * Often enough that a change to summer time is noticed before a chain is chosen by the wrong hour.
 */
const tellEveryMs = 600_000;
/** How often the clock is looked at; a step of more than `stepMs` is told at once. */
const lookEveryMs = 5_000;
const stepMs = 2_000;

/** Where the home is: the hour and the public holidays of its chains. */
export interface HomePlace {
  readonly timeZone: string;
  readonly region: Region;
}

/** Starts telling; the returned function stops it. */
export function tellClock(clock: Clock, { timeZone, region }: HomePlace, hear: Hear): () => void {
  let told: { offset: number; trusted: boolean; at: number; weekday: number } | undefined;
  const look = (): void => {
    const now = clock.now();
    const { wall_ms: wallMs, trusted } = clock.wall();
    const offset = wallMs - now;
    const local = localTimeIn(timeZone, wallMs, region);
    const same =
      told !== undefined &&
      told.trusted === trusted &&
      told.weekday === local.weekday &&
      Math.abs(told.offset - offset) <= stepMs &&
      now - told.at < tellEveryMs;
    if (same) return;
    told = { offset, trusted, at: now, weekday: local.weekday };
    hear({ kind: "clock-told", wallMs, trusted, local });
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return () => clearInterval(timer);
}
