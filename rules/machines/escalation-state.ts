/** What escalation remembers: every open alarm with its custody, its chain and who is coming. */
import type { ChainStep } from "../../protocol/agreement.ts";
import type { Alarm, AlarmNote, Closing, Person } from "../../protocol/alarm.ts";
import { between, type Instant, seconds } from "../../protocol/time.ts";
import type { Coming, Fact } from "../events.ts";
import type { Surroundings } from "../machine.ts";

/** The last answer of one person to one alarm. */
export interface Answer {
  readonly by: Person;
  /** Until when they are said to come; null for who is not coming. */
  readonly until: Instant | null;
  /** They said that they come, and were not heard of again in time. */
  readonly lapsed: boolean;
  /** Highest place heard from the peer for this person; 0 when the peer told none. */
  readonly heard: number;
  /** Place among the answers given on this side; 0 when the person answered only on the other. */
  readonly given: number;
  /** What that answer was. */
  readonly gave: boolean;
}

/** One note about an alarm. At the home those it made, at the care service those it heard. */
export interface Word {
  readonly id: string;
  readonly nth: number;
  readonly note: AlarmNote;
  /** When it was made or heard, on the clock of this side. */
  readonly at: Instant;
  /** At the home: the care service said that it has it on its disk. */
  readonly taken: boolean;
}

/** A step of a round. One that a person added is for somebody whom the agreement may not name. */
export type RoundStep = ChainStep & { readonly guest?: Person };

/**
 * Where the alarm is in its chain. The steps are chosen when a round begins and kept for it; the
 * present one has only the parties who were on duty when it began.
 */
export interface ChainPosition {
  readonly steps: readonly RoundStep[];
  readonly step: number;
  readonly round: number;
  /** Parties of this step that declined in it. */
  readonly declined: readonly string[];
  /** Parties of this step whom the message has reached. */
  readonly reached: readonly string[];
}

/** One open alarm on this side. */
export interface OpenAlarm {
  readonly alarm: Alarm;
  /** Who keeps the deadlines. The care service never has `peer`: it gives custody up to nobody. */
  readonly holder: "self" | "peer";
  /** Counts how often the home took custody; 0 for an alarm that was raised at the care service. */
  readonly epoch: number;
  /** Beats of the peer in a row that did not list the alarm. */
  readonly unlisted: number;
  readonly answers: readonly Answer[];
  /** Answers that were given on this side. */
  readonly given: number;
  /**
   * Null until a chain of this side has begun; kept while the peer holds, so that rounds count on.
   */
  readonly chain: ChainPosition | null;
  /** Until when an acceptance lets the chain rest. */
  readonly restUntil: Instant | null;
  /** When the chain goes on; null while the peer holds, and for what only informs. */
  readonly dueAt: Instant | null;
  /**
   * At the care service: when the chain goes on because the message has reached nobody; null where
   * it has, and where nobody need be reached.
   */
  readonly deliverBy: Instant | null;
  /** When a step began or a person accepted for the last time. */
  readonly movedAt: Instant;
  readonly words: readonly Word[];
}

/** An alarm that a person closed. Remembered so that late facts about it are harmless. */
export interface ClosedAlarm {
  readonly alarmId: string;
  readonly closing: Closing;
  /** Words of the notes that whoever closed it had heard. */
  readonly heard: readonly string[];
  /** Null where the closing came without the alarm. */
  readonly alarm: Alarm | null;
  /** The alarm that a cry became which the closing had not heard. */
  readonly heir: string | null;
  /** That cry, and what was said after it: they are the heir's. */
  readonly rest: readonly Word[];
}

/** The memory of one side for one home. Lists are in the order of raising and of closing. */
export interface EscalationState {
  readonly peerLost: boolean;
  readonly open: readonly OpenAlarm[];
  readonly closed: readonly ClosedAlarm[];
}

/** Which side this machine runs on, and what it may look at. */
export interface Scene {
  readonly side: "home" | "care";
  readonly peerLost: boolean;
  readonly around: Surroundings;
}

