/** What supervision remembers of each device and of the radio, and how a fault comes and goes. */
import { deviceById } from "../../protocol/home.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact, Fault, RuleEvent } from "../events.ts";
import type { ModuleManifest, Surroundings } from "../machine.ts";
import { blindedBy, type FaultKind, sightOf } from "./supervision-sight.ts";

/** Whether a motion sensor moves or rests, since when, and since when it has had no real pause. */
export interface Motion {
  readonly moving: boolean;
  readonly since: Instant;
  readonly busySince: Instant;
}

/** One device as supervision sees it. */
export interface Watched {
  /**
   * Last sign of life, or when waiting for one began; later by the time in which it could not have
   * been heard.
   */
  readonly heardAt: Instant;
  /** Whether it was asked since. */
  readonly asked: boolean;
  /** How often it was given more time than that since it was last heard. */
  readonly spared: number;
  /** What a motion sensor said; null for other devices, and while nothing is known. */
  readonly motion: Motion | null;
  /** What the low battery was seen by; the same kind of reading must show that it is fresh. */
  readonly lowBy: "volts" | "percent" | null;
}

/**
 * An alarm about a fault: the open one, or when the fault is one again after a person closed it.
 */
export interface FaultAlarm {
  readonly open: string | null;
  readonly againAt: Instant | null;
}

/** The memory of supervision. */
export interface SupervisionState {
  readonly devices: Readonly<Record<string, Watched>>;
  /** Faults in force. At most one per subject and kind, so their number is bounded by the plan. */
  readonly faults: readonly Fault[];
  /** Since when the radio has been away; null while it is ready. */
  readonly radioAwaySince: Instant | null;
  /** Alarms about faults, by what they are about. */
  readonly alarms: Readonly<Record<string, FaultAlarm>>;
  readonly wake: Instant | null;
}

/** One step in the making; nothing outside the step sees it change. */
export interface SupervisionTurn {
  state: SupervisionState;
  readonly manifests: readonly ModuleManifest[];
  readonly event: RuleEvent;
  readonly around: Surroundings;
  readonly effects: Effect[];
  readonly emits: Fact[];
  readonly why: string[];
}

/** Whether this fault is in force. */
export function hasFault(state: SupervisionState, subject: string, what: FaultKind): boolean {
  return state.faults.some((fault) => fault.subject === subject && fault.what === what);
}

/** Finds a fault once: tells the care service, and the home which module sees less from now on. */
export function find(turn: SupervisionTurn, subject: string, what: FaultKind): void {
  const { state, around, manifests } = turn;
  if (hasFault(state, subject, what)) return;
  const fault: Fault = { subject, what, blind: blindedBy(manifests, around.plan, subject, what) };
  const faults = [...state.faults, fault];
  turn.state = { ...state, faults };
  turn.emits.push({ kind: "fault-found", fault });
  turn.effects.push({ kind: "tell-peer-fault", fault, cleared: false });
  const room = deviceById(around.plan, subject)?.room;
  const place = { device: subject, ...(room === undefined ? {} : { room }) };
  for (const manifest of manifests) {
    const sight = sightOf(manifest, faults, around.plan);
    if (sight === sightOf(manifest, state.faults, around.plan)) continue;
    const words = { module: manifest.name, sight, what, ...place };
    turn.effects.push({ kind: "announce", key: "module-blind", words });
  }
  turn.why.push(`${subject}: ${what}`);
}

/** Clears a fault that was found. */
export function clear(turn: SupervisionTurn, subject: string, what: FaultKind): void {
  const { state } = turn;
  const fault = state.faults.find((known) => known.subject === subject && known.what === what);
  if (fault === undefined) return;
  turn.state = { ...state, faults: state.faults.filter((known) => known !== fault) };
  turn.emits.push({ kind: "fault-cleared", fault });
  turn.effects.push({ kind: "tell-peer-fault", fault, cleared: true });
  turn.why.push(`${subject}: no longer ${what}`);
}
