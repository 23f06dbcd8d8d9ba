/** What the rules know of the hour at the home, and of who is there at that hour. */
import { between, type Instant, type LocalTime, laterLocal } from "../protocol/time.ts";
import type { EngineState } from "./engine.ts";
import type { RuleEvent } from "./events.ts";

/** What was told of the hour; a part of the engine's memory. */
export interface HourMemory {
  /** Told last by a trusted clock, and when that was; earlier versions kept no wall time. */
  readonly clock?: { readonly local: LocalTime; readonly at: Instant; readonly wallMs?: number };
  /** At the home: what the care service said last of the resident's absence. */
  readonly absentUntilWall?: number | null;
}

/**
 * The local time at `now`, while a trusted clock has told it, and whether the resident is away
 * then: an absence ends by itself, also while the care service cannot be heard.
 */
export function localAt(memory: HourMemory, now: Instant): LocalTime | undefined {
  const { clock, absentUntilWall: until = null } = memory;
  if (clock === undefined) return undefined;
  const passed = between(clock.at, now);
  const local = laterLocal(clock.local, passed);
  if (until === null || clock.wallMs === undefined) return local;
  return { ...local, absent: clock.wallMs + passed < until };
}

/** The memory after an event that tells of the hour; any other leaves it as it is. */
export function heardHour(memory: EngineState, event: RuleEvent): EngineState {
  if (event.kind === "clock-told" && event.trusted) {
    return { ...memory, clock: { local: event.local, at: event.at, wallMs: event.wallMs } };
  }
  if (event.kind === "peer-heard" && event.absentUntilWall !== undefined) {
    return { ...memory, absentUntilWall: event.absentUntilWall };
  }
  if (event.kind === "gateway-started" && event.gapMs === null) {
    const { clock: _, ...rest } = memory;
    return rest;
  }
  return memory;
}
