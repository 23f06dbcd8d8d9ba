/**
 * The hour at a home as its rules are told it. They choose the chain by it, and days, holidays,
 * summer time and absences come and go: before whatever may choose one they are told.
 */
import { isSameTime } from "../platform/local-time.ts";
import type { LocalTime } from "../protocol/time.ts";
import type { EngineState } from "../rules/engine.ts";
import type { Fact } from "../rules/events.ts";
import { localAt } from "../rules/hour.ts";
import type { CareClock } from "./home.ts";

export interface HourParts {
  readonly clock: CareClock;
  /** The hour at the home, where the clock is trusted. */
  readonly local: () => LocalTime;
}

const told = ({ clock }: HourParts, local: LocalTime): Fact => {
  const { wall_ms, trusted } = clock.wall();
  return { kind: "clock-told", wallMs: wall_ms, trusted, local };
};

export const hourNow = (parts: HourParts): Fact => told(parts, parts.local());

/** The hour, where rules with this memory take it for another one. */
export function newHour(memory: EngineState, parts: HourParts): Fact | undefined {
  const local = parts.local();
  const believed = localAt(memory, parts.clock.now());
  const isKnown = believed !== undefined && isSameTime(believed, local);
  return isKnown ? undefined : told(parts, local);
}
