/**
 * What each signal sounds like. A pattern is a rhythm that can be told apart without knowing it.
 */
import { type Duration, milliseconds, seconds } from "../../protocol/time.ts";
import type { SignalPattern } from "../../rules/effects.ts";

interface Rhythm {
  readonly on: Duration;
  readonly off: Duration;
}

/**
 * `warning` is the sound before the stove is cut; the buzzer must reach 65 dB in the kitchen
 * (hardware.md, "Buzzer"). `called` only confirms: a short sign that the call is still running.
 */
const rhythms: Readonly<Record<SignalPattern, Rhythm | undefined>> = {
  none: undefined,
  called: { on: milliseconds(150), off: seconds(20) },
  warning: { on: milliseconds(500), off: milliseconds(500) },
  alarm: { on: milliseconds(1_500), off: milliseconds(500) },
};

/** Whether the buzzer sounds `passed` after its pattern began. */
export function sounds(pattern: SignalPattern, passed: Duration): boolean {
  const rhythm = rhythms[pattern];
  return rhythm !== undefined && passed % (rhythm.on + rhythm.off) < rhythm.on;
}
