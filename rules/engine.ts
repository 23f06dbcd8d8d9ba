/**
 * Runs every machine on one event, and on the facts that follow from it, in one indivisible step.
 */
import type { HomePlan } from "../protocol/home.ts";
import { between, earliest, type Instant, type LocalTime, laterLocal } from "../protocol/time.ts";
import type { PlannedEffect } from "./effects.ts";
import type { RuleEvent } from "./events.ts";
import type { Machine } from "./machine.ts";

/** Machines by name, in the order in which they hear an event. */
export type MachineList = Readonly<Record<string, Machine<unknown>>>;

/**
 * The whole memory of the rules: plain data, written as a snapshot and read back after a restart.
 */
export interface EngineState {
  /** The local time last told by a trusted clock, and when that was. */
  readonly clock?: { readonly local: LocalTime; readonly at: Instant };
  readonly machines: Readonly<Record<string, unknown>>;
}

/** Why something was decided: the line that answers "why?" (invariant 11). */
export interface Decision {
  readonly machine: string;
  readonly cause: string;
  readonly because: string;
  readonly effects: readonly string[];
}

/** The result of one engine step. */
export interface EngineStep {
  readonly state: EngineState;
  readonly effects: readonly PlannedEffect[];
  readonly decisions: readonly Decision[];
  /** Facts that machines derived; already heard by every machine. */
  readonly derived: readonly RuleEvent[];
}

/**
 * How many facts may follow from one event. The machines derive at most a handful; reaching this
 * bound is a fault in a rule, and stopping there loudly beats a gateway that spins.
 */
const derivedFactsMax = 256;

/** The state of every machine before anything happened. */
export function initialState(machines: MachineList, plan: HomePlan): EngineState {
  const states: Record<string, unknown> = {};
  for (const [name, machine] of Object.entries(machines)) states[name] = machine.initial(plan);
  return { machines: states };
}

/**
 * A state for this machine list from one that an older version wrote: a machine that is new starts
 * at its beginning, one that is gone is forgotten.
 */
export function adoptState(machines: MachineList, plan: HomePlan, old: EngineState): EngineState {
  const fresh = initialState(machines, plan);
  const states: Record<string, unknown> = {};
  for (const name of Object.keys(machines)) {
    states[name] = old.machines[name] ?? fresh.machines[name];
  }
  return { ...old, machines: states };
}

/** The local time at `now`, while a trusted clock has told it. */
export function localAt(state: EngineState, now: Instant): LocalTime | undefined {
  if (state.clock === undefined) return undefined;
  return laterLocal(state.clock.local, between(state.clock.at, now));
}

function heardClock(state: EngineState, event: RuleEvent): EngineState {
  if (event.kind === "clock-told" && event.trusted) {
    return { ...state, clock: { local: event.local, at: event.at } };
  }
  if (event.kind === "gateway-started" && event.gapMs === null) {
    return { machines: state.machines };
  }
  return state;
}

/** The earliest instant at which any machine wants to be woken. */
export function wakeAt(machines: MachineList, state: EngineState): Instant | undefined {
  return earliest(
    ...Object.entries(machines).map(([name, machine]) => machine.wakeAt(state.machines[name])),
  );
}

/**
 * One event through all machines. Pure: the same state, event and plan give the same step, always.
 */
export function stepEngine(
  machines: MachineList,
  plan: HomePlan,
  before: EngineState,
  event: RuleEvent,
): EngineStep {
  const queue: RuleEvent[] = [event];
  const effects: PlannedEffect[] = [];
  const decisions: Decision[] = [];
  let state = heardClock(before, event);
  for (let next = 0; next < queue.length; next += 1) {
    if (next > derivedFactsMax) throw new Error(`${event.id}: facts follow from facts without end`);
    const heard = queue[next] as RuleEvent;
    const states = { ...state.machines };
    for (const [name, machine] of Object.entries(machines)) {
      const step = machine.step(states[name], heard, {
        plan,
        now: heard.at,
        local: localAt(state, heard.at),
        newId: (word) => `${heard.id}:${name}:${word}`,
      });
      states[name] = step.state;
      const ids = step.effects.map((effect) => {
        const id = `${event.id}/${effects.length}`;
        effects.push({ ...effect, id, cause: heard.id });
        return id;
      });
      for (const fact of step.emits) {
        queue.push({ ...fact, id: `${event.id}.${queue.length}`, at: heard.at });
      }
      if (step.because !== undefined) {
        decisions.push({ machine: name, cause: heard.id, because: step.because, effects: ids });
      }
    }
    state = { ...state, machines: states };
  }
  return { state, effects, decisions, derived: queue.slice(1) };
}
