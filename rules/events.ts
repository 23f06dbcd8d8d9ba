/** What happened. An event is a fact, past or present, never a command. Rules read nothing else. */
import type { Alarm, AlarmNote, Closing, Person } from "../protocol/alarm.ts";
import type { Look, Offer, Order, OrderWord } from "../protocol/living.ts";
import type { Instant, LocalTime } from "../protocol/time.ts";
import type { HubFact, RadioFact, StorageFact } from "./part-facts.ts";

/**
 * What a device said. `device` is the id in the home's plan. Only a fresh frame makes such a fact.
 */
export type DeviceFact =
  | { readonly kind: "button-pressed"; readonly device: string }
  /** A frame of an SOS device that nobody understood; never silence (it becomes a concern). */
  | { readonly kind: "button-unclear"; readonly device: string; readonly frame: string }
  | { readonly kind: "motion-sensed"; readonly device: string; readonly moving: boolean }
  | { readonly kind: "contact-sensed"; readonly device: string; readonly open: boolean }
  | {
      readonly kind: "hazard-sensed";
      readonly device: string;
      readonly hazard: "smoke" | "heat" | "leak";
      readonly present: boolean;
    }
  | { readonly kind: "temperature-sensed"; readonly device: string; readonly celsius: number }
  | { readonly kind: "relay-read"; readonly device: string; readonly on: boolean }
  | { readonly kind: "power-read"; readonly device: string; readonly watts: number }
  | {
      readonly kind: "battery-read";
      readonly device: string;
      readonly volts?: number;
      readonly percent?: number;
    }
  /** A light or a cover, 0 (off, closed) to 100. */
  | { readonly kind: "level-read"; readonly device: string; readonly level: number }
  /** Any other fresh frame: a sign that the device lives, and nothing more. */
  | { readonly kind: "device-heard"; readonly device: string };

/** What a person did at the tablet. Requests carry who asked, as the hub authenticated it. */
export type PersonFact =
  | { readonly kind: "help-requested"; readonly client: string }
  | { readonly kind: "false-alarm-said"; readonly alarmId: string; readonly client: string }
  | { readonly kind: "presence-said"; readonly client: string }
  /** Only a local client may make this fact; the hub's access list holds that. */
  | { readonly kind: "stove-reset-requested"; readonly client: string }
  | {
      readonly kind: "stove-hold-requested";
      readonly client: string;
      readonly minutes: number;
    }
  | {
      readonly kind: "module-choice-said";
      readonly module: string;
      readonly on: boolean;
      readonly client: string;
    }
  /** 0 ends it at once. */
  | { readonly kind: "pause-said"; readonly minutes: number; readonly client: string }
  | { readonly kind: "wellbeing-said"; readonly client: string }
  | { readonly kind: "order-said"; readonly order: OrderWord; readonly client: string };

/** What the care service said of choices, services and looks; and what follows from choices. */
export type LivingFact =
  | {
      readonly kind: "module-answered";
      readonly ask: string;
      readonly granted: boolean;
      readonly by: Person;
      readonly note: string;
    }
  | {
      readonly kind: "catalogue-told";
      readonly version: number;
      readonly offers: readonly Offer[];
    }
  | { readonly kind: "orders-told"; readonly version: number; readonly orders: readonly Order[] }
  | { readonly kind: "looks-told"; readonly version: number; readonly looks: readonly Look[] }
  /** The care service's chain has told this person of an alarm. */
  | { readonly kind: "person-told"; readonly alarmId: string; readonly by: Person }
  /** Derived by `choices`: a module is dropped, or there again. The engine runs it by this. */
  | { readonly kind: "module-switched"; readonly module: string; readonly on: boolean }
  /** Derived by `choices`: null when no pause is in force any more. */
  | { readonly kind: "pause-switched"; readonly until: Instant | null };

/** Where a fact about an alarm was born. What the other side told is never told back to it. */
export type Origin = "here" | "peer";

/**
 * Where an answer was given. `nth` is its place among the answers given to this alarm on the other
 * side: links may reorder, and a withdrawn acceptance must not come back as "help is coming".
 */
export type AnswerOrigin =
  | { readonly from: "here" }
  | { readonly from: "peer"; readonly nth: number };

/**
 * Where a note was made. `word` names it for good, so that a repeat is the same note; of a cry it
 * is also the id of the alarm that the cry becomes when a person closed the noted one without
 * having heard of it. `nth` is its place among the notes of this alarm: links may reorder.
 */
export type NoteOrigin =
  | { readonly from: "here" }
  | { readonly from: "peer"; readonly word: string; readonly nth: number };

/** A person who said that they are coming, and until when that may be told to others. */
export type Coming = Person & { readonly until: Instant };

