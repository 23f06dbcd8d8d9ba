/** Times as people say them. `now_ms` is the server's time: a phone's own clock may be wrong. */
import type { Language } from "./language.ts";

const locales = { de: "de-DE", en: "en-GB" } as const;

/** `03:12`, and the day before it when it is not today. */
export function timeOfDay(wall_ms: number, now_ms: number, language: Language): string {
  const locale = locales[language];
  const time = new Date(wall_ms).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  const isToday = new Date(wall_ms).toDateString() === new Date(now_ms).toDateString();
  if (isToday) return time;
  const day = new Date(wall_ms).toLocaleDateString(locale, {
    weekday: "short",
    day: "2-digit",
    month: "2-digit",
  });
  return `${day} ${time}`;
}

/** The server's time, from what it last said and how long ago that was. */
export class ServerClock {
  private said_ms = Date.now();
  private heardAt = performance.now();

  hear(wall_ms: number): void {
    this.said_ms = wall_ms;
    this.heardAt = performance.now();
  }

  now(): number {
    return this.said_ms + performance.now() - this.heardAt;
  }
}
