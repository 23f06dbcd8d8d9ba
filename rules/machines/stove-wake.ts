/** When the stove guard must look again, and when it asks for a reading before that grows old. */
import { after, earliest, type Instant, milliseconds } from "../../protocol/time.ts";
import { raisedAgainAt } from "./stove-danger.ts";
import { dues, type Moment, needsRadio, presenceAt } from "./stove-sight.ts";
import {
  askBefore,
  attendedFor,
  believedFor,
  type Cooking,
  freshFor,
  type Reading,
  readingGrace,
  restAfter,
  type StoveState,
  unguardedAfter,
} from "./stove-state.ts";
import { askRelays, type StoveTurn } from "./stove-turn.ts";

type Deadlines = readonly (Instant | undefined)[];

function askAt({ at }: Reading): Instant {
  return after(at, milliseconds(freshFor - askBefore));
}

function readingsOf(state: StoveState): readonly Reading[] {
  return [...Object.values(state.relays), ...Object.values(state.meters)];
}

function asked<Kind extends Reading>(all: Readonly<Record<string, Kind>>): Record<string, Kind> {
  return Object.fromEntries(
    Object.entries(all).map(([id, reading]) => [id, { ...reading, asked: true }]),
  );
}

/** Asks once for what would soon be too old to be known: a report that was lost comes back. */
export function askInTime(turn: StoveTurn): void {
  const { state, around } = turn;
  const isDue = (reading: Reading): boolean => !reading.asked && around.now >= askAt(reading);
  if (!readingsOf(state).some(isDue)) return;
  askRelays(turn);
  turn.state = { ...state, relays: asked(state.relays), meters: asked(state.meters) };
}

function latchDeadlines(state: StoveState, { plan }: Moment): Deadlines {
  const { latch, phase } = state;
  if (latch === null || phase === "proved-off") return [];
  return [latch.tryAt, latch.alarmAt, raisedAgainAt(state.notOff, plan.link.closeWithin)];
}

function radioDeadlines({ radio, latch, unguarded }: StoveState, { plan }: Moment): Deadlines {
  if (radio.ready || latch !== null || !needsRadio(plan)) return [];
  return [after(radio.at, unguardedAfter), raisedAgainAt(unguarded, plan.link.closeWithin)];
}

function cookingDeadlines(state: StoveState, cooking: Cooking, moment: Moment): Deadlines {
  const { warning } = state;
  return [
    warning?.cutAt,
    cooking.lowSince === null ? undefined : after(cooking.lowSince, restAfter),
    ...dues(state, cooking, moment).map((rule) => rule.at),
    after(presenceAt(state, cooking, moment.plan), attendedFor),
    ...Object.values(state.seen).map(({ at, moving }) =>
      moving ? after(at, believedFor) : undefined,
    ),
  ];
}

/** The next instant at which the guard must look again; what lies behind was looked at. */
export function nextWake(state: StoveState, moment: Moment): Instant | null {
  const { cooking, unknownSince } = state;
  const list: Deadlines = [
    ...readingsOf(state).flatMap((reading) => [askAt(reading), after(reading.at, freshFor)]),
    unknownSince === null ? undefined : after(unknownSince, readingGrace),
    ...latchDeadlines(state, moment),
    ...radioDeadlines(state, moment),
    ...(cooking === null ? [] : cookingDeadlines(state, cooking, moment)),
  ];
  return earliest(...list.filter((at) => at !== undefined && at > moment.now)) ?? null;
}
