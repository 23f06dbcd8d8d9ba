/**
 * What the home shows of itself: the state that the hub publishes and the tablet draws. Only what
 * is true.
 */
import type { Category, Level } from "./alarm.ts";
import type { Role } from "./home.ts";
import type { Look, Offer, Order } from "./living.ts";
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
  /** On the home's disk, whatever the stage: also while there is no path. */
  readonly stored: boolean;
  /** Names of the persons who said that they are coming. */
  readonly acceptedBy: readonly string[];
  /** Names of the persons who were told of it, in this order. */
  readonly told: readonly string[];
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
  readonly title: { readonly de: string; readonly en: string };
  readonly benefit: { readonly de: string; readonly en: string };
  /** What is told to whom while the module is on. */
  readonly told: { readonly de: string; readonly en: string };
  /** Part of the house itself: shown for its sight, never dropped. */
  readonly basis: boolean;
  /** Rooms and roles of the devices that it uses in this home. */
  readonly devices: readonly { readonly role: Role; readonly room: string }[];
  readonly on: boolean;
  readonly droppable: boolean;
  /** Dropping it waits for the care service's word. */
  readonly needsCare: boolean;
  /** Why it cannot be dropped now, in one word, such as `stove-cut`; null when it can. */
  readonly heldBy: string | null;
  /** Asked for, and not answered by the care service yet. */
  readonly asked: { readonly on: boolean; readonly at: Instant } | null;
  /** The resident's choices, newest first; bounded by `livingMax.history`. */
  readonly history: readonly ChoiceView[];
  /** `none`: a device that the module cannot do without is silent, stuck or missing. */
  readonly sees: "all" | "less" | "none";
  readonly blindBecause: readonly BlindnessView[];
}

/** One choice about a module: what, when, and what became of it. */
export interface ChoiceView {
  readonly on: boolean;
  readonly at: Instant;
  readonly state: "done" | "asked" | "refused";
  /** Whose word it was: the resident's, a person's of the care service, or that of the rules. */
  readonly from: "resident" | "care" | "home";
  /** The client at which it was said, the person's name, or `home`. */
  readonly by: string;
  /** A sentence of the care service; of the home one word why (`stove-cut`); may be empty. */
  readonly note: string;
}

/** A light, cover or door, and how it is as far as anybody knows. */
export interface FixtureView {
  readonly id: string;
  readonly kind: "light" | "cover" | "door";
  readonly room: string;
  /** 0 (off, closed) to 100; of a door 0 or 100 (open). Null: unknown (invariant 6). */
  readonly level: number | null;
  readonly since: Instant | null;
}

/** Pause for visitors: it ends by itself and never covers a call for help. */
export interface PauseView {
  /** Gateway time; null while there is none. */
  readonly until: Instant | null;
}

/** A question that stands: the resident has not said yet today that all is well. */
export interface QuestionView {
  readonly kind: "daily-sign";
  /** When somebody is called to look, unless the resident says so before. */
  readonly until: Instant;
}

/** Services of the provider, and what is ordered of them. */
export interface ServicesView {
  readonly offers: readonly Offer[];
  /** Orders as the care service knows them, and those it has not heard of yet (`sent` false). */
  readonly orders: readonly (Order & { readonly sent: boolean })[];
}

/** What the resident can see of who was told what, and who looked. */
export interface PrivacyView {
  /** Newest first. */
  readonly told: readonly ToldView[];
  /** Newest first. */
  readonly looks: readonly Look[];
  /** When the resident last said "I am well"; null when never. */
  readonly wellbeing: { readonly at: Instant } | null;
}

/** One person who was told of one alarm. */
export interface ToldView {
  readonly alarmId: string;
  readonly reason: string;
  readonly category: Category;
  readonly who: string;
  readonly at: Instant;
}

/** All of it. The parts are published one by one, each under its own name. */
export interface HomeView {
  readonly alarms: readonly AlarmView[];
  /** Null in a home without a stove relay. */
  readonly stove: StoveView | null;
  readonly modules: readonly ModuleView[];
  readonly link: { readonly care: "reachable" | "lost" | "unknown" };
  readonly signal: "none" | "called" | "warning" | "alarm";
  readonly fixtures: readonly FixtureView[];
  readonly pause: PauseView;
  /** Null while nothing is asked. */
  readonly question: QuestionView | null;
  readonly services: ServicesView;
  readonly privacy: PrivacyView;
}
