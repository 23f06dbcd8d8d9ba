/** Runs machines in invented time: facts go in, deadlines fire when they are due, everything is kept. */
import type { HomePlan } from "../../protocol/home.ts";
import { type Duration, type Instant, instant } from "../../protocol/time.ts";
import type { Effect, PlannedEffect } from "../../rules/effects.ts";
import {
  type Decision,
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";

export interface RuleRun {
  readonly now: () => Instant;
  readonly state: () => EngineState;
  readonly effects: readonly PlannedEffect[];
  readonly facts: readonly RuleEvent[];
  readonly decisions: readonly Decision[];
  /** One fact now. Returns what it led to. */
  say(fact: Fact): readonly PlannedEffect[];
  /** Lets time pass; deadlines fire on the way. Returns what they led to. */
  pass(length: Duration): readonly PlannedEffect[];
  /** Time passes while the process stands still; what is overdue fires once, late. */
  sleep(length: Duration): readonly PlannedEffect[];
  /** The process ends and starts again from its snapshot, as written and read: plain JSON. */
  restart(gapMs: number | null, length?: number): readonly PlannedEffect[];
  /** Announcements so far, by key. */
  said(): readonly string[];
  /** Reasons of the alarms raised so far. */
  alarms(): readonly string[];
  /** Why the rules decided, so far. */
  why(): readonly string[];
}

/** More deadlines in one span than this is a rule that spins. */
const deadlinesMax = 100_000;

export function runRules(
  machines: MachineList,
  plan: HomePlan,
  from = 1_000,
  memory?: EngineState,
): RuleRun {
  let state = memory ?? initialState(machines, plan);
  let now = from;
  let count = 0;
  const effects: PlannedEffect[] = [];
  const facts: RuleEvent[] = [];
  const decisions: Decision[] = [];

  function say(fact: Fact): readonly PlannedEffect[] {
    count += 1;
    const event: RuleEvent = { ...fact, id: `e${count}`, at: instant(now) };
    const step = stepEngine(machines, plan, state, event);
    state = step.state;
    const wake = wakeAt(machines, state);
    if (wake !== undefined && wake <= now && fact.kind === "deadline-reached") {
      throw new Error(`a deadline at ${wake} does not end with the step at ${now}`);
    }
    facts.push(event, ...step.derived);
    effects.push(...step.effects);
    decisions.push(...step.decisions);
    return step.effects;
  }

  function pass(length: Duration): readonly PlannedEffect[] {
    const until = now + length;
    const first = effects.length;
    for (let fired = 0; ; fired += 1) {
      if (fired > deadlinesMax) throw new Error("deadlines without end");
      const due = wakeAt(machines, state);
      if (due === undefined || due > until) break;
      now = Math.max(now, due);
      say({ kind: "deadline-reached", lateMs: 0 });
    }
    now = until;
    return effects.slice(first);
  }

  return {
    now: () => instant(now),
    state: () => state,
    effects,
    facts,
    decisions,
    say,
    pass,
    sleep: (length) => {
      now += length;
      return say({ kind: "deadline-reached", lateMs: length });
    },
    restart: (gapMs, length = gapMs ?? 0) => {
      const written = JSON.stringify(state);
      state = JSON.parse(written) as EngineState;
      if (JSON.stringify(state) !== written) throw new Error("the state is not plain JSON");
      now += length;
      return say({ kind: "gateway-started", boot: `boot-${now}`, gapMs });
    },
    said: () => effects.flatMap((effect) => (effect.kind === "announce" ? [effect.key] : [])),
    alarms: () =>
      facts.flatMap((fact) => (fact.kind === "alarm-raised" ? [fact.alarm.reason] : [])),
    why: () => decisions.map((decision) => decision.because),
  };
}

/** The effects of one kind. */
export function only<Kind extends Effect["kind"]>(
  effects: readonly PlannedEffect[],
  kind: Kind,
): readonly Extract<PlannedEffect, { readonly kind: Kind }>[] {
  return effects.filter(
    (effect): effect is Extract<PlannedEffect, { readonly kind: Kind }> => effect.kind === kind,
  );
}
