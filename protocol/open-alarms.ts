/** Open alarms in a list: which is which, and which comes first. No library: pages use it too. */
import type { Level } from "./alarm.ts";
import type { OpenAlarmView } from "./care-views.ts";

const urgency: Readonly<Record<Level, number>> = { alarm: 0, concern: 1, warning: 2, info: 3 };

/** Most urgent first: real before test, level, nobody coming before somebody, then age. */
export function byUrgency(one: OpenAlarmView, other: OpenAlarmView): number {
  return (
    Number(one.drill) - Number(other.drill) ||
    urgency[one.level] - urgency[other.level] ||
    Number(one.coming.length > 0) - Number(other.coming.length > 0) ||
    one.raised_wall - other.raised_wall
  );
}

/** Tells the open alarms of many homes apart. */
export const alarmKey = ({ home, alarm }: Pick<OpenAlarmView, "home" | "alarm">): string =>
  JSON.stringify([home, alarm]);
