/**
 * Smoke, heat and leak: an alarm at once, and it ends only by a person (invariants 1 and 3). What a
 * detector said last is no knowledge of now: a "clear" that got lost must not make the next fire
 * look like the last one (invariant 6).
 */
import type { Alarm } from "../../protocol/alarm.ts";
import { deviceById } from "../../protocol/home.ts";
import { after, type Instant, minutes } from "../../protocol/time.ts";
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
  /** When it last said that there is danger; null when there is none, and while nobody knows. */
  readonly presentAt: Instant | null;
  /** The alarm that a person has not closed yet. */
  readonly alarmId: string | null;
  /** Closed while there was danger: from here on, danger that goes on is an alarm again. */
  readonly againAt: Instant | null;
}

/** Detectors that said something, by device and hazard: bounded by the plan. */
export interface HazardState {
  readonly detectors: Readonly<Record<string, Detector>>;
  readonly signal: SignalPattern;
}

/**
 * Ours: a detector that repeats itself while there is danger does so within this; what it says
 * later than that may be another fire, whose beginning nobody told from the end of the last.
 */
export const repeatsWithin = minutes(5);

const manifest: ModuleManifest = {
  name: "hazard",
  title: { de: "Rauch, Hitze, Wasser", en: "Smoke, heat, water" },
  basis: false,
  told: {
    de: "Pflegedienst und Helfer erfahren von Rauch, Hitze oder Wasser.",
    en: "The care service and your helpers learn of smoke, heat or water.",
  },
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

const unheard = (hazard: HazardKind): Detector => ({
  hazard,
  presentAt: null,
  alarmId: null,
  againAt: null,
});

/** Whether a word of danger is the beginning of one, as far as anybody can tell. */
function isOnset({ presentAt, againAt }: Detector, now: Instant): boolean {
  if (presentAt === null || now >= after(presentAt, repeatsWithin)) return true;
  return againAt !== null && now >= againAt;
}

const roomOf = (device: string, { plan }: Surroundings): { readonly room?: string } => {
  const room = deviceById(plan, device)?.room;
  return room === undefined ? {} : { room };
};

function alarmOf({ device, hazard }: Sensed, id: string, around: Surroundings): Alarm {
  return {
    id,
    category: "hazard",
    level: hazard === "leak" ? "concern" : "alarm",
    reason: hazard,
    device,
    ...roomOf(device, around),
    raisedAt: around.now,
    late: false,
  };
}

/** Danger begins: an alarm, or a cry for the one that is still open, so that its chain goes on. */
function began(
  state: HazardState,
  event: Sensed,
  alarmId: string | null,
  around: Surroundings,
): Step<HazardState> {
  const { device, hazard } = event;
  const key = `${device}:${hazard}`;
  const id = alarmId ?? around.newId(key);
  const detector = { hazard, presentAt: around.now, alarmId: id, againAt: null };
  const shown = signalled(
    { ...state, detectors: { ...state.detectors, [key]: detector } },
    alarmId !== null,
  );
  const words = { ...roomOf(device, around), hazard };
  return {
    state: shown.state,
    effects: [...shown.effects, { kind: "announce", key: "hazard-found", alarmId: id, words }],
    emits: [
      alarmId === null
        ? { kind: "alarm-raised", alarm: alarmOf(event, id, around) }
        : { kind: "alarm-noted", alarmId, note: "danger-again", from: "here" },
    ],
    because: `${hazard} at ${device}: ${alarmId === null ? "alarm" : "again"}`,
  };
}

function sensed(state: HazardState, event: Sensed, around: Surroundings): Step<HazardState> {
  const { device, hazard, present } = event;
  const key = `${device}:${hazard}`;
  const before = state.detectors[key] ?? unheard(hazard);
  if (present && isOnset(before, around.now)) return began(state, event, before.alarmId, around);
  const detector = { ...before, presentAt: present ? around.now : null };
  return unchanged({ ...state, detectors: { ...state.detectors, [key]: detector } });
}

/**
 * A cry that nobody had heard when its alarm was closed became an alarm of its own: the siren goes
 * on for that one.
 */
function raised(state: HazardState, { id, device, reason }: Alarm): Step<HazardState> {
  const key = `${device}:${reason}`;
  const detector = state.detectors[key];
  if (detector === undefined || detector.alarmId !== null) return unchanged(state);
  const detectors = { ...state.detectors, [key]: { ...detector, alarmId: id, againAt: null } };
  return { ...signalled({ ...state, detectors }, false), emits: [], because: `${key}: ${id}` };
}

/**
 * A person ended it. Smoke that is still there is an alarm again when the detector goes on saying
 * so for long; smoke that comes back is one at once.
 */
function closed(state: HazardState, alarmId: string, around: Surroundings): Step<HazardState> {
  const open = Object.entries(state.detectors).find(([, one]) => one.alarmId === alarmId);
  if (open === undefined) return unchanged(state);
  const [key, detector] = open;
  const againAt = after(around.now, around.plan.link.closeWithin);
  const detectors = { ...state.detectors, [key]: { ...detector, alarmId: null, againAt } };
  return { ...signalled({ ...state, detectors }, false), emits: [], because: `${key}: closed` };
}

/** Nobody heard the detectors meanwhile: what they say next is news. */
function forgotten(state: HazardState, isDeaf: (device: string) => boolean): HazardState {
  const detectors = Object.entries(state.detectors).map(([key, one]) => {
    const device = key.slice(0, -one.hazard.length - 1);
    return [key, isDeaf(device) ? { ...one, presentAt: null } : one] as const;
  });
  return { ...state, detectors: Object.fromEntries(detectors) };
}

/** The machine. */
export const hazard: Machine<HazardState> = {
  manifest,
  initial: () => ({ detectors: {}, signal: "none" }),
  step(state, event, around) {
    switch (event.kind) {
      case "hazard-sensed":
        return sensed(state, event, around);
      case "alarm-raised":
        return raised(state, event.alarm);
      case "alarm-closed":
        return closed(state, event.alarmId, around);
      case "radio-ready":
        return unchanged(
          forgotten(state, (device) => deviceById(around.plan, device)?.byRadio !== false),
        );
      case "gateway-started":
        return {
          ...signalled(
            forgotten(state, () => true),
            true,
          ),
          emits: [],
        };
      default:
        return unchanged(state);
    }
  },
  // It has no deadline: what it does, it does at once, and a person ends it.
  wakeAt: () => undefined,
};
