/** Any trouble with the database of the care service as a sentence, whichever dialect it is. */
import { DatabaseFault, type DatabaseTrouble, faultOf } from "../../platform/sqlite.ts";
import { NewerSchema } from "./migrations.ts";
import { type DatabasePlace, placeName } from "./place.ts";

/** SQLSTATE by its first letters, and the words of Node for what happens on the way there. */
const troubles: readonly (readonly [string, DatabaseTrouble, string])[] = [
  ["22", "content", "cannot hold this row"],
  ["23", "content", "cannot hold this row"],
  ["53100", "no-space", "cannot grow: the disk is full"],
  ["55P03", "busy", "is held by another process"],
  ["57014", "busy", "did not answer in time"],
  ["28", "not-writable", "does not accept the name or the password"],
  ["3D000", "not-writable", "does not exist"],
  ["42501", "not-writable", "gives no permission"],
  ["25006", "not-writable", "is read-only"],
  ["XX001", "damaged", "is damaged"],
  ["ECONNREFUSED", "medium", "does not answer"],
];

/** The fault with its sentence; a password never stands in it. */
export function databaseFault(error: unknown, place: DatabasePlace): DatabaseFault {
  const name = placeName(place);
  if ("sqliteFile" in place || error instanceof DatabaseFault) return faultOf(error, name);
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof NewerSchema) return new DatabaseFault("newer", `${name}: ${text}.`, error);
  const code = codeOf(error);
  const known = troubles.find(([prefix]) => code.startsWith(prefix));
  const [, trouble, sentence] = known ?? ["", "medium", "cannot be reached"];
  return new DatabaseFault(trouble, `${name}: ${sentence} (${code}: ${text}).`, error);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "no code";
  return String(error.code);
}
