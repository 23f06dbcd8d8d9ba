/**
 * The screen at rest: by night nothing but a dim clock, which wanders so that it burns in nowhere.
 * A touch wakes it and presses nothing; whatever is grave wakes it too.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { timeOf } from "./home/times.ts";
import { homeDate } from "./home/zone.ts";
import { hushAll } from "./parts/press.ts";
import { useTick } from "./parts/tick.ts";
import { useTablet } from "./tablet-context.ts";

/** Untouched for so long, the screen rests: soon by night, late by day. */
export const restAfterMs = { night: 60_000, day: 900_000 } as const;

/** The touches of a hand that gropes for the time in the dark. */
const wakeSettlesMs = 1_000;

/** Night by the home's clock. Where nobody knows the hour the screen stays as by day. */
export function isNight(wall_ms: number | undefined): boolean {
  if (wall_ms === undefined) return false;
  const hour = homeDate(wall_ms).getUTCHours();
  return hour >= 22 || hour < 6;
}

/** Where the clock stands at this minute: over an hour it has been everywhere. */
export function driftOf(minute: number): { readonly x: number; readonly y: number } {
  const turn = (minute % 60) / 60;
  const round = (share: number): number => Math.round(share * 1_000) / 10;
  return {
    x: round(0.5 + 0.25 * Math.sin(2 * Math.PI * turn)),
    y: round(0.5 + 0.3 * Math.sin(6 * Math.PI * turn)),
  };
}

/** Whether the screen rests; `wake` keeps it from resting. */
export function useRest(mayRest: boolean, night: boolean): readonly [boolean, () => void] {
  const [isResting, setResting] = useState(false);
  const [touchedAt, setTouchedAt] = useState(() => performance.now());
  /** When it was last allowed or forbidden to rest: what was grave is looked at for as long. */
  const changedAt = useRef(touchedAt);
  const wake = (): void => {
    setResting(false);
    setTouchedAt(performance.now());
  };
  useEffect(() => {
    // While it rests only the whole touch wakes it: half of one would press what comes beneath.
    if (isResting) return;
    const touched = (): void => setTouchedAt(performance.now());
    window.addEventListener("pointerdown", touched, { capture: true });
    window.addEventListener("keydown", touched, { capture: true });
    return () => {
      window.removeEventListener("pointerdown", touched, { capture: true });
      window.removeEventListener("keydown", touched, { capture: true });
    };
  }, [isResting]);
  useEffect(() => {
    changedAt.current = performance.now();
    setResting(false);
  }, [mayRest]);
  useEffect(() => {
    if (!mayRest) return;
    const limit = night ? restAfterMs.night : restAfterMs.day;
    const untouched = performance.now() - Math.max(touchedAt, changedAt.current);
    const timer = setTimeout(() => setResting(true), limit - untouched);
    return () => clearTimeout(timer);
  }, [mayRest, night, touchedAt]);
  return [isResting && mayRest, wake];
}

export interface RestingParts {
  readonly night: boolean;
  readonly wake: () => void;
}

export function Resting({ night, wake }: RestingParts) {
  useTick(10_000);
  const { home, words } = useTablet();
  const now = home.wallNow();
  const known = now === undefined ? "unknown" : "";
  const { x, y } = driftOf(Math.floor((now ?? Date.now()) / 60_000));
  const woken = (): void => {
    hushAll(wakeSettlesMs);
    wake();
  };
  return (
    <button
      type="button"
      class={night ? "resting night" : "resting"}
      onPointerUp={woken}
      onClick={woken}
    >
      <span class={`resting-clock ${known}`} style={{ left: `${x}%`, top: `${y}%` }}>
        {now === undefined ? words.clock.unknown : timeOf(now, words)}
      </span>
    </button>
  );
}
