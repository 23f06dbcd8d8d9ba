/**
 * What this tablet remembers of open alarms so that it can say when something became true, and
 * that one is over: kept over a reload, dropped with the alarm. Times are the home's wall times.
 */
import type { Outcome } from "../../../protocol/alarm.ts";
import type { AnnouncementMessage } from "../../../protocol/bus.ts";
import type { AlarmView } from "../../../protocol/view.ts";
import type { Shelf } from "../wire/heard.ts";
import { stepsOf } from "./truth.ts";

export interface Remembered {
  readonly id: string;
  readonly boot: string;
  /** By the tablet's own clock: what is older is no news. */
  readonly seen_ms: number;
  readonly drill: boolean;
  readonly stored_ms?: number;
  readonly withCare_ms?: number;
  readonly coming_ms?: number;
  /** The home said that nobody has said yes yet, or not any more. */
  readonly nobodyYet?: boolean;
  /** `noted`: the home has it; `told`: the care service has it. */
  readonly falseAlarm?: "noted" | "told";
}

/** The last word about an alarm that is not open any more. */
export interface Ending {
  readonly id: string;
  /**
   * `ended`: a person ended it. `forgotten`: another start of the home does not know it, and nobody
   * said that it is over.
   */
  readonly how: "ended" | "forgotten";
  readonly outcome?: string;
  readonly name?: string;
  /** On the tablet's own clock. */
  readonly until_ms: number;
}

export interface Memory {
  readonly alarms: readonly Remembered[];
  readonly endings: readonly Ending[];
}

/** When something is heard: on the tablet's clock, and on the home's where that is trusted. */
export interface Moment {
  readonly own_ms: number;
  readonly home_ms: number | undefined;
}

const lastWordMs = 60_000;
const newsMs = 3_600_000;

function firstSeen(is: boolean, known: number | undefined, { home_ms }: Moment) {
  return is ? (known ?? home_ms) : known;
}

const given = <Value>(name: string, value: Value | undefined) =>
  value === undefined ? {} : { [name]: value };

function moved(before: Remembered | undefined, alarm: AlarmView, now: Moment) {
  const { stored, withCare, coming } = stepsOf(alarm);
  const isComing = coming.length > 0;
  return {
    id: alarm.id,
    drill: alarm.drill,
    seen_ms: now.own_ms,
    ...given("stored_ms", firstSeen(stored, before?.stored_ms, now)),
    ...given("withCare_ms", firstSeen(withCare, before?.withCare_ms, now)),
    ...given("coming_ms", isComing ? firstSeen(true, before?.coming_ms, now) : undefined),
    ...given("nobodyYet", isComing ? undefined : before?.nobodyYet),
    ...given("falseAlarm", alarm.falseAlarmSaid ? before?.falseAlarm : undefined),
  };
}

const addEnding = (endings: readonly Ending[], ending: Ending): readonly Ending[] => [
  ...endings.filter(({ id }) => id !== ending.id),
  { ...endings.find(({ id }) => id === ending.id), ...ending },
];

/** The home has told all of its open alarms. */
export function hearAlarms(
  memory: Memory,
  alarms: readonly AlarmView[],
  boot: string,
  now: Moment,
): Memory {
  const open = new Set(alarms.map(({ id }) => id));
  const gone = memory.alarms.filter(
    ({ id, seen_ms }) => !open.has(id) && now.own_ms - seen_ms < newsMs,
  );
  const endings = gone.reduce<readonly Ending[]>((list, one) => {
    const how = one.boot === boot ? "ended" : "forgotten";
    if (list.some(({ id }) => id === one.id)) return list;
    if (how === "forgotten" && one.drill) return list;
    return addEnding(list, { id: one.id, how, until_ms: now.own_ms + lastWordMs });
  }, memory.endings);
  return {
    alarms: alarms.map((alarm) => {
      const before = memory.alarms.find(({ id }) => id === alarm.id);
      return { ...moved(before, alarm, now), boot };
    }),
    // An alarm that is open again has no last word.
    endings: endings.filter(({ id, until_ms }) => !open.has(id) && until_ms > now.own_ms),
  };
}

/** The home has announced something about an alarm. */
export function hearWord(memory: Memory, said: AnnouncementMessage, now: Moment): Memory {
  const { alarmId, key, words } = said;
  if (alarmId === undefined) return memory;
  if (key === "alarm-closed") {
    const { outcome, name } = words;
    const until_ms = now.own_ms + lastWordMs;
    const told = { ...given("outcome", outcome), ...given("name", name) };
    return {
      ...memory,
      endings: addEnding(memory.endings, { id: alarmId, how: "ended", until_ms, ...told }),
    };
  }
  const alarms = memory.alarms.map((one): Remembered => {
    if (one.id !== alarmId) return one;
    if (key === "false-alarm-noted") return { ...one, falseAlarm: one.falseAlarm ?? "noted" };
    if (key === "false-alarm-told") return { ...one, falseAlarm: "told" };
    return key.startsWith("help-") ? { ...one, nobodyYet: key === "help-nobody-yet" } : one;
  });
  return { ...memory, alarms };
}

/** Last words that are over, or that somebody has read, are let go. */
export function withoutOld(memory: Memory, own_ms: number, read?: string): Memory {
  const endings = memory.endings.filter(({ id, until_ms }) => until_ms > own_ms && id !== read);
  return endings.length === memory.endings.length ? memory : { ...memory, endings };
}

const key = "obhut-alarms";

export function readMemory(storage: Shelf): Memory {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    const list = Array.isArray(kept) ? (kept as readonly Partial<Remembered>[]) : [];
    const alarms = list.filter(
      (one): one is Remembered =>
        typeof one.id === "string" && typeof one.boot === "string" && Number.isFinite(one.seen_ms),
    );
    return { alarms, endings: [] };
  } catch {
    return { alarms: [], endings: [] };
  }
}

export function keepMemory(storage: Shelf, { alarms }: Memory): void {
  try {
    storage.setItem(key, JSON.stringify(alarms));
  } catch {
    // Without storage the times are forgotten at the next reload, and then not shown.
  }
}

/** The outcomes are the protocol's; another word is shown without. */
export const outcomeWords = (
  outcomes: Readonly<Record<Outcome, string>>,
  outcome: string | undefined,
): string | undefined => Object.entries(outcomes).find(([name]) => name === outcome)?.[1];
