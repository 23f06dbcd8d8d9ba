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

/** `0:42`, `12:05`, `3 h 04`: how long it is, to the second while it is short. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1_000));
  const two = (count: number): string => String(count).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)}`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
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
