/** What supervision remembers of each device and of the radio, and how a fault comes and goes. */
import type { HomePlan, PlannedDevice, Role } from "../../protocol/home.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { Fact, Fault, RuleEvent } from "../events.ts";
import type { ModuleManifest, Surroundings } from "../machine.ts";

export type FaultKind = Fault["what"];

/** Whether a motion sensor moves or rests, since when, and since when it has had no real pause. */
export interface Motion {
  readonly moving: boolean;
  readonly since: Instant;
  readonly busySince: Instant;
}

/** One device as supervision sees it. */
export interface Watched {
  /** Last sign of life, or when waiting for one began. */
  readonly heardAt: Instant;
  /** Whether it was asked since. */
  readonly asked: boolean;
  /** What a motion sensor said; null for other devices, and while nothing is known. */
  readonly motion: Motion | null;
  /** What the low battery was seen by; the same kind of reading must show that it is fresh. */
  readonly lowBy: "volts" | "percent" | null;
}

export interface SupervisionState {
  readonly devices: Readonly<Record<string, Watched>>;
  /** Faults in force. At most one per subject and kind, so their number is bounded by the plan. */
  readonly faults: readonly Fault[];
  /** Since when the radio has been away; null while it is ready. */
  readonly radioAwaySince: Instant | null;
  /** The open alarm about missing devices: many missing devices are one alarm. */
  readonly missingAlarm: string | null;
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

/** The subject of faults that concern the radio as a whole. */
export const radioSubject = "radio";

export function hasFault(state: SupervisionState, subject: string, what: FaultKind): boolean {
  return state.faults.some((fault) => fault.subject === subject && fault.what === what);
}

/** Roles that speak over the radio or not at all: all of them. */
function rolesOf(plan: HomePlan, subject: string): readonly Role[] {
  return plan.devices.flatMap((device) =>
    subject === radioSubject || device.id === subject ? device.roles : [],
  );
}

/** The modules that cannot see, or see less, without this device. A weak battery blinds nobody yet. */
function blindedBy(turn: SupervisionTurn, subject: string, what: FaultKind): readonly string[] {
  if (what === "battery-low") return [];
  const roles = rolesOf(turn.around.plan, subject);
  return turn.manifests
    .filter((manifest) =>
      [...manifest.needs, ...manifest.uses].some((role) => roles.includes(role)),
    )
    .map((manifest) => manifest.name);
}

/** Modules that some fault blinds now. A device without its fail-safe still sees. */
export function blindModules(faults: readonly Fault[]): readonly string[] {
  const seeing = faults.filter((fault) => fault.what !== "not-fail-safe");
  return [...new Set(seeing.flatMap((fault) => fault.blind))];
}

function placeWords(plan: HomePlan, subject: string): Record<string, string> {
  const room = plan.devices.find((device) => device.id === subject)?.room;
  return { device: subject, ...(room === undefined ? {} : { room }) };
}

/** Finds a fault once: tells the care service, and the home which module is blind from now on. */
export function find(turn: SupervisionTurn, subject: string, what: FaultKind): void {
  const { state, around } = turn;
  if (hasFault(state, subject, what)) return;
  const fault: Fault = { subject, what, blind: blindedBy(turn, subject, what) };
  const faults = [...state.faults, fault];
  const before = blindModules(state.faults);
  turn.state = { ...state, faults };
  turn.emits.push({ kind: "fault-found", fault });
  turn.effects.push({ kind: "tell-peer-fault", fault, cleared: false });
  for (const module of blindModules(faults)) {
    if (before.includes(module)) continue;
    const words = { module, what, ...placeWords(around.plan, subject) };
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

/** Raises an alarm about a fault that no technician's work order can wait for. */
export function raiseFault(
  turn: SupervisionTurn,
  device: PlannedDevice,
  alarm: { readonly reason: string; readonly level: "alarm" | "concern" },
): string {
  const { around } = turn;
  const id = around.newId(`${alarm.reason}:${device.id}`);
  turn.emits.push({
    kind: "alarm-raised",
    alarm: {
      id,
      category: "fault",
      ...alarm,
      device: device.id,
      room: device.room,
      raisedAt: around.now,
      late: false,
    },
  });
  return id;
}
