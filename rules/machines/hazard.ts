/** Smoke, heat and leak: an alarm at once, and it ends only by a person (invariants 1 and 3). */

import type { Alarm } from "../../protocol/alarm.ts";
import { deviceById } from "../../protocol/home.ts";
import type { Effect, SignalPattern } from "../effects.ts";
import type { RuleEvent } from "../events.ts";
import {
  type Machine,
  type ModuleManifest,
  type Step,
  type Surroundings,
  unchanged,
} from "../machine.ts";

type HazardKind = "smoke" | "heat" | "leak";

/** One detector and what it senses. */
interface Detector {
  readonly hazard: HazardKind;
  readonly present: boolean;
  /** The alarm that a person has not closed yet. */
  readonly alarmId: string | null;
}

/** Detectors that said something, by device and hazard: bounded by the plan. */
export interface HazardState {
  readonly detectors: Readonly<Record<string, Detector>>;
  readonly signal: SignalPattern;
}

const manifest: ModuleManifest = {
  name: "hazard",
  benefit: {
    de: "Ruft Hilfe bei Rauch und Hitze und meldet auslaufendes Wasser.",
    en: "Calls for help on smoke and heat, and reports leaking water.",
  },
  needs: [],
  uses: ["smoke", "heat", "leak", "siren"],
  settings: [],
  messages: [
    { reason: "smoke", level: "alarm" },
    { reason: "heat", level: "alarm" },
    { reason: "leak", level: "concern" },
  ],
  changedBy: ["installer"],
  droppable: false,
};

/** Smoke and heat call everybody in the home out; a leak only asks to look. */
function patternOf(detectors: readonly Detector[]): SignalPattern {
  const open = detectors.filter((detector) => detector.alarmId !== null);
  if (open.some((detector) => detector.hazard !== "leak")) return "alarm";
  return open.length > 0 ? "warning" : "none";
}

/** Sets the signal when it changes, and again after a start: the shell forgot it. */
function signalled(
  state: HazardState,
  again: boolean,
): Pick<Step<HazardState>, "state" | "effects"> {
  const pattern = patternOf(Object.values(state.detectors));
  if (pattern === state.signal && !again) return { state, effects: [] };
  const effect: Effect = { kind: "signal", source: "hazard", pattern };
  return { state: { ...state, signal: pattern }, effects: [effect] };
}

type Sensed = Extract<RuleEvent, { readonly kind: "hazard-sensed" }>;

function sensed(state: HazardState, event: Sensed, around: Surroundings): Step<HazardState> {
  const { device, hazard, present } = event;
  const key = `${device}:${hazard}`;
  const before = state.detectors[key] ?? { hazard, present: false, alarmId: null };
  const onset = present && !before.present && before.alarmId === null;
  const alarmId = onset ? around.newId(key) : before.alarmId;
  const detectors = { ...state.detectors, [key]: { hazard, present, alarmId } };
  if (!onset) return unchanged({ ...state, detectors });
  const room = deviceById(around.plan, device)?.room;
  const place = room === undefined ? {} : { room };
  const alarm: Alarm = {
    id: around.newId(key),
    category: "hazard",
    level: hazard === "leak" ? "concern" : "alarm",
    reason: hazard,
    device,
    ...place,
    raisedAt: around.now,
    late: false,
  };
  const step = signalled({ ...state, detectors }, false);
  return {
    state: step.state,
    effects: [
      ...step.effects,
      { kind: "announce", key: "hazard-found", alarmId: alarm.id, words: { ...place, hazard } },
    ],
    emits: [{ kind: "alarm-raised", alarm }],
    because: `${hazard} at ${device}: alarm`,
  };
}

/**
 * A person ended it. Smoke that is still there raises no second alarm; smoke that comes back does.
 */
function closed(state: HazardState, alarmId: string): Step<HazardState> {
  const open = Object.entries(state.detectors).find(([, one]) => one.alarmId === alarmId);
  if (open === undefined) return unchanged(state);
  const [key, detector] = open;
  const detectors = { ...state.detectors, [key]: { ...detector, alarmId: null } };
  return { ...signalled({ ...state, detectors }, false), emits: [], because: `${key}: closed` };
}

/** The machine. */
export const hazard: Machine<HazardState> = {
  manifest,
  initial: () => ({ detectors: {}, signal: "none" }),
  step(state, event, around) {
    switch (event.kind) {
      case "hazard-sensed":
        return sensed(state, event, around);
      case "alarm-closed":
        return closed(state, event.alarmId);
      case "gateway-started":
        return { ...signalled(state, true), emits: [] };
      default:
        return unchanged(state);
    }
  },
  // It has no deadline: what it does, it does at once, and a person ends it.
  wakeAt: () => undefined,
};
