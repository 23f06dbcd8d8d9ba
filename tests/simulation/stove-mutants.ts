/** The stove guard with one rule broken on purpose. */
import type { HomePlan, StoveSettings } from "../../protocol/home.ts";
import { hours, type Instant, minutes, seconds } from "../../protocol/time.ts";
import type { Effect } from "../../rules/effects.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import type { Machine, Surroundings } from "../../rules/machine.ts";
import type { Latch, StoveState } from "../../rules/machines/stove-state.ts";
import { altered, type Mutant, misled } from "./mutants.ts";

type Guard = Machine<StoveState>;
const { stoveGuard } = homeMachines;

/** The guard of a home that is planned otherwise. */
const planned = (change: (plan: HomePlan) => HomePlan): Guard =>
  misled(stoveGuard, (taken) => {
    const around: Surroundings = { ...taken.around, plan: change(taken.around.plan) };
    return { ...taken, around };
  });

const set = (stove: Partial<StoveSettings>): Guard =>
  planned((plan) => ({ ...plan, stove: { ...plan.stove, ...stove } }));

/** The guard with another memory before its step. */
const recalling = (change: (state: StoveState, event: RuleEvent) => StoveState): Guard =>
  misled(stoveGuard, (taken) => ({ ...taken, before: change(taken.before, taken.event) }));

/** The guard with another memory after its step. */
const left = (
  change: (after: StoveState, event: RuleEvent, before: StoveState) => StoveState,
): Guard =>
  altered(stoveGuard, (step, { before, event }) => ({
    ...step,
    state: change(step.state, event, before),
  }));

/** The guard does not hear of it. */
const deafTo = (isUnheard: (event: RuleEvent, before: StoveState) => boolean): Guard =>
  misled(stoveGuard, (taken) => {
    const { id, at } = taken.event;
    if (!isUnheard(taken.event, taken.before)) return taken;
    return { ...taken, event: { kind: "device-heard", device: "nothing", id, at } };
  });

const withoutEffect = (isLeftOut: (effect: Effect, after: StoveState) => boolean): Guard =>
  altered(stoveGuard, (step) => ({
    ...step,
    effects: step.effects.filter((effect) => !isLeftOut(effect, step.state)),
  }));

const withoutFact = (isLeftOut: (fact: Fact) => boolean): Guard =>
  altered(stoveGuard, (step) => ({
    ...step,
    emits: step.emits.filter((fact) => !isLeftOut(fact)),
  }));

const latched = (state: StoveState, change: Partial<Latch>): StoveState =>
  state.latch === null ? state : { ...state, latch: { ...state.latch, ...change } };

/** Every sensor that moves said so only now. */
function movingNow(state: StoveState, now: Instant): StoveState {
  const seen = Object.entries(state.seen).map(([id, last]) => [
    id,
    last.moving ? { ...last, at: now } : last,
  ]);
  return { ...state, seen: Object.fromEntries(seen) };
}

/** Every meter that was read was read only now. */
function readNow(state: StoveState, now: Instant, watts?: number): StoveState {
  const meters = Object.entries(state.meters).map(([id, reading]) => [
    id,
    { ...reading, at: now, watts: watts ?? reading.watts },
  ]);
  return { ...state, meters: Object.fromEntries(meters) };
}

const isRaised = (fact: Fact, reason: string): boolean =>
  fact.kind === "alarm-raised" && fact.alarm.reason === reason;

const never = hours(1_000);

