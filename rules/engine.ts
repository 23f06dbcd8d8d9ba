/**
 * Runs every machine on one event, and on the facts that follow from it, in one indivisible step.
 */
import type { HomePlan } from "../protocol/home.ts";
import { heldAlarmsMax } from "../protocol/messages.ts";
import { oncePer } from "../protocol/once.ts";
import { earliest, type Instant, type LocalTime } from "../protocol/time.ts";
import type { Effect, PlannedCut, PlannedEffect } from "./effects.ts";
import type { RuleEvent } from "./events.ts";
import {
  type Attempt,
  attempt,
  type Failure,
  faultOfMachine,
  toldOfFailure,
  wakeOf,
} from "./failure.ts";
import { type HourMemory, heardHour, localAt } from "./hour.ts";
import type { Machine, Surroundings } from "./machine.ts";
import {
  adoptSwitched,
  atRest,
  droppableIn,
  isChosen,
  isRun,
  lastStep,
  manifestsOf,
  modulesOf,
  type Switched,
} from "./module-switch.ts";

/** Machines by name, in the order in which they hear an event. */
export type MachineList = Readonly<Record<string, Machine<unknown>>>;

/**
 * The whole memory of the rules: plain data, written as a snapshot and read back after a restart.
 */
export interface EngineState extends HourMemory {
  readonly machines: Readonly<Record<string, unknown>>;
  /** Machines that threw since the last start, and when they last did. */
  readonly failed?: Readonly<Record<string, Instant>>;
  /** What the resident said of modules: one that was dropped is not run. */
  readonly switched?: Switched;
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
  /** Machines that threw; the others took the event all the same. */
  readonly failures: readonly Failure[];
}

/**
 * How many facts may follow from one event. A lost link changes how every open alarm stands, and
 * one deadline may find every device silent; a few follow from each. Reaching the bound is a fault
 * in a rule, and what it derived beyond is left out rather than let a gateway spin.
 */
const derivedFactsMax = ({ devices }: HomePlan): number => 8 * (heldAlarmsMax + devices.length);

/** The state of every machine before anything happened. */
export function initialState(machines: MachineList, plan: HomePlan): EngineState {
  const states: Record<string, unknown> = {};
  for (const [name, machine] of Object.entries(machines)) states[name] = machine.initial(plan);
  return { machines: states };
}

/** The earliest instant at which any machine wants to be woken, of those behind `after`. */
export function wakeAt(
  machines: MachineList,
  state: EngineState,
  after = Number.NEGATIVE_INFINITY,
): Instant | undefined {
  let first: Instant | undefined;
  for (const [name, machine] of listOf(machines)) {
    const memory = state.machines[name];
    if (!isRun(machine, memory, state.switched)) continue;
    const wake = wakeOf(machine, memory, state.failed?.[name]);
    if (wake !== undefined && wake > after) first = earliest(first, wake);
  }
  return first;
}

type Switching = Extract<RuleEvent, { readonly kind: "module-switched" }>;

/** The rules of a home, and what they are told of it. */
interface Home {
  readonly machines: MachineList;
  readonly plan: HomePlan;
}

/** One step in the making. */
interface Turn {
  readonly event: RuleEvent;
  /** The hour of the event, and of all that follows from it. */
  readonly local: LocalTime | undefined;
  /** The event and what follows from it, each with the machine that said so. */
  readonly queue: { readonly heard: RuleEvent; readonly by: string }[];
  readonly effects: PlannedEffect[];
  readonly decisions: Decision[];
  readonly failures: Map<string, Failure>;
  readonly cut: (effect: PlannedCut) => void;
}

/** Takes up what a machine asks for; returns the ids that it got. */
function ask({ event, effects, cut }: Turn, asked: readonly Effect[], cause: string): string[] {
  if (asked.length === 0) return [];
  return asked.map((effect) => {
    const id = `${event.id}/${effects.length}`;
    const planned: PlannedEffect = { ...effect, id, cause };
    effects.push(planned);
    if (planned.kind === "cut-power") cut(planned);
    return id;
  });
}

/** What every machine hears with this fact; `states` is what they remember by then. */
function aroundFor({ local }: Turn, heard: RuleEvent, state: EngineState, home: Home) {
  const { machines, plan } = home;
  const now = heard.at;
  const modules = modulesOf(machines, state.machines, state.switched);
  return (name: string): Surroundings => ({
    plan,
    now,
    local,
    newId: (word) => `${heard.id}:${name}:${word}`,
    modules,
  });
}

/** Takes up what one machine made of a fact; returns its memory. */
function take(turn: Turn, name: string, { step, failed }: Attempt, heard: RuleEvent): unknown {
  const { event, queue, decisions, failures } = turn;
  const ids = ask(turn, step.effects, heard.id);
  for (const fact of step.emits) {
    const id = `${event.id}.${queue.length}`;
    queue.push({ heard: { ...fact, id, at: heard.at }, by: name });
  }
  if (step.because !== undefined) {
    decisions.push({ machine: name, cause: heard.id, because: step.because, effects: ids });
  }
  if (failed !== undefined) failures.set(name, { machine: name, ...failed });
  return step.state;
}

