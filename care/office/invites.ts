/** One-time links with which a person sets a password; there is no default password anywhere. */
import type { Kysely } from "kysely";
import type { CareDatabase } from "../store/schema.ts";
import { digestOf, newToken } from "./tokens.ts";

/** Long enough for a night shift, too short to lie about. */
export const inviteMs = 24 * 3_600_000;

interface Invite {
  readonly account: string;
  readonly expires_wall: number;
}

const keyOf = (token: string): string => `invite/${digestOf(token)}`;

/** The page behind a link; it has the token in the path and sends it in a body. */
export const invitePath = (token: string): string => `/invite/${token}`;

/** Withdraws what the account could log in with, and makes the link that replaces it. */
export async function makeInvite(
  db: Kysely<CareDatabase>,
  account: string,
  now: number,
): Promise<string> {
  const token = newToken();
  const invite: Invite = { account, expires_wall: now + inviteMs };
  await db.transaction().execute(async (within) => {
    await dropInvites(within, account);
    await within
      .insertInto("settings")
      .values({ key: keyOf(token), value: JSON.stringify(invite) })
      .execute();
    await within
      .updateTable("accounts")
      .set({ password: null, totp_secret: null, totp_last: null })
      .where("id", "=", account)
      .execute();
    await within.deleteFrom("sessions").where("account", "=", account).execute();
  });
  return token;
}

/** The account that a link is for, while it is good. */
export async function invitedBy(
  db: Kysely<CareDatabase>,
  token: string,
  now: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("key", "=", keyOf(token))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { account, expires_wall } = JSON.parse(row.value) as Invite;
  return expires_wall > now ? account : undefined;
}

/** Takes a link out of the world; false when somebody else was first. */
export async function takeInvite(db: Kysely<CareDatabase>, token: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("settings")
    .where("key", "=", keyOf(token))
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Links of this account, or all that have run out. */
export async function dropInvites(
  db: Kysely<CareDatabase>,
  which: string | { readonly before: number },
): Promise<void> {
  const rows = await db
    .selectFrom("settings")
    .selectAll()
    .where("key", "like", "invite/%")
    .execute();
  for (const { key, value } of rows) {
    const { account, expires_wall } = JSON.parse(value) as Invite;
    const out = typeof which === "string" ? account === which : expires_wall <= which.before;
    if (out) await db.deleteFrom("settings").where("key", "=", key).execute();
  }
}
