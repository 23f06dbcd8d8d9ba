/**
 * What this tablet remembers of open alarms so that it can say when something became true, and
 * that one is over: kept over a reload, dropped with the alarm.
 */
import type { Outcome } from "../../../protocol/alarm.ts";
import type { AnnouncementMessage } from "../../../protocol/bus.ts";
import type { AlarmView } from "../../../protocol/view.ts";
import type { Shelf } from "../wire/heard.ts";
import { stepsOf } from "./truth.ts";

/**
 * The home's wall time at which something was heard to become true; null where it was true before
 * this tablet heard of it, or nobody knew the time.
 */
type Since = number | null;

export interface Remembered {
  readonly id: string;
  readonly boot: string;
  /** By the tablet's own clock: what is older is no news. */
  readonly seen_ms: number;
  readonly drill: boolean;
  readonly stored_ms?: Since;
  readonly withCare_ms?: Since;
  /** By name. */
  readonly coming_ms?: Readonly<Record<string, Since>>;
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
  /** In the page's own time. */
  readonly until: number;
}

export interface Memory {
  readonly alarms: readonly Remembered[];
  readonly endings: readonly Ending[];
}

/** When something is heard. */
export interface Moment {
  /** In the page's own time, which no clock can jump. */
  readonly now: number;
  /** On the tablet's clock, for what outlives the page. */
  readonly own_ms: number;
  /** On the home's clock, where that is trusted. */
  readonly home_ms: number | undefined;
  /** Said just now, and not kept for whoever listens later. */
  readonly isNews: boolean;
}

const lastWordMs = 60_000;
const newsMs = 3_600_000;
/** What is open is written down as seen so often: each time is a write to the tablet's disk. */
const seenEveryMs = 60_000;

function since(is: boolean, known: Since | undefined, { home_ms, isNews }: Moment) {
  if (known !== undefined || !is) return known;
  return isNews ? (home_ms ?? null) : null;
}

const given = <Value>(name: string, value: Value | undefined) =>
  value === undefined ? {} : { [name]: value };

function moved(before: Remembered | undefined, alarm: AlarmView, now: Moment) {
  const { stored, withCare, coming } = stepsOf(alarm);
  const isComing = coming.length > 0;
  const comingSince = coming.map((name) => [name, since(true, before?.coming_ms?.[name], now)]);
  return {
    id: alarm.id,
    drill: alarm.drill,
    seen_ms: now.own_ms,
    ...given("stored_ms", since(stored, before?.stored_ms, now)),
    ...given("withCare_ms", since(withCare, before?.withCare_ms, now)),
    ...given("coming_ms", isComing ? Object.fromEntries(comingSince) : undefined),
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
    return addEnding(list, { id: one.id, how, until: now.now + lastWordMs });
  }, memory.endings);
  return {
    alarms: alarms.map((alarm) => {
      const before = memory.alarms.find(({ id }) => id === alarm.id);
      return { ...moved(before, alarm, now), boot };
    }),
    // An alarm that is open again has no last word.
    endings: endings.filter(({ id, until }) => !open.has(id) && until > now.now),
  };
}

/** A living home has said nothing new of its open alarms: it knows them still. */
export function seenAgain(memory: Memory, boot: string, { own_ms }: Moment): Memory {
  const isOld = memory.alarms.some(
    (one) => one.boot === boot && Math.abs(own_ms - one.seen_ms) >= seenEveryMs,
  );
  if (!isOld) return memory;
  const again = (one: Remembered) => (one.boot === boot ? { ...one, seen_ms: own_ms } : one);
  return { ...memory, alarms: memory.alarms.map(again) };
}

/** The home has announced something about an alarm. */
export function hearWord(memory: Memory, said: AnnouncementMessage, now: Moment): Memory {
  const { alarmId, key, words } = said;
  if (alarmId === undefined) return memory;
  if (key === "alarm-closed") {
    const { outcome, name } = words;
    const until = now.now + lastWordMs;
    const told = { ...given("outcome", outcome), ...given("name", name) };
    return {
      ...memory,
      endings: addEnding(memory.endings, { id: alarmId, how: "ended", until, ...told }),
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
export function withoutOld(memory: Memory, now: number, read?: string): Memory {
  const endings = memory.endings.filter(({ id, until }) => until > now && id !== read);
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
