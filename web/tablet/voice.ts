/**
 * The voice of the tablet: the browser's own, and only one that works without internet. Where there
 * is none the tablet sounds and does not speak.
 */

const canSpeak = (): boolean => "speechSynthesis" in window;

/** A browser has no voices when it is first asked, and looks for them: not at the first alarm. */
export function findVoices(): void {
  if (canSpeak()) speechSynthesis.getVoices();
}

function voiceFor(locale: string): SpeechSynthesisVoice | undefined {
  if (!canSpeak()) return undefined;
  const language = locale.slice(0, 2);
  return speechSynthesis
    .getVoices()
    .find(({ lang, localService }) => localService && lang.startsWith(language));
}

export const hasVoice = (locale: string): boolean => voiceFor(locale) !== undefined;

/** Slower than people speak among each other. */
const rate = 0.85;

/** Says a sentence; a new one cuts the old one short, because it is truer. Never throws. */
export function speakAloud(text: string, locale: string): void {
  try {
    const voice = voiceFor(locale);
    if (voice === undefined) return;
    speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = locale;
    utterance.rate = rate;
    speechSynthesis.speak(utterance);
  } catch {
    // A voice that fails must not cost a screen.
  }
}
