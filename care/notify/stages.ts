/**
 * How far a telling has come. Stages only move forward: a late receipt takes nothing back. Pure.
 */
import { type TellingStage, tellingStages } from "../../protocol/care-views.ts";

/** Written before a message leaves: if it still stands later, nobody knows whether it left. */
export const unfinished = "underway";

/** A person's answer may change, and outweighs every receipt. */
const answers: readonly TellingStage[] = ["accepted", "declined"];

/** From these on somebody was reached. */
export const arrived: readonly TellingStage[] = ["delivered", "seen", "accepted", "declined"];

/** Whether a telling may go on to this stage. */
export function follows(before: TellingStage, next: TellingStage): boolean {
  if (before === next || next === "due") return false;
  if (answers.includes(next)) return true;
  if (answers.includes(before)) return false;
  // A provider may give up first and find a way after all; and what was moot may have arrived.
  if (before === "failed" || before === "moot") return next === "delivered" || next === "seen";
  if (next === "failed") return before === "due" || before === "sent";
  if (next === "moot") return before === "due";
  return tellingStages.indexOf(next) > tellingStages.indexOf(before);
}

/** The stages from which this one can be reached. */
export const befores = (next: TellingStage): readonly TellingStage[] =>
  tellingStages.filter((before) => follows(before, next));
