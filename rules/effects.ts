/**
 * What a rule asks for. Imperative; can fail; where that matters its outcome comes back as
 * `effect-ended`.
 */
import type { Alarm, AlarmNote, Closing, Person } from "../protocol/alarm.ts";
import type { LivingUp } from "../protocol/living.ts";
import type { Fault } from "./events.ts";

/** What lights and sirens show, weakest first. The strongest in force wins. */
export const signalStrength = ["none", "called", "warning", "alarm"] as const;
export type SignalPattern = (typeof signalStrength)[number];

/** The strongest of several patterns. */
export function strongestSignal(patterns: Iterable<SignalPattern>): SignalPattern {
  let found: SignalPattern = "none";
  for (const pattern of patterns) {
    if (signalStrength.indexOf(pattern) > signalStrength.indexOf(found)) found = pattern;
  }
  return found;
}

/**
 * The sentences the home says aloud and shows. Keys; the tablet has the words, German and English.
 */
export type AnnouncementKey =
  | "help-stored"
  | "help-with-care"
  | "help-coming"
  | "help-no-path"
  | "help-nobody-yet"
  | "alarm-closed"
  /** Nobody is in need: the way to people is tried out. */
  | "drill-running"
  /** The home has it on its disk; nobody else need know it yet. */
  | "false-alarm-noted"
  /** The care service has it on its disk. */
  | "false-alarm-told"
  | "stove-unattended"
  | "stove-cut"
  | "stove-proved-off"
  | "stove-not-off"
  /** The reset was asked for and refused; the words say why. */
  | "stove-reset-refused"
  /**
   * The radio is gone, and the stove is on or nobody knows (`stove` in the words): only a person
   * can cut it.
   */
  | "stove-unguarded"
  | "hazard-found"
  | "module-blind"
  /** A question: the resident has not said yet that all is well. */
  | "daily-sign-asked"
  | "daily-sign-missing"
  | "pause-begun"
  | "pause-ended"
  | "module-dropped"
  | "module-added"
  | "module-refused"
  | "care-unreachable"
  | "care-reachable";

/** Actuation: performed at once, never waits for anything (invariant 1). */
export type Act =
  | {
      readonly kind: "cut-power";
      readonly device: string;
      /** First the plug itself, then by group or broadcast. */
      readonly way: "direct" | "group";
    }
  | { readonly kind: "give-power"; readonly device: string }
  /**
   * Reads the relay and, where the device measures, its power: both come back as fresh readings.
   */
  | { readonly kind: "read-relay"; readonly device: string }
  | {
      readonly kind: "signal";
      /** Each machine holds its own pattern; the shell shows the strongest of them. */
      readonly source: "emergency-call" | "stove-guard" | "hazard";
      readonly pattern: SignalPattern;
    };

/** Alarm transmission: handed to the uplink at once, in parallel with the journal (invariant 1). */
export type Transmission =
  | { readonly kind: "offer-custody"; readonly alarm: Alarm; readonly epoch: number }
  | {
      readonly kind: "tell-peer-accepted";
      readonly alarmId: string;
      readonly by: Person;
      /** Counted from 1 within the alarm, by the side where the answer was given. */
      readonly nth: number;
    }
  | {
      readonly kind: "tell-peer-declined";
      readonly alarmId: string;
      readonly by: Person;
      /** Counted from 1 within the alarm, by the side where the answer was given. */
      readonly nth: number;
    }
  | {
      readonly kind: "tell-peer-noted";
      readonly alarmId: string;
      readonly note: AlarmNote;
      /** Names this note for good. */
      readonly word: string;
      /** Counted from 1 within the alarm. */
      readonly nth: number;
    }
  | {
      readonly kind: "tell-peer-closed";
      readonly alarmId: string;
      readonly closing: Closing;
      /** The words that this side had heard when the person closed. */
      readonly heard: readonly string[];
    }
  /** What the resident chose, ordered or said. */
  | { readonly kind: "tell-peer-living"; readonly body: LivingUp }
  | { readonly kind: "tell-peer-fault"; readonly fault: Fault; readonly cleared: boolean }
  | {
      readonly kind: "tell-party";
      readonly alarm: Alarm;
      readonly party: string;
      /** For somebody whom the agreement does not name: an alarm was handed over to them. */
      readonly name?: string;
      /** Counted from 0 within the chain. */
      readonly step: number;
      /** Rounds through the chain so far; above 0 the message is marked as a repeat. */
      readonly round: number;
      readonly late: boolean;
    };

/** A word to a person or to the other side; some wait for the disk (`waitsForDisk`). */
export type Pledge =
  | {
      readonly kind: "announce";
      readonly key: AnnouncementKey;
      readonly alarmId?: string;
      /** Words for the sentence: a name, a room, a device. */
      readonly words: Readonly<Record<string, string>>;
    }
  | { readonly kind: "take-custody"; readonly alarmId: string; readonly epoch: number }
  /** At the care service: the home learns that a note has arrived. */
  | { readonly kind: "confirm-note"; readonly alarmId: string; readonly word: string }
  /** At the care service: the home is to raise a test alarm. */
  | { readonly kind: "ask-drill"; readonly drillId: string };

/** Everything a rule can ask for. */
export type Effect = Act | Transmission | Pledge;

/** An effect with the id it was born with and the event that caused it. */
export type PlannedEffect = Effect & { readonly id: string; readonly cause: string };

/** The frame that takes the stove's power. */
export type PlannedCut = Extract<PlannedEffect, { readonly kind: "cut-power" }>;

/** Sentences that are true only once the event behind them is on this side's disk. */
const storedKeys: readonly AnnouncementKey[] = [
  "help-stored",
  "false-alarm-noted",
  "alarm-closed",
  "module-dropped",
  "module-added",
  "pause-begun",
];

/**
 * Whether an effect must wait until the event that caused it is on disk (invariant 2). A warning,
 * the proof of a relay, or what the care service holds on *its* disk is true without ours, and a
 * full or stalled disk must not silence it.
 */
export function waitsForDisk(effect: Effect): boolean {
  switch (effect.kind) {
    case "take-custody":
    case "confirm-note":
    case "ask-drill":
    // Counted by this side: a count that a crash forgets would be used again for another word.
    case "tell-peer-living":
      return true;
    case "announce":
      return storedKeys.includes(effect.key);
    default:
      return false;
  }
}
