/**
 * What the home shows of itself: the state that the hub publishes and the tablet draws. Only what
 * is true.
 */
import type { Category, Level } from "./alarm.ts";
import type { Instant } from "./time.ts";

/**
 * How far help is, in the order in which it comes nearer. `calling`: on its way, and not on the
 * home's disk yet; `no-path`: the care service cannot be reached and nobody is coming; `stored`:
 * kept by the home; `with-care`: kept by the care service.
 */
export type AlarmStage = "calling" | "no-path" | "stored" | "with-care" | "coming";

/** An open alarm. It leaves the view only when a person closed it (invariant 3). */
export interface AlarmView {
  readonly id: string;
  readonly category: Category;
  readonly level: Level;
  readonly reason: string;
  readonly device: string | null;
  readonly room: string | null;
  readonly raisedAt: Instant;
  readonly late: boolean;
  /** A test of the way to people: nobody is in need. */
  readonly drill: boolean;
  readonly stage: AlarmStage;
  /** Names of the persons who said that they are coming. */
  readonly acceptedBy: readonly string[];
  readonly falseAlarmSaid: boolean;
}

/** The stove as the guard knows it. `unknown` is a value, never a kind of off (invariant 6). */
export interface StoveView {
  readonly phase:
    | "unknown"
    | "off"
    | "on"
    | "unattended"
    | "warned"
    | "cut"
    | "proved-off"
    | "not-off";
  readonly since: Instant;
  /** Sum over the meters; null while any of them is unread, or there is none. */
  readonly powerW: number | null;
  readonly presence: "seen" | "absent" | "blind";
  /** When the warning ends in the cut; null while nothing is warned of. */
  readonly cutAt: Instant | null;
  readonly cutBecause: string | null;
  readonly resetAllowed: boolean;
  /** Why a reset would be refused now; null when it is allowed. */
  readonly resetRefusedBecause: string | null;
  /** The device that must change first, such as a detector that still senses smoke. */
  readonly resetRefusedBy: string | null;
  readonly holdUntil: Instant | null;
}

/** One thing that keeps a module from seeing. */
export interface BlindnessView {
  /** Device id, or `radio`. */
  readonly subject: string;
  readonly what: string;
}

/** A module of the home and whether it sees. */
export interface ModuleView {
  readonly name: string;
  readonly benefit: { readonly de: string; readonly en: string };
  /** `none`: a device that the module cannot do without is silent, stuck or missing. */
  readonly sees: "all" | "less" | "none";
  readonly blindBecause: readonly BlindnessView[];
}

/** All of it. The parts are published one by one, each under its own name. */
export interface HomeView {
  readonly alarms: readonly AlarmView[];
  /** Null in a home without a stove relay. */
  readonly stove: StoveView | null;
  readonly modules: readonly ModuleView[];
  readonly link: { readonly care: "reachable" | "lost" | "unknown" };
  readonly signal: "none" | "called" | "warning" | "alarm";
}
