/**
 * The sentences of the tablet: what each of them is for. They are read by somebody of 85 who may be
 * afraid: short, "Sie", no technical word, and never more than is true (docs/plain-words.md).
 */
import type { Category, Outcome } from "../../../protocol/alarm.ts";
import type { StoveView } from "../../../protocol/view.ts";
import type { PageWords } from "./page-words.ts";

export interface TabletWords extends PageWords {
  /** Of this language, in itself. */
  readonly name: string;
  /** For dates and for the voice, such as `de-DE`. */
  readonly locale: string;
  /**
   * The home itself names its modules and services in `de` and `en`: in which of them it is shown
   * on a page in this language.
   */
  readonly homeSpeaks: string;
  readonly title: string;
  readonly clock: {
    readonly unknown: string;
    /** Parts of the day, from night to late evening, and the hour at which each begins. */
    readonly dayParts: readonly { readonly from: number; readonly words: string }[];
    /** With `{time}`; `{day}` and `{time}`. */
    readonly at: string;
    readonly onDayAt: string;
  };
  readonly frame: {
    readonly back: string;
    readonly help: string;
    readonly helpHint: string;
    readonly waiting: string;
    readonly ready: string;
    readonly careUnknown: string;
    readonly homeLost: string;
    readonly callRuns: string;
    readonly unknown: string;
    readonly broken: string;
    readonly brokenHint: string;
    readonly restarts: string;
  };
  readonly tiles: {
    readonly stove: string;
    readonly rooms: string;
    readonly services: string;
    readonly wellbeing: string;
    readonly more: string;
  };
  readonly wellbeing: {
    readonly sending: string;
    /** With `{time}`. */
    readonly saidAt: string;
    readonly taken: string;
    readonly failed: string;
  };
  readonly more: {
    readonly modules: string;
    readonly privacy: string;
    readonly pause: string;
    readonly settings: string;
  };
  readonly settings: {
    readonly language: string;
    readonly textSize: string;
    /** With `{percent}`. */
    readonly percent: string;
    readonly voice: string;
    readonly tryVoice: string;
    readonly noVoice: string;
    readonly sample: string;
  };
  readonly emergency: EmergencyWords;
  readonly stove: StoveWords;
  readonly pairing: {
    readonly none: string;
    readonly noneHint: string;
    readonly working: string;
    readonly used: string;
    readonly unheard: string;
    readonly refused: string;
    readonly again: string;
    /** With `{phone}`. */
    readonly phone: string;
  };
  /** What the home announces, by its key; empty where the screen says it by itself. */
  readonly announcements: Readonly<Record<string, string>>;
  /** Words of machines that stand inside a sentence: a reason, a refusal, a module, a sight. */
  readonly because: Readonly<Record<string, string>>;
  readonly rooms: Readonly<Record<string, string>>;
  readonly failed: string;
}

export interface EmergencyWords {
  /** Headlines by the reason of the alarm; by category for a reason without words. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly categories: Readonly<Record<Category, string>>;
  /** What to do, by the reason of the alarm. */
  readonly advice: Readonly<Record<string, string>>;
  readonly calling: string;
  readonly slow: string;
  readonly kept: string;
  readonly noPath: string;
  readonly usePhone: string;
  readonly stored: string;
  readonly withCare: string;
  /** The same of an alarm that is no call for help. */
  readonly alarmStored: string;
  readonly alarmWithCare: string;
  /** With `{name}`. */
  readonly coming: string;
  readonly somebody: string;
  readonly notYet: string;
  readonly nobodyYet: string;
  /** While there is no way to anybody. */
  readonly goesOn: string;
  /** With `{names}`. */
  readonly told: string;
  /** With `{room}`. */
  readonly inRoom: string;
  readonly again: string;
  /** "It was a mistake", of a call for help and of a danger. */
  readonly mistake: Readonly<Record<"call" | "danger", MistakeWords>>;
  readonly falseAlarmSent: string;
  readonly falseAlarmTold: string;
  readonly stale: string;
  readonly drill: string;
  readonly goHome: string;
  readonly goBack: string;
  /** With `{outcome}` and `{name}`. */
  readonly ended: string;
  readonly endedPlain: string;
  readonly forgotten: string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly understood: string;
}

export interface MistakeWords {
  readonly button: string;
  readonly sure: string;
  readonly yes: string;
  readonly no: string;
}

export interface StoveWords {
  readonly title: string;
  readonly none: string;
  /** By phase. */
  readonly phases: Readonly<Record<StoveView["phase"], string>>;
  /** With `{span}`. */
  readonly since: string;
  readonly oneMinute: string;
  /** With `{count}`. */
  readonly minutes: string;
  readonly oneHour: string;
  /** With `{count}`. */
  readonly hours: string;
  readonly lessThanAMinute: string;
  readonly seen: string;
  readonly absent: string;
  readonly blind: string;
  readonly warning: string;
  /** With `{span}`. */
  readonly cutIn: string;
  /** With `{count}`. */
  readonly seconds: string;
  readonly here: string;
  readonly hereFailed: string;
  /** With `{because}`. */
  readonly cutBecause: string;
  readonly reset: string;
  readonly resetSure: string;
  readonly resetYes: string;
  readonly resetNo: string;
  readonly resetSent: string;
  readonly resetFailed: string;
  /** With `{because}`. */
  readonly resetRefused: string;
  readonly notLocal: string;
}