export const stoveMutants: readonly Mutant<StoveState>[] = [
  { breaks: "an absence ends in the cut", machine: set({ absence: never }) },
  { breaks: "nobody is cut off too soon", machine: set({ absence: minutes(3) }) },
  { breaks: "who left the home left a stove to be cut", machine: set({ leftHome: never }) },
  { breaks: "three hours without a touch are enough", machine: set({ untouched: never }) },
  { breaks: "five hours in all are enough", machine: set({ total: never }) },
  { breaks: "the warning lasts 15 s", machine: set({ preAlarm: seconds(5) }) },
  {
    breaks: "a hold is kept",
    machine: misled(stoveGuard, (taken) => {
      if (taken.event.kind !== "stove-hold-requested") return taken;
      return { ...taken, event: { ...taken.event, minutes: 1 } };
    }),
  },
  {
    breaks: "who moves elsewhere has not left",
    machine: deafTo((event) => event.kind === "motion-sensed" && event.device !== "kitchen"),
  },
  {
    breaks: "a door that says closed again was not used",
    machine: left((after, event) =>
      event.kind === "contact-sensed" && !event.open ? { ...after, leftAt: event.at } : after,
    ),
  },
  {
    breaks: "nobody moves, said again, is no sign of anybody",
    machine: left((after, event) => {
      if (event.kind !== "motion-sensed" || event.moving) return after;
      const seen = { ...after.seen, [event.device]: { at: event.at, moving: false } };
      return { ...after, seen };
    }),
  },
  {
    breaks: "one word is believed for a quarter of an hour",
    machine: recalling((state, { at }) => movingNow(state, at)),
  },
  {
    breaks: "who moved is not believed over a lost radio",
    machine: left((after, event, before) =>
      event.kind === "radio-lost" ? { ...after, seen: before.seen } : after,
    ),
  },
  {
    breaks: "a stuck sensor is nobody",
    machine: deafTo((event) => event.kind === "fault-found" && event.fault.what === "stuck"),
  },
  {
    breaks: "power that is no longer told is unknown",
    machine: recalling((state, { at }) => (state.latch === null ? readNow(state, at) : state)),
  },
  {
    breaks: "a slow thermostat is the same cooking",
    machine: left((after) => ({ ...after, rested: null })),
  },
  {
    breaks: "smoke cuts a stove that nobody knows to be off",
    machine: deafTo(
      ({ kind }, { phase }) => kind === "hazard-sensed" && (phase === "off" || phase === "unknown"),
    ),
  },
  {
    breaks: "smoke cuts a stove that is on",
    machine: deafTo(({ kind }, { cooking }) => kind === "hazard-sensed" && cooking !== null),
  },
  {
    breaks: "a stove that nobody can cut is said",
    machine: withoutEffect(
      (effect) => effect.kind === "announce" && effect.key === "stove-unguarded",
    ),
  },
  {
    breaks: "a stove that nobody can cut calls people",
    machine: withoutFact((fact) => isRaised(fact, "stove-unguarded")),
  },
  {
    breaks: "a stove that is not off calls people",
    machine: withoutFact((fact) => isRaised(fact, "stove-not-off")),
  },
  {
    breaks: "the plug has its time before it calls people",
    machine: left((after) => latched(after, { alarmAt: after.latch?.cutAt ?? after.since })),
  },
  {
    breaks: "a start raises no second alarm",
    machine: recalling((state, { kind }) =>
      kind === "gateway-started" ? { ...state, notOff: null, unguarded: null } : state,
    ),
  },
  {
    breaks: "a closed alarm whose danger stays comes again",
    machine: deafTo(({ kind }) => kind === "alarm-closed"),
  },
  {
    breaks: "the latch outlives a start",
    machine: left((after, { kind }) =>
      kind === "gateway-started" ? { ...after, latch: null, phase: "unknown" } : after,
    ),
  },
  {
    breaks: "off is proved by power, too",
    machine: recalling((state, event) =>
      event.kind === "relay-read" && state.latch !== null ? readNow(state, event.at, 0) : state,
    ),
  },
  {
    breaks: "a welded stove must stay low for longer than it rests",
    machine: recalling((state) => latched(state, { flowedAt: null })),
  },
  {
    breaks: "tries go on without end",
    machine: withoutEffect(
      (effect, { latch }) => effect.kind === "cut-power" && latch !== null && latch.tries > 5,
    ),
  },
  {
    breaks: "every second try goes another way",
    machine: withoutEffect((effect) => effect.kind === "cut-power" && effect.way === "group"),
  },
  {
    breaks: "power that comes back is cut again",
    machine: deafTo(
      ({ kind }, { phase }) =>
        (kind === "power-read" || kind === "relay-read") && phase === "proved-off",
    ),
  },
  {
    breaks: "nothing is given back while something burns",
    machine: recalling((state, { kind }) =>
      kind === "stove-reset-requested" ? { ...state, hazards: {} } : state,
    ),
  },
  {
    breaks: "nothing is given back unless it is proved off",
    machine: recalling((state, { kind, at }) => {
      if (kind !== "stove-reset-requested" || state.latch === null) return state;
      return readNow({ ...state, phase: "proved-off" }, at, 0);
    }),
  },
  {
    breaks: "an unknown gap ends a cooking",
    machine: misled(stoveGuard, (taken) => {
      if (taken.event.kind !== "gateway-started") return taken;
      return { ...taken, event: { ...taken.event, gapMs: taken.event.gapMs ?? 0 } };
    }),
  },
  {
    breaks: "a contactor has its time to fall",
    machine: planned((plan) => ({
      ...plan,
      devices: plan.devices.map(({ settles: _, ...device }) => device),
    })),
  },
  {
    breaks: "a wired relay needs no radio",
    machine: planned((plan) => ({
      ...plan,
      devices: plan.devices.map((device) => ({ ...device, byRadio: true })),
    })),
  },
];
