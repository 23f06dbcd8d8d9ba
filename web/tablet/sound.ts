/** The sounds of the tablet. */
import { play, type Tone, wakeSound } from "../common/sound.ts";
import type { Chime } from "./home/statement.ts";

const tones: Readonly<Record<Chime, readonly Tone[]>> = {
  calm: [
    { hertz: 523, at_s: 0 },
    { hertz: 659, at_s: 0.25 },
  ],
  call: [
    { hertz: 523, at_s: 0 },
    { hertz: 659, at_s: 0.25 },
    { hertz: 784, at_s: 0.5 },
  ],
  // Below 1 kHz: high tones are the first that an old ear loses.
  alarm: [
    { hertz: 880, at_s: 0 },
    { hertz: 660, at_s: 0.4 },
    { hertz: 880, at_s: 0.8 },
    { hertz: 660, at_s: 1.2 },
  ],
};

/** Sounds once, where the browser lets it. */
export function chime(kind: Chime): void {
  void wakeSound();
  play(tones[kind]);
}
