/** How a person comes in: password, code, and what proves an earlier login of this browser. */
import type { Kysely } from "kysely";
import type { Login } from "../../protocol/care-api.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";
import { invitedBy, takeInvite } from "./invites.ts";
import { chargeAttempt, giveBack } from "./login-counter.ts";
import { hashPassword, isPassword, isWeak } from "./password.ts";
import { Refusal } from "./refusal.ts";
import { isSame, newToken, seal } from "./tokens.ts";
import { codeStep } from "./totp.ts";

type Account = TableOf<"accounts">;

export interface LoginParts {
  readonly db: Kysely<CareDatabase>;
  readonly wall: () => number;
  /** Seals device cookies. */
  readonly cookieSecret: string;
}

/** Where an attempt comes from. */
export interface Origin {
  readonly address: string;
  readonly deviceCookie: string | undefined;
}

/** The same for each way to be wrong, so that nobody learns which name or password is right. */
const wrong = (): Refusal => new Refusal(401, "name, password or code is wrong");

/** Proves that this browser has logged in as this account before. */
export function makeDeviceCookie(secret: string, account: string): string {
  const nonce = newToken().slice(0, 22);
  return `${account}.${nonce}.${seal(secret, "device", account, nonce)}`;
}

function deviceOf(secret: string, cookie: string | undefined, account: string | undefined) {
  const [id = "", nonce = "", mac = ""] = cookie?.split(".") ?? [];
  if (id !== account) return undefined;
  return isSame(mac, seal(secret, "device", id, nonce)) ? nonce : undefined;
}

/** A code counts once: of two logins with the same one, the second is refused. */
export async function takeCode(
  { db, wall }: Pick<LoginParts, "db" | "wall">,
  account: Account,
  code: string | undefined,
): Promise<boolean> {
  if (account.totp_secret === null || code === undefined) return false;
  const step = codeStep(account.totp_secret, code, wall());
  if (step === undefined) return false;
  const taken = await db
    .updateTable("accounts")
    .set({ totp_last: step })
    .where("id", "=", account.id)
    .where(({ eb, or }) => or([eb("totp_last", "is", null), eb("totp_last", "<", step)]))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

export interface Entrance {
  readonly account: Account;
  readonly secondFactor: boolean;
}

/** Rejects with one and the same sentence for every wrong attempt. */
export async function enter(parts: LoginParts, login: Login, from: Origin): Promise<Entrance> {
  const { db, wall, cookieSecret } = parts;
  const account = await db
    .selectFrom("accounts")
    .selectAll()
    .where("name", "=", login.name)
    .executeTakeFirst();
  const device = deviceOf(cookieSecret, from.deviceCookie, account?.id);
  const attempt = { name: login.name, address: from.address, device };
  await chargeAttempt(db, attempt, wall);
  const right = await isPassword(login.password, account?.password ?? null);
  if (!right || account === undefined || account.disabled === 1) throw wrong();
  const enrolled = account.totp_secret !== null;
  if (enrolled && !(await takeCode(parts, account, login.code))) throw wrong();
  await giveBack(db, attempt);
  await strengthen(db, account, login.password);
  return { account, secondFactor: enrolled };
}

/** A hash of former years becomes one of today when the password is at hand. */
async function strengthen(db: Kysely<CareDatabase>, account: Account, password: string) {
  if (account.password === null || !isWeak(account.password)) return;
  const kept = await hashPassword(password);
  await db.updateTable("accounts").set({ password: kept }).where("id", "=", account.id).execute();
}

function checkPassword(name: string, password: string): void {
  if (!password.toLowerCase().includes(name.toLowerCase())) return;
  throw new Refusal(400, "the password must not contain the name");
}

export async function setPassword(
  db: Kysely<CareDatabase>,
  account: Pick<Account, "id" | "name">,
  password: string,
): Promise<void> {
  checkPassword(account.name, password);
  const kept = await hashPassword(password);
  await db.updateTable("accounts").set({ password: kept }).where("id", "=", account.id).execute();
}

const usedUp = (): Refusal =>
  new Refusal(410, "this link is used or has run out; ask for a new one");

/** The person behind a one-time link sets a password. A password that is refused costs no link. */
export async function redeem(
  { db, wall }: Pick<LoginParts, "db" | "wall">,
  token: string,
  password: string,
): Promise<Account> {
  const id = await invitedBy(db, token, wall());
  if (id === undefined) throw usedUp();
  const account = await db
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .where("disabled", "=", 0)
    .executeTakeFirst();
  if (account === undefined) throw usedUp();
  checkPassword(account.name, password);
  if (!(await takeInvite(db, token))) throw usedUp();
  await setPassword(db, account, password);
  return account;
}
