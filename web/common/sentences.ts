/** Sentences made of what is known of an alarm. Pure. */
import type { Category } from "../../protocol/alarm.ts";
import { dative } from "../../protocol/names.ts";
import { fill, wordOf } from "./sentence.ts";
import type { CommonWords } from "./words/words.ts";

/** What happened at whose home. */
export function whatHappened(
  words: CommonWords,
  { reason, category, resident }: { reason: string; category: Category; resident: string },
): string {
  const sentence = wordOf(words.happened, reason) ?? words.happenedIn[category];
  return fill(sentence, { name: resident, whom: dative(resident) });
}

/** The room in the person's language; a room nobody has translated keeps its own name. */
export function roomName(words: CommonWords, room: string): string {
  return wordOf(words.rooms, room) ?? room;
}

/** How long ago, as people say it. */
export function howLongAgo(words: CommonWords, ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return words.justNow;
  if (minutes === 1) return words.oneMinuteAgo;
  if (minutes < 90) return fill(words.minutesAgo, { count: minutes });
  const hours = Math.round(minutes / 60);
  return hours === 1 ? words.oneHourAgo : fill(words.hoursAgo, { count: hours });
}
