/** The sound of an alarm that nobody has taken: two tones, again and again. */
import { play } from "../common/sound.ts";

// Below 1 kHz, as on the tablet: carers are not all young.
export const soundAlarm = (): void =>
  play([
    { hertz: 880, at_s: 0 },
    { hertz: 660, at_s: 0.5 },
  ]);
