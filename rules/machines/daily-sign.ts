/**
 * The daily sign (Tagestaste): once a day the resident says that all is well. Who has not said so
 * is asked, and half an hour later somebody is called to look. Only a deliberate word counts: that
 * something moved says nothing of how the resident is. Nothing is asked in a pause, nor while
 * nobody knows the hour; then the module is blind, and that is said (invariant 6).
 */
import type { Alarm } from "../../protocol/alarm.ts";
import { after, type Instant, instant, minutes } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact, Fault, RuleEvent } from "../events.ts";
import { type Machine, type Step, type Surroundings, unchanged } from "../machine.ts";
import { dailySignManifest } from "./daily-sign-manifest.ts";
import {
  askAgainEvery,
  askBefore,
  type DailySignState,
  nextAt,
  placesIn,
  type Question,
  settledMax,
  type Today,
  todayAt,
} from "./daily-sign-state.ts";

/** Ours: a gateway that starts knows the hour within minutes, or not for long. */
const blindAfter = minutes(10);
/** An alarm that is later than this says so. */
const lateAfter = minutes(1);

const fault: Fault = {
  subject: "clock",
  what: "clock-unknown",
  blind: [dailySignManifest.name],
};

/** The faults in force. */
export function dailySignFaults({ blind }: DailySignState): readonly Fault[] {
  return blind ? [fault] : [];
}

/** Lives for one step only; nothing outside the step sees it change. */
interface Turn {
  state: DailySignState;
  readonly around: Surroundings;
  readonly effects: Effect[];
  readonly emits: Fact[];
  readonly why: string[];
}

function settle(turn: Turn, day: number, why: string): void {
  const settled = [...turn.state.settled, day].slice(-settledMax);
  turn.state = { ...turn.state, settled, question: null };
  turn.why.push(why);
}

function tellFault(turn: Turn, cleared: boolean): void {
  turn.state = { ...turn.state, blind: !cleared };
  turn.effects.push(...toldOf(cleared));
  turn.emits.push({ kind: cleared ? "fault-cleared" : "fault-found", fault });
  turn.why.push(cleared ? "the hour is known again" : "nobody knows the hour");
}

function toldOf(cleared: boolean): readonly Effect[] {
  const words = {
    module: dailySignManifest.name,
    sight: cleared ? "all" : "none",
    what: fault.what,
    device: fault.subject,
  };
  return [
    { kind: "tell-peer-fault", fault, cleared },
    { kind: "announce", key: "module-blind", words },
  ];
}

function ask(turn: Turn, question: Question): void {
  turn.state = { ...turn.state, question };
  turn.effects.push({ kind: "announce", key: "daily-sign-asked", words: {} });
  turn.why.push("asked whether all is well");
}

function raise(turn: Turn, day: number, { alarmAt }: Question): void {
  const { now, newId } = turn.around;
  const id = newId("no-daily-sign");
  const alarm: Alarm = {
    id,
    category: "inactivity",
    level: "concern",
    reason: "no-daily-sign",
    raisedAt: now,
    late: now > after(alarmAt, lateAfter),
  };
  settle(turn, day, "nothing was said by the hour: concern");
  turn.state = { ...turn.state, alarmId: id };
  turn.emits.push({ kind: "alarm-raised", alarm });
  const missing = { kind: "announce", key: "daily-sign-missing", alarmId: id, words: {} } as const;
  turn.effects.push(missing);
}

function questioned(turn: Turn, day: number, question: Question): void {
  const { now } = turn.around;
  if (now >= question.alarmAt) raise(turn, day, question);
  else if (now >= question.againAt) ask(turn, { ...question, againAt: after(now, askAgainEvery) });
}

/** Whether something is to be asked today, and the time for it is here. */
function isDue({ settled, alarmId }: DailySignState, today: Today, around: Surroundings): boolean {
  const { ask: from, last } = placesIn(around.plan);
  const isTime = today.place >= from && today.place <= last;
  // While somebody is being called already, nobody is asked anew.
  return isTime && alarmId === null && !settled.includes(today.day);
}

function isPaused({ pausedUntil }: DailySignState, now: Instant): boolean {
  return pausedUntil !== null && now < pausedUntil;
}

/** The day as it stands now, on level. */
function judge(turn: Turn, today: Today): void {
  const { around } = turn;
  const { now, plan } = around;
  const { saidAt, settled } = turn.state;
  const { day, place, began } = today;
  const isSettled = settled.includes(day);
  const { hour } = placesIn(plan);
  if (!isSettled && saidAt !== null && saidAt >= began) settle(turn, day, "all is well today");
  else if (isPaused(turn.state, now)) {
    if (!isSettled && place >= hour) settle(turn, day, "the hour lies in a pause");
  } else if (turn.state.question !== null) questioned(turn, day, turn.state.question);
  else if (isDue(turn.state, today, around)) {
    const wait = Math.max(askBefore, minutes(hour - place));
    ask(turn, {
      againAt: after(now, askAgainEvery),
      alarmAt: instant(now + wait),
    });
  }
}

