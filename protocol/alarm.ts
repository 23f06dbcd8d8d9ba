/** The words of an alarm, the same in code, on screens, in logs and in the documentation. */
import type { Instant } from "./time.ts";

/**
 * How urgent a message is. `alarm`: somebody must come; `concern`: somebody must ask; the rest
 * informs.
 */
export const levels = ["alarm", "concern", "warning", "info"] as const;
export type Level = (typeof levels)[number];

/** What an alarm is about; the agreement chooses the chain of people by it. */
export const categories = [
  "emergency-call",
  "stove",
  "hazard",
  "inactivity",
  "fault",
  "comfort",
] as const;
export type Category = (typeof categories)[number];

/** What a person says at the end of an alarm. An alarm has no other end (invariant 3). */
export const outcomes = [
  "helped",
  "ambulance-called",
  "nobody-needed-help",
  "false-alarm",
  "fault-repaired",
] as const;
export type Outcome = (typeof outcomes)[number];

/** A person or service that can be told, accept, decline and close. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** An alarm as it was raised. What happens to it later are facts of their own. */
export interface Alarm {
  /** Made from the event that raised it, so that a repeat is the same alarm. */
  readonly id: string;
  readonly category: Category;
  readonly level: Level;
  /** What it is in one machine-readable word, such as `sos-pressed` or `stove-not-off`. */
  readonly reason: string;
  /** Device that caused it, where there is one. */
  readonly device?: string;
  /** Room of that device, in the words of the home's configuration. */
  readonly room?: string;
  readonly raisedAt: Instant;
  /**
   * True when the alarm was raised later than it should have been, for example after a power cut.
   */
  readonly late: boolean;
  /** A test of the way to people: nobody is in need. */
  readonly drill?: true;
}

/**
 * What is added to an open alarm; told to the other side, never an end. The first two are cries:
 * the resident presses again; what raised the alarm was over and began anew.
 */
export const alarmNotes = ["pressed-again", "danger-again", "false-alarm-said"] as const;
export type AlarmNote = (typeof alarmNotes)[number];

/** How an alarm ended: by whom and with what. */
export interface Closing {
  readonly by: Person;
  readonly outcome: Outcome;
  /** What was found and done, in the person's words; may be empty. */
  readonly note: string;
}
