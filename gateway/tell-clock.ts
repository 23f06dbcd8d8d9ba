/**
 * Tells the rules the local hour, and whether it is a holiday: at start, every ten minutes, with
 * each new day, when summer time begins or ends, and whenever the clock was set.
 */
import { isSameTime, localTimeIn } from "../platform/local-time.ts";
import type { Region } from "../protocol/holidays.ts";
import { between, type Instant, type LocalTime, laterLocal } from "../protocol/time.ts";
import type { Clock, Hear } from "./ports.ts";

/** Often enough that what rules derive from it does not grow old. */
const tellEveryMs = 600_000;
/** How often the clock is looked at; a step of more than `stepMs` is told at once. */
const lookEveryMs = 5_000;
const stepMs = 2_000;
/** The rules know the minute, not the second: what they count on may be one off. */
const slackMinutes = 1;

/** Where the home is: the hour and the public holidays of its chains. */
export interface HomePlace {
  readonly timeZone: string;
  readonly region: Region;
}

/** Starts telling; the returned function stops it. */
export function tellClock(clock: Clock, { timeZone, region }: HomePlace, hear: Hear): () => void {
  let told: { offset: number; trusted: boolean; at: Instant; local: LocalTime } | undefined;
  const look = (): void => {
    const now = clock.now();
    const { wall_ms: wallMs, trusted } = clock.wall();
    const offset = wallMs - now;
    const local = localTimeIn(timeZone, wallMs, region);
    const same =
      told !== undefined &&
      told.trusted === trusted &&
      isSameTime(laterLocal(told.local, between(told.at, now)), local, slackMinutes) &&
      Math.abs(told.offset - offset) <= stepMs &&
      now - told.at < tellEveryMs;
    if (same) return;
    told = { offset, trusted, at: now, local };
    hear({ kind: "clock-told", wallMs, trusted, local });
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return () => clearInterval(timer);
}
