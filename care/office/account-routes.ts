/** Accounts of people, kept by an administrator who never learns a password. */
import { randomUUID } from "node:crypto";
import {
  type AccountRole,
  type ChangeAccount,
  changeAccountSchema,
  newAccountSchema,
} from "../../protocol/care-api.ts";
import type { AccountView } from "../../protocol/care-office-views.ts";
import type { TableOf } from "../store/schema.ts";
import { invitePath, makeInvite } from "./invites.ts";
import type { OfficeParts } from "./parts.ts";
import { notYours, Refusal } from "./refusal.ts";
import { type Handlers, read } from "./route.ts";

type Account = TableOf<"accounts">;

const accountsMax = 5_000;

function viewOf(row: Account): AccountView {
  return {
    id: row.id,
    name: row.name,
    email: row.email ?? "",
    role: row.role as AccountRole,
    groups: JSON.parse(row.groups) as string[],
    home: row.home,
    party: row.party,
    enrolled: row.totp_secret !== null,
    disabled: row.disabled === 1,
    created_wall: row.created_wall,
  };
}

/** Without an administrator nobody could be let in again but from the command line. */
async function keepOneAdministrator(parts: OfficeParts, except: string): Promise<void> {
  const other = await parts.db
    .selectFrom("accounts")
    .select("id")
    .where("role", "=", "administrator")
    .where("disabled", "=", 0)
    .where("id", "!=", except)
    .executeTakeFirst();
  if (other === undefined) {
    throw new Refusal(409, "this is the last administrator; make another one first");
  }
}

function checkHelper(sent: { role: string; home: string | null; party: string | null }): void {
  const named = sent.home !== null && sent.party !== null;
  if (sent.role === "helper" && !named) {
    throw new Refusal(400, "a helper needs a home and a party of its agreement");
  }
  if (sent.role !== "helper" && (sent.home !== null || sent.party !== null)) {
    throw new Refusal(400, "only a helper is tied to one home");
  }
}

async function create(parts: OfficeParts, body: unknown) {
  const sent = read(newAccountSchema, body);
  checkHelper(sent);
  const { db, wall } = parts;
  const row = {
    id: randomUUID(),
    name: sent.name,
    email: sent.email,
    role: sent.role,
    groups: JSON.stringify(sent.groups),
    home: sent.home,
    party: sent.party,
    password: null,
    totp_secret: null,
    totp_last: null,
    disabled: 0,
    created_wall: wall(),
  };
  await db.transaction().execute(async (within) => {
    const same = await within
      .selectFrom("accounts")
      .select("id")
      .where("name", "=", sent.name)
      .executeTakeFirst();
    if (same !== undefined) throw new Refusal(409, "an account with this name exists already");
    await within.insertInto("accounts").values(row).execute();
  });
  const invite = invitePath(await makeInvite(db, row.id, wall()));
  return { account: viewOf(row), invite };
}

function changesOf(sent: ChangeAccount) {
  return {
    ...(sent.email === undefined ? {} : { email: sent.email }),
    ...(sent.role === undefined ? {} : { role: sent.role }),
    ...(sent.groups === undefined ? {} : { groups: JSON.stringify(sent.groups) }),
    ...(sent.disabled === undefined ? {} : { disabled: sent.disabled ? 1 : 0 }),
  };
}

async function change(parts: OfficeParts, id: string, body: unknown) {
  const { db, wall, sessions } = parts;
  const sent = read(changeAccountSchema, body);
  const find = () => db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
  const row = await find();
  if (row === undefined) throw notYours("account");
  const role = sent.role ?? row.role;
  checkHelper({ role, home: row.home, party: row.party });
  if (row.role === "administrator" && (role !== "administrator" || sent.disabled === true)) {
    await keepOneAdministrator(parts, id);
  }
  const changes = changesOf(sent);
  if (Object.keys(changes).length > 0) {
    await db.updateTable("accounts").set(changes).where("id", "=", id).execute();
  }
  const invite = sent.reset === true ? invitePath(await makeInvite(db, id, wall())) : null;
  // Whatever was changed: sessions with the old rights end.
  await sessions.closeAll(id);
  const after = await find();
  return { account: viewOf(after ?? row), invite };
}

export function accountRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/accounts": async () => {
      const rows = await parts.db
        .selectFrom("accounts")
        .selectAll()
        .orderBy("name")
        .limit(accountsMax)
        .execute();
      return { accounts: rows.map(viewOf) };
    },
    "POST /api/accounts": async ({ request }) => await create(parts, request.body),
    "PUT /api/accounts/:id": async ({ request, param }) =>
      await change(parts, param("id"), request.body),
  };
}
