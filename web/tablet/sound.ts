/** The sounds of the tablet, made by the browser itself: nothing to load, nothing to miss. */

import type { Chime } from "./home/statement.ts";

interface Tone {
  readonly hertz: number;
  readonly at_s: number;
}

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

let context: AudioContext | undefined;

/** Browsers stay silent until somebody has touched the page; called at each touch. */
export function wakeSound(): void {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume().catch(() => undefined);
}

function sound(audio: AudioContext, { hertz, at_s }: Tone): void {
  const from = audio.currentTime + at_s;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0.001, from);
  gain.gain.exponentialRampToValueAtTime(0.5, from + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.001, from + 0.35);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.4);
}

/** Sounds once, where the browser lets it. Never throws: a sound must not cost a screen. */
export function chime(kind: Chime): void {
  try {
    wakeSound();
    if (context?.state !== "running") return;
    for (const tone of tones[kind]) sound(context, tone);
  } catch {
    // No audio device.
  }
}
