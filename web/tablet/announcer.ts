/**
 * Says aloud what is true: each sentence of the home once, and while something is grave the state
 * of it again, so that nobody who lies on the floor is left in silence. What is said also stands on
 * the screen.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { AnnouncementMessage } from "../../protocol/bus.ts";
import type { HomeNow } from "./home/now.ts";
import { sentenceOf } from "./home/sentences.ts";
import { type Chime, statementOf } from "./home/statement.ts";
import type { Store } from "./home/store.ts";
import { chime } from "./sound.ts";
import { speakAloud } from "./voice.ts";
import type { TabletWords } from "./words/words.ts";

/** At least so often something is said while an alarm is open; thirty seconds are promised. */
const repeatMs = 27_000;
/** The same sentence within this is one that state and announcement both told. */
const sameMs = 4_000;
/** So long a sentence stays on the screen for those who did not hear it. */
const shownMs = 15_000;

const soundOf = (key: string): Chime =>
  /^(?:help-no-path|stove-(?:unattended|not-off|unguarded)|hazard)/.test(key)
    ? "alarm"
    : key.startsWith("help-")
      ? "call"
      : "calm";

/** These stand on the screen by themselves. */
const isShownAnyway = (key: string): boolean =>
  /^(?:help-|alarm-closed|drill-|false-alarm-|stove-unattended|hazard-|daily-sign-m)/.test(key);

class Mouth {
  #text = "";
  #at = Number.NEGATIVE_INFINITY;

  get silentMs(): number {
    return performance.now() - this.#at;
  }

  say(text: string, sound: Chime, locale: string): void {
    if (text === this.#text && this.silentMs < sameMs) return;
    this.#text = text;
    this.#at = performance.now();
    chime(sound);
    speakAloud(text, locale);
  }
}

export interface AnnouncerParts {
  readonly store: Store;
  readonly home: HomeNow;
  readonly words: TabletWords;
}

/** Begins to speak, and gives the sentence to be shown; empty while there is none. */
export function useAnnouncer(parts: AnnouncerParts): string {
  const [shown, setShown] = useState("");
  const mouth = useRef(new Mouth());
  const latest = useRef(parts);
  latest.current = parts;
  const { store, home, words } = parts;
  const statement = statementOf(home, words);
  useEffect(
    () =>
      store.onAnnouncement((said: AnnouncementMessage) => {
        const now = latest.current;
        const modules = now.store.now().parts.modules ?? [];
        const text = sentenceOf(said, { words: now.words, modules });
        if (text === undefined) return;
        mouth.current.say(text, soundOf(said.key), now.words.locale);
        if (!isShownAnyway(said.key)) setShown(text);
      }),
    [store],
  );
  useEffect(() => {
    if (statement !== undefined) mouth.current.say(statement.text, statement.sound, words.locale);
  }, [statement?.text, statement?.sound, words.locale]);
  useEffect(() => {
    if (statement?.again !== true) return;
    const timer = setInterval(() => {
      const now = statementOf(latest.current.store.now(), latest.current.words);
      if (now?.again !== true || mouth.current.silentMs < repeatMs) return;
      mouth.current.say(now.text, now.sound, latest.current.words.locale);
    }, 1_000);
    return () => clearInterval(timer);
  }, [statement?.again]);
  useEffect(() => {
    if (shown === "") return;
    const timer = setTimeout(() => setShown(""), shownMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return shown;
}
