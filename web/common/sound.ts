/** Sounds, made by the browser itself: nothing to load, nothing to miss. */

export interface Tone {
  readonly hertz: number;
  readonly at_s: number;
}

let context: AudioContext | undefined;

export const isSoundOn = (): boolean => context?.state === "running";

/**
 * Browsers stay silent until somebody has touched the page; called from a touch. Says whether there
 * is sound now. Never rejects: a sound must not cost a screen.
 */
export async function wakeSound(): Promise<boolean> {
  try {
    context ??= new AudioContext();
    if (context.state !== "running") await context.resume();
  } catch {
    // No audio device.
  }
  return isSoundOn();
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

/** Sounds once, where sound is on. Never throws. */
export function play(tones: readonly Tone[]): void {
  if (context === undefined || !isSoundOn()) return;
  try {
    for (const tone of tones) sound(context, tone);
  } catch {
    // The audio device went away.
  }
}