/**
 * A module is dropped, or there again. What is dropped lets go of what it holds; what is there
 * again hears this fact itself, with the others.
 */
function switchModule(turn: Turn, heard: Switching, state: EngineState, home: Home): EngineState {
  const found = droppableIn(home.machines, heard.module);
  if (found === undefined) return state;
  const [name, machine] = found;
  if (isChosen(machine.manifest, state.switched) === heard.on) return state;
  const memory = state.machines[name];
  const last = lastStep(machine, memory, heard.on);
  const around = aroundFor(turn, heard, state, home)(name);
  const stands = take(turn, name, attempt(last.machine, memory, { event: heard, around }), heard);
  if (!last.takes) return state;
  const switched = adoptSwitched(state.switched, manifestsOf(home.machines));
  return {
    ...state,
    machines: { ...state.machines, [name]: stands },
    switched: { ...switched, [heard.module]: heard.on },
  };
}

/** The machines in their order: listed once, for every event passes all of them. */
const listOf = oncePer((machines: MachineList) => Object.entries(machines));

/** One fact through all machines. A machine that throws does not keep it from the others. */
function hear(turn: Turn, heard: RuleEvent, before: EngineState, home: Home): EngineState {
  const state = heard.kind === "module-switched" ? switchModule(turn, heard, before, home) : before;
  const states = { ...state.machines };
  const aroundOf = aroundFor(turn, heard, { ...state, machines: states }, home);
  for (const [name, machine] of listOf(home.machines)) {
    const memory = states[name];
    const hearing = isRun(machine, memory, state.switched) ? machine : atRest(machine);
    if (hearing === undefined) continue;
    const around = aroundOf(name);
    states[name] = take(turn, name, attempt(hearing, memory, { event: heard, around }), heard);
  }
  return { ...state, machines: states };
}

/**
 * Says which machines failed, once until the next start, and which take their events again. Returns
 * those that are known to fail.
 */
function sayFailures(
  turn: Turn,
  before: EngineState,
  machines: MachineList,
): Readonly<Record<string, Instant>> {
  const { event, failures, decisions } = turn;
  const starts = event.kind === "gateway-started";
  const known = starts ? {} : (before.failed ?? {});
  for (const { machine, why, anew } of failures.values()) {
    const news = known[machine] === undefined;
    if (!news && !anew) continue;
    const fault = faultOfMachine(machine, machines[machine]);
    const effects = news ? ask(turn, toldOfFailure(fault, false), event.id) : [];
    const because = anew ? `it failed and begins anew: ${why}` : `it failed: ${why}`;
    decisions.push({ machine, cause: event.id, because, effects });
  }
  const mended = starts ? Object.keys(before.failed ?? {}) : [];
  for (const machine of mended.filter((name) => !failures.has(name))) {
    ask(turn, toldOfFailure(faultOfMachine(machine, machines[machine]), true), event.id);
  }
  const now = [...failures.keys()].map((name) => [name, event.at] as const);
  return { ...known, ...Object.fromEntries(now) };
}

function withFailed(
  { failed: _, ...state }: EngineState,
  failed: Readonly<Record<string, Instant>>,
): EngineState {
  return Object.keys(failed).length === 0 ? state : { ...state, failed };
}

/**
 * One event through all machines. Pure: the same home, state and event give the same step, always.
 * `cut` is told of a cut in the moment that a rule decides it: no other rule stands before the
 * frame that takes the stove's power. The cut is among the effects of the step all the same.
 */
export function stepHome(
  home: Home & { readonly cut: (effect: PlannedCut) => void },
  before: EngineState,
  event: RuleEvent,
): EngineStep {
  const { machines, plan, cut } = home;
  const queue: Turn["queue"] = [{ heard: event, by: "" }];
  let state = heardHour(before, event);
  const local = localAt(state, event.at);
  const turn: Turn = {
    event,
    local,
    queue,
    effects: [],
    decisions: [],
    failures: new Map(),
    cut,
  };
  const most = derivedFactsMax(plan);
  for (const [next, { heard, by }] of queue.entries()) {
    if (next > most) {
      const why = "facts follow from facts without end";
      turn.failures.set(by, { machine: by, why, anew: false });
      break;
    }
    state = hear(turn, heard, state, home);
  }
  const { effects, decisions } = turn;
  return {
    state: withFailed(state, sayFailures(turn, before, machines)),
    effects,
    decisions,
    derived: queue.slice(1).map(({ heard }) => heard),
    failures: [...turn.failures.values()],
  };
}

const tellsNobody = (): void => undefined;

/** `stepHome` where nobody performs what it decides. */
export function stepEngine(
  machines: MachineList,
  plan: HomePlan,
  before: EngineState,
  event: RuleEvent,
): EngineStep {
  return stepHome({ machines, plan, cut: tellsNobody }, before, event);
}
