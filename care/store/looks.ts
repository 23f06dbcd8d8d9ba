/**
 * Looks at a resident's data as the resident is told of them: one plain word for what was looked
 * at. The desk's own log says more. Pure.
 */
import type { LookWord } from "../../protocol/living.ts";

/** How each entry of the access log begins, and its word. */
const beginnings: readonly (readonly [string, LookWord])[] = [
  ["saw an open alarm", "alarm"],
  ["saw alarm", "alarm"],
  ["had an open alarm", "alarm"],
  ["called because of", "call"],
  ["saw the home", "home"],
  ["changed what is known of the resident", "home"],
  ["saw the agreement", "agreement"],
  ["changed the agreement", "agreement"],
  ["saw the history", "history"],
  ["exported everything", "export"],
  ["asked for absence", "absence"],
  ["asked for maintenance", "maintenance"],
  ["asked for drill", "drill"],
  ["work on", "faults"],
  ["revoked the gateway's credential", "credential"],
  ["issued a gateway credential", "credential"],
  ["saw the services", "services"],
  ["answered an order", "services"],
  ["saw the choices", "modules"],
  ["answered a wish", "modules"],
];

export const lookWord = (what: string): LookWord =>
  beginnings.find(([beginning]) => what.startsWith(beginning))?.[1] ?? "other";
