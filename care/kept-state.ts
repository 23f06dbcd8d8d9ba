/**
 * The rules' memory of a home as it is written: closings have a table of their own, so that what is
 * written at each step does not grow with every alarm that ever was.
 */
import type { EngineState } from "../rules/engine.ts";
import { careStates } from "../rules/index.ts";
import type { ClosedAlarm } from "../rules/machines/escalation-state.ts";
import type { EntryRow, KeptHome } from "./store/rows.ts";

/** The state after a step, and what was closed since the state before it. */
export function writtenState(
  before: EngineState,
  after: EngineState,
): { readonly state: string; readonly closings: NonNullable<EntryRow["closings"]> } {
  const { escalation } = careStates(after);
  const known = new Set(careStates(before).escalation.closed);
  const fresh = escalation.closed.filter((closed) => !known.has(closed));
  const machines = { ...after.machines, escalation: { ...escalation, closed: [] } };
  return {
    state: JSON.stringify({ ...after, machines }),
    closings: fresh.map((closed) => ({ alarm: closed.alarmId, body: JSON.stringify(closed) })),
  };
}

/** The state that a restart goes on from; undefined for a home without one. */
export function readState({
  state,
  closings,
}: Pick<KeptHome, "state" | "closings">): EngineState | undefined {
  if (state === undefined) return undefined;
  const read = JSON.parse(state) as EngineState;
  const { escalation } = careStates(read);
  const closed = closings.map((text) => JSON.parse(text) as ClosedAlarm);
  // A state of an earlier version has its closings in itself.
  const named = new Set(closed.map(({ alarmId }) => alarmId));
  const older = escalation.closed.filter(({ alarmId }) => !named.has(alarmId));
  const whole = { ...escalation, closed: [...older, ...closed] };
  return { ...read, machines: { ...read.machines, escalation: whole } };
}
