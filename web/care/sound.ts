/** The sound of an alarm that nobody has taken: two tones, again and again. */

let context: AudioContext | undefined;

/** Browsers stay silent until somebody has touched the page; call this from a touch. */
export async function switchSoundOn(): Promise<boolean> {
  context ??= new AudioContext();
  await context.resume();
  return context.state === "running";
}

export function isSoundOn(): boolean {
  return context?.state === "running";
}

function tone(audio: AudioContext, hertz: number, from: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0.001, from);
  gain.gain.exponentialRampToValueAtTime(0.4, from + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, from + 0.45);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.5);
}

/** Sounds once, where sound is on. */
export function soundAlarm(): void {
  if (context === undefined || context.state !== "running") return;
  tone(context, 880, context.currentTime);
  tone(context, 660, context.currentTime + 0.5);
}