/** What is known of an alarm after it was raised. Said by the other side, or by this one. */
export type AlarmFact =
  | { readonly kind: "alarm-raised"; readonly alarm: Alarm }
  /** At the care side: a home offers custody. At the home this fact does not occur. */
  | { readonly kind: "custody-offered"; readonly alarm: Alarm; readonly epoch: number }
  /** At the home: the care service has the alarm durably. */
  | { readonly kind: "custody-taken"; readonly alarmId: string; readonly epoch: number }
  | ({
      readonly kind: "alarm-accepted";
      readonly alarmId: string;
      readonly by: Person;
    } & AnswerOrigin)
  /** Not coming; from somebody who had accepted, it withdraws the acceptance. */
  | ({
      readonly kind: "alarm-declined";
      readonly alarmId: string;
      readonly by: Person;
    } & AnswerOrigin)
  /** At the care service: `by` is not coming any more, and `to` is to be told at once. */
  | {
      readonly kind: "alarm-handed-over";
      readonly alarmId: string;
      readonly by: Person;
      readonly to: Person;
    }
  /** At the care service: the message of this step has arrived at the party. */
  | {
      readonly kind: "party-reached";
      readonly alarmId: string;
      readonly party: string;
      readonly step: number;
      readonly round: number;
    }
  /** At the care service: a test alarm is due, or somebody wants one. */
  | { readonly kind: "drill-ordered"; readonly drillId: string }
  /** At the home: the care service asks for a test alarm. */
  | { readonly kind: "drill-requested"; readonly drillId: string }
  | ({
      readonly kind: "alarm-noted";
      readonly alarmId: string;
      readonly note: AlarmNote;
    } & NoteOrigin)
  /** At the home: the care service has the note with this word on its disk. */
  | { readonly kind: "note-taken"; readonly alarmId: string; readonly word: string }
  | {
      readonly kind: "alarm-closed";
      readonly alarmId: string;
      readonly closing: Closing;
      readonly from: Origin;
      /** Words of the notes that the other side had when the person closed; none said is none. */
      readonly heard?: readonly string[];
    }
  /**
   * Derived by `escalation` whenever it changes: who keeps the deadlines of an open alarm, and who
   * is coming. Machines and screens that speak of help read this, not the single answers.
   */
  | {
      readonly kind: "alarm-stands";
      readonly alarmId: string;
      readonly holder: "self" | "peer";
      /** In the order of their answers: the newest is the last. */
      readonly coming: readonly Coming[];
    };

/** The link to the other side (care service at the home, home at the care service). */
export type LinkFact =
  /**
   * A beat: the other side lives, and has custody of these alarms, on its disk. `leaving` is why it
   * stops after it; the care service says how long the resident is away, null where nobody has.
   */
  | {
      readonly kind: "peer-heard";
      readonly holds: readonly { readonly alarmId: string; readonly epoch: number }[];
      readonly leaving?: Leaving;
      readonly absentUntilWall?: number | null;
    }
  /** The transport to the other side is down, however long its next beat may take. */
  | { readonly kind: "peer-disconnected" }
  /** At the care side: beats are missing, and that is no alarm yet. */
  | { readonly kind: "peer-late" }
  | { readonly kind: "peer-lost" }
  | { readonly kind: "peer-back" }
  /**
   * At the care side: people know that this home will be silent until then. An instant that has
   * passed ends it.
   */
  | { readonly kind: "maintenance-told"; readonly until: Instant };

/** Why a gateway said goodbye. */
export type Leaving = "restart" | "maintenance";

/** What the machine itself went through. */
export type ClockFact =
  /**
   * The gateway started. `gapMs` is how long it was away; null means that nobody knows (no trusted
   * clock): rules then treat open deadlines as overdue.
   */
  | {
      readonly kind: "gateway-started";
      readonly boot: string;
      readonly gapMs: number | null;
      /** The rules started without all of the memory that lies on the disk. */
      readonly blind?: boolean;
    }
  | {
      readonly kind: "clock-told";
      readonly wallMs: number;
      readonly trusted: boolean;
      readonly local: LocalTime;
    }
  /** A deadline came due. `lateMs` is how long after it the loop woke. */
  | { readonly kind: "deadline-reached"; readonly lateMs: number };

/** The outcome of an effect that can fail. */
export type EffectFact = {
  readonly kind: "effect-ended";
  readonly effect: string;
  readonly ok: boolean;
  readonly detail: string;
};

/** A fault that supervision found or saw mended, with the modules that are blind while it lasts. */
export type FaultFact =
  | {
      readonly kind: "fault-found";
      readonly fault: Fault;
    }
  | { readonly kind: "fault-cleared"; readonly fault: Fault };

/** A fault of a device, of the radio, or of the gateway itself. */
export interface Fault {
  /** Device id, `radio`, `storage`, `hub`, or the name of the machine that failed. */
  readonly subject: string;
  readonly what:
    | "silent"
    | "stuck"
    | "battery-low"
    | "missing"
    | "radio-lost"
    | "not-fail-safe"
    | "not-storing"
    | "rule-failed"
    /** No time source has told the hour for long. */
    | "clock-unknown"
    /** Somebody tried to get in without a right, or uses a tablet's credential elsewhere. */
    | "intrusion";
  /** Modules that cannot see, or see less, while this lasts. */
  readonly blind: readonly string[];
}

/** All facts. */
export type Fact =
  | DeviceFact
  | RadioFact
  | StorageFact
  | HubFact
  | PersonFact
  | LivingFact
  | AlarmFact
  | LinkFact
  | ClockFact
  | EffectFact
  | FaultFact;

/** A fact with the id it was born with and the gateway time it was learnt at. */
export type RuleEvent = Fact & { readonly id: string; readonly at: Instant };

const deviceKinds: ReadonlySet<string> = new Set<DeviceFact["kind"]>([
  "button-pressed",
  "button-unclear",
  "motion-sensed",
  "contact-sensed",
  "hazard-sensed",
  "temperature-sensed",
  "relay-read",
  "power-read",
  "battery-read",
  "level-read",
  "device-heard",
]);

/** Whether the event is a fresh frame of a device: a sign that it lives. */
export function isDeviceFact(event: Fact): event is DeviceFact {
  return deviceKinds.has(event.kind);
}
