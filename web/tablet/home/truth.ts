/**
 * What may be said to the resident at this moment. Pure. Nothing here is truer than the home's own
 * word, and what is not known is said as that.
 */
import type { AlarmView } from "../../../protocol/view.ts";
import type { HomeNow } from "./now.ts";

/** Whether a call for help would reach anybody. */
export type Way = "ready" | "unknown" | "none";

export function wayOf({ life, parts }: HomeNow): Way {
  if (life === "lost") return "none";
  const care = parts.link?.care;
  if (life === "waiting" || care === undefined || care === "unknown") return "unknown";
  return care === "reachable" ? "ready" : "none";
}

/** About a person or a danger: these take the whole screen. Faults and tests do not. */
const gripping: readonly AlarmView["category"][] = [
  "hazard",
  "emergency-call",
  "stove",
  "inactivity",
];

const levels: readonly AlarmView["level"][] = ["alarm", "concern", "warning", "info"];

const weight = ({ category, level }: AlarmView): number =>
  levels.indexOf(level) * gripping.length + gripping.indexOf(category);

/** A call for help, of a button or a tablet. */
export const isCall = ({ category, level }: AlarmView): boolean =>
  category === "emergency-call" && level === "alarm";

/** The alarms that take the screen, the gravest first. */
export function grippingAlarms(alarms: readonly AlarmView[]): readonly AlarmView[] {
  return alarms
    .filter(({ category, drill }) => !drill && gripping.includes(category))
    .toSorted((one, other) => weight(one) - weight(other));
}

/** Tests of the way to people. */
export const drillsOf = (alarms: readonly AlarmView[]): readonly AlarmView[] =>
  alarms.filter(({ drill }) => drill);

/** Alarms about devices: told on the home screen. */
export const faultsOf = (alarms: readonly AlarmView[]): readonly AlarmView[] =>
  alarms.filter(({ category, drill }) => !drill && !gripping.includes(category));

export interface Unsent {
  /** In the page's own time. */
  readonly pressedAt: number;
  /** The home has said that it has it on its disk. */
  readonly taken: boolean;
}

/** What fills the screen. */
export interface Emergency {
  /** Alarms as the home tells them now. */
  readonly alarms: readonly AlarmView[];
  /** As it told them before it fell silent. */
  readonly stale: readonly AlarmView[];
  /** A call of this tablet that the home's state does not tell yet. */
  readonly unsent: Unsent | undefined;
}

/** Undefined while nothing needs the whole screen. */
export function emergencyOf(home: HomeNow): Emergency | undefined {
  const alarms = grippingAlarms(home.parts.alarms ?? []);
  const stale = grippingAlarms(home.staleAlarms);
  const [pressed] = home.calls;
  // A call that the home has taken is not told twice while its alarm is told as old.
  const told = pressed?.takenAt === undefined ? alarms : [...alarms, ...stale];
  const call = told.some(isCall) ? undefined : pressed;
  if (alarms.length + stale.length === 0 && call === undefined) return undefined;
  if (call === undefined) return { alarms, stale, unsent: undefined };
  const unsent = { pressedAt: call.pressedAt, taken: call.takenAt !== undefined };
  return { alarms, stale, unsent };
}

/** How far an alarm has come, each step true by itself. */
export interface Steps {
  readonly stored: boolean;
  readonly withCare: boolean;
  readonly coming: readonly string[];
}

/**
 * Somebody who comes has heard of it from one of the two sides, which keeps it on its disk; which
 * one that is, is not said by that.
 */
export function stepsOf({ stage, stored, acceptedBy }: AlarmView): Steps {
  return {
    stored: stored || stage === "with-care" || stage === "coming",
    withCare: stage === "with-care",
    coming: stage === "coming" ? acceptedBy : [],
  };
}