function wakeOf(
  { question, pausedUntil }: DailySignState,
  today: Today,
  { now, plan }: Surroundings,
): Instant {
  if (question !== null) return instant(Math.min(question.againAt, question.alarmAt));
  const { ask: from, hour } = placesIn(plan);
  const turns = [nextAt(from, today, now), nextAt(hour, today, now)];
  const ends = pausedUntil !== null && pausedUntil > now ? [pausedUntil] : [];
  return instant(Math.min(...ends, ...turns));
}

/** Without the hour nothing is asked, and nobody is called: for how long, that is said. */
function unknown(turn: Turn): void {
  const { now } = turn.around;
  const since = turn.state.unknownSince ?? now;
  const due = after(since, blindAfter);
  turn.state = { ...turn.state, unknownSince: since };
  if (!turn.state.blind && now >= due) tellFault(turn, false);
  turn.state = { ...turn.state, wake: turn.state.blind ? null : due };
}

function decide(turn: Turn): void {
  // A pause takes the question back also while nobody knows the hour; after it she is asked anew.
  if (isPaused(turn.state, turn.around.now)) turn.state = { ...turn.state, question: null };
  const today = todayAt(turn.state, turn.around);
  if (today === undefined) {
    unknown(turn);
    return;
  }
  turn.state = { ...turn.state, unknownSince: null };
  if (turn.state.blind) tellFault(turn, true);
  judge(turn, today);
  turn.state = { ...turn.state, wake: wakeOf(turn.state, today, turn.around) };
}

/**
 * After a gap that nobody knows: it may be another day, and the question is overdue. When the
 * resident last spoke, nobody knows either.
 */
function started(state: DailySignState, gapMs: number | null, now: Instant): DailySignState {
  if (gapMs !== null) return state;
  const { question } = state;
  const longAgo = instant(now - lateAfter - 1);
  const overdue = question === null ? null : { ...question, alarmAt: longAgo };
  return { ...state, clock: null, saidAt: null, question: overdue, unknownSince: null };
}

/** The memory once it has heard the fact; undefined for a fact that says nothing to it. */
function heard(state: DailySignState, event: RuleEvent): DailySignState | undefined {
  switch (event.kind) {
    case "wellbeing-said":
      return { ...state, saidAt: event.at, question: null };
    case "clock-told":
      return event.trusted ? { ...state, clock: { wallMs: event.wallMs, at: event.at } } : state;
    case "pause-switched":
      return { ...state, pausedUntil: event.until };
    case "alarm-closed":
      return event.alarmId === state.alarmId ? { ...state, alarmId: null } : undefined;
    case "gateway-started":
      return started(state, event.gapMs, event.at);
    case "module-switched":
      return event.module === dailySignManifest.name ? state : undefined;
    case "deadline-reached":
      return state.wake !== null && event.at >= state.wake ? state : undefined;
    default:
      return undefined;
  }
}

/**
 * While it is dropped: the clock, the pause and the closing of its alarm, which nobody tells again.
 * Who adds it is there, and speaks: that is today's sign.
 */
function noticed(state: DailySignState, event: RuleEvent): DailySignState {
  if (event.kind === "module-choice-said") {
    const isAdded = event.on && event.module === dailySignManifest.name;
    return isAdded ? { ...state, saidAt: event.at } : state;
  }
  return heard(state, event) ?? state;
}

function initial(): DailySignState {
  return {
    clock: null,
    saidAt: null,
    settled: [],
    question: null,
    alarmId: null,
    pausedUntil: null,
    unknownSince: null,
    blind: false,
    wake: null,
  };
}

/** The daily sign of one home. */
export const dailySign: Machine<DailySignState> = {
  manifest: dailySignManifest,
  initial,
  step(before, event, around): Step<DailySignState> {
    const state = heard(before, event);
    if (state === undefined) return unchanged(before);
    const turn: Turn = { state, around, effects: [], emits: [], why: [] };
    decide(turn);
    const because = turn.why.length > 0 ? { because: turn.why.join("; ") } : {};
    return { state: turn.state, effects: turn.effects, emits: turn.emits, ...because };
  },
  dropping: {
    heldBy: () => undefined,
    /** A question that nobody waits for is no question; an open alarm ends by a person only. */
    leave: ({ clock, pausedUntil, alarmId, settled, blind }) => ({
      state: { ...initial(), clock, pausedUntil, alarmId, settled },
      effects: blind ? toldOf(true).slice(0, 1) : [],
      emits: [],
    }),
    aside: noticed,
  },
  wakeAt: ({ wake }) => wake ?? undefined,
};
