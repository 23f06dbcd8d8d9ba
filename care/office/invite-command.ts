/**
 * `node care/main.ts --config FILE --invite NAME [--role ROLE]`: a one-time link for the first
 * administrator, or for somebody who has lost password and telephone. Whoever may run a program
 * with the service's configuration may do this.
 */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { AccountRole } from "../../protocol/care-api.ts";
import { openCareDatabase } from "../store/open.ts";
import type { DatabasePlace } from "../store/place.ts";
import type { CareDatabase } from "../store/schema.ts";
import { everyGroup } from "./directory.ts";
import { invitePath, makeInvite } from "./invites.ts";

async function accountOf(db: Kysely<CareDatabase>, name: string, role: AccountRole) {
  const known = await db
    .selectFrom("accounts")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  const id = randomUUID();
  await db
    .insertInto("accounts")
    .values({
      id,
      name,
      email: null,
      role,
      groups: JSON.stringify([everyGroup]),
      home: null,
      party: null,
      password: null,
      totp_secret: null,
      totp_last: null,
      disabled: 0,
      created_wall: Date.now(),
    })
    .execute();
  return id;
}

/** Returns the path of the link; it is good once and for a day. */
export async function invite(
  place: DatabasePlace,
  name: string,
  role: AccountRole = "administrator",
): Promise<string> {
  const db = await openCareDatabase(place);
  try {
    return invitePath(await makeInvite(db, await accountOf(db, name, role), Date.now()));
  } finally {
    await db.destroy();
  }
}
