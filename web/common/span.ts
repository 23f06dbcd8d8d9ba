/** How long something is, as people say it. */

/** What something stayed within, as `span` says it: never shorter than it was. */
export function within(ms: number): string {
  const hour = 3_600_000;
  const short = ms < hour ? 1_000 : 60_000;
  const step = ms < 48 * hour ? short : hour;
  return span(Math.ceil(ms / step) * step);
}

/**
 * `42 s`, `12:05 min`, `3:04 h`, `2 d 5 h`: how long it is, to the second while it is short. Always
 * with its unit, so that nobody takes it for an hour of the night.
 */
export function span(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1_000));
  if (whole < 60) return `${whole} s`;
  const pair = (first: number, second: number, unit: string): string =>
    `${first}${second === 0 ? "" : `:${String(second).padStart(2, "0")}`} ${unit}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return pair(minutes, whole % 60, "min");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, minutes % 60, "h");
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
