/** What many alarms say together. Pure. */
import type { Statistics } from "../../protocol/care-office-views.ts";

/** The part of an alarm's row that counts. */
export interface CountedAlarm {
  readonly category: string;
  readonly drill: boolean;
  readonly raised_wall: number;
  readonly custody_wall: number | null;
  readonly accepted_wall: number | null;
  readonly closed_wall: number | null;
  readonly outcome: string | null;
  readonly false_alarm: boolean;
}

/** Upper ends of the bars of a plot, in seconds; 5 s is what nurse-call rules allow for a call. */
const bars = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, null] as const;

const dayMs = 86_400_000;

type Spread = Statistics["custody"];

/** The smallest value that at least this share of all does not exceed. */
function at(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  let low = Number.NEGATIVE_INFINITY;
  const buckets = bars.map((upto_s) => {
    const high = upto_s ?? Number.POSITIVE_INFINITY;
    const count = sorted.filter((value) => value > low && value <= high).length;
    low = high;
    return { upto_s, count };
  });
  return {
    count: sorted.length,
    p50_s: at(sorted, 0.5),
    p90_s: at(sorted, 0.9),
    p99_s: at(sorted, 0.99),
    max_s: sorted.at(-1) ?? null,
    buckets,
  };
}

function seconds(alarms: readonly CountedAlarm[], end: (alarm: CountedAlarm) => number | null) {
  return alarms.flatMap((alarm) => {
    const ended = end(alarm);
    return ended === null ? [] : [Math.max(0, ended - alarm.raised_wall) / 1_000];
  });
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function byDay(alarms: readonly CountedAlarm[]): Statistics["by_day"] {
  const days = new Map<number, { count: number; false_alarms: number }>();
  for (const { raised_wall, false_alarm } of alarms) {
    const wall = Math.floor(raised_wall / dayMs) * dayMs;
    const day = days.get(wall) ?? { count: 0, false_alarms: 0 };
    day.count += 1;
    if (false_alarm) day.false_alarms += 1;
    days.set(wall, day);
  }
  return [...days].map(([wall, day]) => ({ wall, ...day })).sort((a, b) => a.wall - b.wall);
}

/** Drills are counted, and left out of everything else: they say nothing of real help. */
export function statisticsOf(all: readonly CountedAlarm[]): Statistics {
  const alarms = all.filter(({ drill }) => !drill);
  const closed = alarms.filter(({ closed_wall }) => closed_wall !== null);
  const wrong = closed.filter(({ false_alarm }) => false_alarm);
  return {
    count: alarms.length,
    open: alarms.length - closed.length,
    drills: all.length - alarms.length,
    custody: spreadOf(seconds(alarms, ({ custody_wall }) => custody_wall)),
    acceptance: spreadOf(seconds(alarms, ({ accepted_wall }) => accepted_wall)),
    outcome: spreadOf(seconds(alarms, ({ closed_wall }) => closed_wall)),
    false_alarm_share: closed.length === 0 ? null : wrong.length / closed.length,
    by_category: tally(alarms.map(({ category }) => category)),
    by_outcome: tally(closed.flatMap(({ outcome }) => outcome ?? [])),
    by_day: byDay(alarms),
  };
}
