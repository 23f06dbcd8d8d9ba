/** Holds what residents were told against what the care service has: the promises of the kill campaign. */
import type { DeskEvent } from "../../protocol/desk.ts";
import type { Shown } from "../../sim/demo/tablet.ts";

/** What the campaign did and saw. Times are performance.now() of the campaign's process. */
export interface Evidence {
  readonly care: readonly DeskEvent[];
  readonly shown: readonly Shown[];
  /** When somebody first accepted an alarm at the desk. */
  readonly accepted: ReadonlyMap<string, number>;
}

const announcements = (shown: readonly Shown[]) =>
  shown.filter(({ topic }) => topic === "home/announcement");

/** Alarms that the resident was told of, by any sentence that names them. */
export function toldOf(shown: readonly Shown[]): ReadonlySet<string> {
  const ids = announcements(shown).map(({ payload }) => payload["alarmId"]);
  return new Set(ids.filter((id) => typeof id === "string"));
}

/** One press and one kill; a gateway that was dead at the press was killed at or before it. */
export interface Deed {
  readonly pressedAt: number;
  killedAt: number;
}

/** A ready gateway tells of a press within this; measured are some tens of milliseconds. */
export const tellsWithinMs = 1_000;
/** What was said before the kill may still be on its way to the tablet's process. */
const underWayMs = 100;

/**
 * Whether the gateway had its time and told nobody of the press: then it is to blame, not the kill.
 * What is said of alarms from before the press does not count.
 */
export function ignored({ pressedAt, killedAt }: Deed, shown: readonly Shown[]): boolean {
  if (killedAt - pressedAt < tellsWithinMs) return false;
  const before = toldOf(shown.filter(({ at }) => at < pressedAt));
  const until = killedAt + underWayMs;
  const then = toldOf(shown.filter(({ at }) => at >= pressedAt && at <= until));
  return [...then].every((id) => before.has(id));
}

/** Emergency calls among the care service's events. */
export function callsIn(care: readonly DeskEvent[]): number {
  return care.filter((it) => it.kind === "raised" && it.category === "emergency-call").length;
}

/** Alarms that the care service raised, each as often as it did. */
export function raisedAt(care: readonly DeskEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, alarmId } of care) {
    if (kind === "raised" && alarmId !== undefined) {
      counts.set(alarmId, (counts.get(alarmId) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * Alarms that the resident was told of and that the care service never got. A care service that is
 * killed between its disk and its line "raised" never prints that line; it says so with custody.
 */
export function lost({ care, shown }: Evidence): readonly string[] {
  const there = care.filter(({ kind }) => kind === "raised" || kind === "custody");
  const arrived = new Set(there.map(({ alarmId }) => alarmId));
  return [...toldOf(shown)].filter((id) => !arrived.has(id));
}

/** Alarms that the care service has more than once. */
export function doubled({ care }: Evidence): readonly string[] {
  return [...raisedAt(care)].filter(([, count]) => count > 1).map(([id]) => id);
}

/** The care service prints what it did after it is done; a busy machine may write that line late. */
const printedLateMs = 100;

/** Sentences that were not true when they were said. */
export function untrue({ care, shown, accepted }: Evidence): readonly string[] {
  const custody = new Map<string, number>();
  for (const { kind, alarmId = "", wall_ms: wallMs } of care) {
    if (kind === "custody" && !custody.has(alarmId)) custody.set(alarmId, wallMs);
  }
  const found: string[] = [];
  for (const { payload, at } of announcements(shown)) {
    const { key, alarmId } = payload;
    const id = String(alarmId);
    const takenAt = (custody.get(id) ?? Number.POSITIVE_INFINITY) - printedLateMs;
    if (key === "help-with-care" && performance.timeOrigin + at < takenAt) {
      found.push(`help-with-care ${id}`);
    }
    const acceptedAt = accepted.get(id);
    if (key === "help-coming" && (acceptedAt === undefined || acceptedAt > at)) {
      found.push(`help-coming ${id}`);
    }
  }
  return found;
}
