/**
 * What may be shown of the rules' memory: a pure picture of it, with nothing promised beyond it.
 */
import type { HomePlan } from "../protocol/home.ts";
import type { Instant } from "../protocol/time.ts";
import type { AlarmStage, AlarmView, HomeView, ModuleView, StoveView } from "../protocol/view.ts";
import { type SignalPattern, strongestSignal } from "./effects.ts";
import type { EngineState, MachineList } from "./engine.ts";
import type { Fault } from "./events.ts";
import { faultOfMachine } from "./failure.ts";
import { type HomeStates, homeMachines, homeStates, manifests } from "./index.ts";
import { dailySignFaults } from "./machines/daily-sign.ts";
import { coming, type OpenAlarm } from "./machines/escalation-state.ts";
import { falseAlarmSaid } from "./machines/escalation-words.ts";
import { storageFaults } from "./machines/storage.ts";
import { stoveManifest } from "./machines/stove-manifest.ts";
import {
  type Moment,
  metersOf,
  presenceBlind,
  relaysOf,
  resetRefusal,
  somebodyMoves,
} from "./machines/stove-sight.ts";
import type { StoveState } from "./machines/stove-state.ts";
import { blindFaults, sightOf } from "./machines/supervision-sight.ts";
import { modulesOf } from "./module-switch.ts";
import {
  cardOf,
  fixtureViews,
  privacyView,
  questionView,
  servicesView,
  toldOf,
} from "./view-living.ts";

/** What is known of the way of an alarm besides itself. */
interface Way {
  readonly now: Instant;
  readonly careLost: boolean;
  /** Alarms that are on the home's disk. */
  readonly stored: ReadonlySet<string>;
}

const machinesByName: MachineList = homeMachines;

/** A promise that has had its time is none, whoever has heard of that yet. */
function comingAt(open: OpenAlarm, now: Instant): readonly string[] {
  return coming(open).flatMap(({ name, until }) => (until > now ? [name] : []));
}

function stageOf(open: OpenAlarm, { now, careLost, stored }: Way): AlarmStage {
  if (comingAt(open, now).length > 0) return "coming";
  if (careLost) return "no-path";
  if (open.holder === "peer") return "with-care";
  return stored.has(open.alarm.id) ? "stored" : "calling";
}

function alarmView(open: OpenAlarm, way: Way, states: HomeStates): AlarmView {
  const { id, category, level, reason, device, room, raisedAt, late, drill } = open.alarm;
  return {
    id,
    category,
    level,
    reason,
    device: device ?? null,
    room: room ?? null,
    raisedAt,
    late,
    drill: drill === true,
    stage: stageOf(open, way),
    stored: way.stored.has(id),
    acceptedBy: comingAt(open, way.now),
    told: toldOf(states, open.alarm.id),
    falseAlarmSaid: falseAlarmSaid(open),
  };
}

/** Power of all meters together; null as soon as one of them is unread. */
function powerOf(state: StoveState, plan: HomePlan): number | null {
  let sum: number | null = null;
  for (const { id } of metersOf(plan)) {
    const reading = state.meters[id];
    if (reading === undefined) return null;
    sum = (sum ?? 0) + reading.watts;
  }
  return sum;
}

function presenceOf(state: StoveState, moment: Moment): StoveView["presence"] {
  if (presenceBlind(state, moment.plan)) return "blind";
  return state.phase === "on" || somebodyMoves(state, moment) ? "seen" : "absent";
}

/** Nothing is shown of a stove that nobody guards: what was known of it is old (invariant 6). */
function stoveView(state: EngineState, plan: HomePlan, now: Instant): StoveView | null {
  const { isOn } = modulesOf(machinesByName, state.machines, state.switched);
  if (relaysOf(plan).length === 0 || !isOn(stoveManifest.name)) return null;
  return guardedView(homeStates(state).stoveGuard, plan, now);
}

function guardedView(state: StoveState, plan: HomePlan, now: Instant): StoveView {
  const refused = resetRefusal(state, { plan, now });
  return {
    phase: state.phase,
    since: state.since,
    powerW: powerOf(state, plan),
    presence: presenceOf(state, { plan, now }),
    cutAt: state.warning?.cutAt ?? null,
    cutBecause: state.latch?.because ?? null,
    resetAllowed: refused === null,
    resetRefusedBecause: refused?.because ?? null,
    resetRefusedBy: refused?.device ?? null,
    holdUntil: state.cooking?.holdUntil ?? null,
  };
}

/**
 * Devices and radio, the disk, and machines that failed: all that can keep a module from seeing.
 */
function faultsOf(state: EngineState): readonly Fault[] {
  const { supervision, storage, dailySign } = homeStates(state);
  const failed = Object.keys(state.failed ?? {});
  return [
    ...supervision.faults,
    ...storageFaults(storage),
    ...dailySignFaults(dailySign),
    ...failed.map((name) => faultOfMachine(name, machinesByName[name])),
  ];
}

function moduleViews(state: EngineState, plan: HomePlan): readonly ModuleView[] {
  const faults = faultsOf(state);
  const modules = modulesOf(machinesByName, state.machines, state.switched);
  return manifests.map((manifest) => {
    const card = cardOf(manifest, homeStates(state), { plan, modules });
    // What is not there cannot be blind.
    const own = card.on ? faults : [];
    return {
      ...card,
      sees: sightOf(manifest, own, plan),
      blindBecause: blindFaults(manifest, own).map(({ subject, what }) => ({ subject, what })),
    };
  });
}

function signalOf(states: HomeStates): SignalPattern {
  const call = states.emergencyCall.call === null ? "none" : "called";
  return strongestSignal([call, states.stoveGuard.signal, states.hazard.signal]);
}

/** The home as it may be shown at `now`, with the state as of what is on the disk by then. */
export function viewOf(
  plan: HomePlan,
  state: EngineState,
  now: Instant,
  durable: EngineState = state,
): HomeView {
  const states = homeStates(state);
  const way: Way = {
    now,
    careLost: states.careLink.peer === "lost",
    stored: new Set(homeStates(durable).escalation.open.map(({ alarm }) => alarm.id)),
  };
  return {
    alarms: states.escalation.open.map((open) => alarmView(open, way, states)),
    stove: stoveView(state, plan, now),
    modules: moduleViews(state, plan),
    link: { care: states.careLink.peer },
    signal: signalOf(states),
    fixtures: fixtureViews(states, plan),
    pause: { until: states.choices.pausedUntil },
    question: questionView(states),
    services: servicesView(states),
    privacy: privacyView(states),
  };
}
