/**
 * Where data of one home stand: for the export and for erasing, so that neither forgets a table.
 */
import type { CareDatabase } from "../store/schema.ts";

/** Tables with a column `home`, in the order of erasing. */
export const homeTables = [
  "tellings",
  "context",
  "orders",
  "wishes",
  "living",
  "drills",
  "faults",
  "alarms",
  "closings",
  "events",
  "inbox",
  "outbox",
  "push_subscriptions",
  "agreements",
  "access_log",
  "homes",
  "accounts",
  "known_homes",
] as const satisfies readonly (keyof CareDatabase)[];

export type HomeTable = (typeof homeTables)[number];

/** Tables in which nothing is about one home; a new table belongs in one of the two lists. */
export const otherTables = [
  "owners",
  "stamp",
  "sessions",
  "login_failures",
  "settings",
] as const satisfies readonly (keyof CareDatabase)[];

/** Secrets of the service are no data of the person. */
export const secretColumns: ReadonlySet<string> = new Set([
  "token_sha256",
  "credential_sha256",
  "imported_credential",
  "password",
  "totp_secret",
  "totp_last",
  "p256dh",
  "auth",
]);
