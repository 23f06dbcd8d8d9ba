/** How a person gets a second factor: a secret is shown, and counts once a code proves it. */
import type { Kysely } from "kysely";
import type { CareDatabase } from "../store/schema.ts";
import { Refusal } from "./refusal.ts";
import { codeStep, newTotpSecret, totpUri } from "./totp.ts";

/** A secret that was shown and not proved is forgotten. */
const pendingMs = 900_000;

interface Pending {
  readonly secret: string;
  readonly wall: number;
}

interface Person {
  readonly id: string;
  readonly name: string;
}

const keyOf = (account: string): string => `totp/${account}`;

export async function beginEnrolment(db: Kysely<CareDatabase>, person: Person, now: number) {
  const secret = newTotpSecret();
  const value = JSON.stringify({ secret, wall: now } satisfies Pending);
  await db
    .insertInto("settings")
    .values({ key: keyOf(person.id), value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
  return { uri: totpUri(person.name, secret), secret };
}

export async function endEnrolment(
  db: Kysely<CareDatabase>,
  account: string,
  { code, now }: { readonly code: string; readonly now: number },
): Promise<void> {
  const key = keyOf(account);
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("key", "=", key)
    .executeTakeFirst();
  const pending = row === undefined ? undefined : (JSON.parse(row.value) as Pending);
  if (pending === undefined || now - pending.wall > pendingMs) {
    throw new Refusal(409, "begin the enrolment again: the code on the screen is too old");
  }
  const step = codeStep(pending.secret, code, now);
  if (step === undefined) throw new Refusal(400, "this is not the code of the secret shown");
  await db.deleteFrom("settings").where("key", "=", key).execute();
  await db
    .updateTable("accounts")
    .set({ totp_secret: pending.secret, totp_last: step })
    .where("id", "=", account)
    .execute();
}
