/** What supervision remembers of each device and of the radio, and how a fault comes and goes. */
import { deviceById } from "../../protocol/home.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact, Fault, RuleEvent } from "../events.ts";
import type { ModuleManifest, Surroundings } from "../machine.ts";
import { blindedBy, blindFaults, type FaultKind, sightOf } from "./supervision-sight.ts";

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
  tellPeer(turn, fault, false);
  for (const manifest of manifests) {
    const sight = sightOf(manifest, faults, around.plan);
    if (sight === sightOf(manifest, state.faults, around.plan)) continue;
    if (around.modules.isOn(manifest.name)) saySight(turn, manifest, fault);
  }
  turn.why.push(`${subject}: ${what}`);
}

/** A device that is silent is a fault also for a module that is dropped; but that is not blind. */
function tellPeer({ effects, around }: SupervisionTurn, fault: Fault, cleared: boolean): void {
  const blind = fault.blind.filter((module) => around.modules.isOn(module));
  effects.push({ kind: "tell-peer-fault", fault: { ...fault, blind }, cleared });
}

function saySight(turn: SupervisionTurn, manifest: ModuleManifest, fault: Fault): void {
  const { plan } = turn.around;
  const { subject, what } = fault;
  const room = deviceById(plan, subject)?.room;
  const sight = sightOf(manifest, turn.state.faults, plan);
  const place = { device: subject, ...(room === undefined ? {} : { room }) };
  const words = { module: manifest.name, sight, what, ...place };
  turn.effects.push({ kind: "announce", key: "module-blind", words });
}

/** A module that the resident has again may see less than when it was dropped: that is said. */
export function isBack(turn: SupervisionTurn, module: string): boolean {
  const manifest = turn.manifests.find(({ name }) => name === module);
  const [fault] = manifest === undefined ? [] : blindFaults(manifest, turn.state.faults);
  if (manifest === undefined || fault === undefined) return false;
  saySight(turn, manifest, fault);
  turn.why.push(`${module} is back, and does not see all`);
  return true;
}

/** Clears a fault that was found. */
export function clear(turn: SupervisionTurn, subject: string, what: FaultKind): void {
  const { state } = turn;
  const fault = state.faults.find((known) => known.subject === subject && known.what === what);
  if (fault === undefined) return;
  turn.state = { ...state, faults: state.faults.filter((known) => known !== fault) };
  turn.emits.push({ kind: "fault-cleared", fault });
  tellPeer(turn, fault, true);
  turn.why.push(`${subject}: no longer ${what}`);
}
