/**
 * The two potential-free contacts AUX1 and AUX2 of a certified three-phase stove guard of the Hager
 * WXH20x class. Its manual names 00 (off, no danger) and 01 (cooking). Any other pair means more
 * than cooking, and what exactly differs between models: it is taken for danger, never for safety.
 */
import type { DeviceFact } from "../../rules/events.ts";

/** A contact that cannot be read is undefined. True is closed. */
export interface AuxContacts {
  readonly aux1: boolean | undefined;
  readonly aux2: boolean | undefined;
}

export type GuardState = "off" | "cooking" | "danger" | "unreadable";

export function guardState({ aux1, aux2 }: AuxContacts): GuardState {
  if (aux1 === undefined || aux2 === undefined) return "unreadable";
  if (aux1) return "danger";
  return aux2 ? "cooking" : "off";
}

/**
 * What to tell the rules when the guard goes from one state to another; nothing while unreadable.
 * The first word after that says also that there is no danger: the rules may remember one from
 * before, and would take the next for the same.
 */
export function guardFacts(
  device: string,
  before: GuardState,
  after: GuardState,
): readonly DeviceFact[] {
  if (after === before || after === "unreadable") return [];
  const facts: DeviceFact[] = [];
  if (after === "danger" || before === "danger" || before === "unreadable") {
    facts.push({ kind: "hazard-sensed", device, hazard: "heat", present: after === "danger" });
  }
  if (after !== "danger") facts.push({ kind: "contact-sensed", device, open: after === "off" });
  return facts;
}