/**
 * From this many open alarms on, a concern, warning or info joins an open one of the same category,
 * device and reason. Level `alarm`, and what has no such twin, is always kept: their number is
 * bounded by devices and reasons, and stays below the 1,000 that one beat can list.
 */
export const openAlarmsMax = 200;

/** Closed alarms that are remembered; beyond it the oldest is forgotten. A year of ordinary use. */
export const closedAlarmsMax = 500;

/** Persons whose answers one alarm keeps; beyond it the answer given longest ago is forgotten. */
export const answersMax = 64;

/** Notes that one alarm keeps; beyond it the oldest is forgotten. A closing lists them. */
export const wordsMax = 16;

/** A deadline missed by more than this was slept through, not merely scheduled behind others. */
export const lateAfter = seconds(5);

/**
 * A press this long after the last step or acceptance is a new cry for help: the chain goes on.
 * Sooner than that it is taken for the impatience of somebody who already waits.
 */
export const pressAgainAfter = seconds(120);

/** Whether somebody must come or ask. What only informs is told once and never goes round. */
export function escalates(open: OpenAlarm): boolean {
  return open.alarm.level === "alarm" || open.alarm.level === "concern";
}

/** The persons who said that they are coming, in the order of their answers. */
export function coming(open: OpenAlarm): readonly Coming[] {
  return open.answers.flatMap(({ by, until }) => (until === null ? [] : [{ ...by, until }]));
}

/** Whether an acceptance lets the chain rest at this instant. */
export function rests(open: OpenAlarm, now: Instant): boolean {
  return open.restUntil !== null && open.restUntil > now;
}

/** Whether a deadline that is due at this instant was slept through. */
export function isLate(dueAt: Instant, now: Instant): boolean {
  return between(dueAt, now) > lateAfter;
}

/** The open alarm with this id. */
export function findOpen(state: EscalationState, alarmId: string): OpenAlarm | undefined {
  return state.open.find((open) => open.alarm.id === alarmId);
}

/** The remembered closing of this alarm. */
export function findClosed(state: EscalationState, alarmId: string): ClosedAlarm | undefined {
  return state.closed.find((closed) => closed.alarmId === alarmId);
}

/** Whether this side has, or remembers, an alarm with this id. */
export const isKnown = (state: EscalationState, alarmId: string): boolean =>
  findOpen(state, alarmId) !== undefined || findClosed(state, alarmId) !== undefined;

/** The state with one open alarm put in the place of its former self, or added as the newest. */
export function withOpen(state: EscalationState, open: OpenAlarm): EscalationState {
  const known = findOpen(state, open.alarm.id) !== undefined;
  return {
    ...state,
    open: known
      ? state.open.map((other) => (other.alarm.id === open.alarm.id ? open : other))
      : [...state.open, open],
  };
}

/** The state after a person closed the alarm, whether it was open here or is only heard of. */
export function withClosed(state: EscalationState, closed: ClosedAlarm): EscalationState {
  return {
    ...state,
    open: state.open.filter((open) => open.alarm.id !== closed.alarmId),
    closed: [...state.closed, closed].slice(-closedAlarmsMax),
  };
}

/** The state in which a cry has taken the place of a closed alarm. */
export function withHeir(state: EscalationState, alarmId: string, cry: Word): EscalationState {
  const mine = { heir: cry.id, rest: [cry] };
  return {
    ...state,
    closed: state.closed.map((one) => (one.alarmId === alarmId ? { ...one, ...mine } : one)),
  };
}

function standing(open: OpenAlarm): Fact {
  const { alarm, holder } = open;
  return { kind: "alarm-stands", alarmId: alarm.id, holder, coming: coming(open) };
}

/** How the open alarms stand, for those whose standing is new or has changed. */
export function standingsChanged(before: EscalationState, now: EscalationState): readonly Fact[] {
  return now.open
    .filter((open) => {
      const old = findOpen(before, open.alarm.id);
      if (old === open) return false;
      return old === undefined || JSON.stringify(standing(old)) !== JSON.stringify(standing(open));
    })
    .map(standing);
}
