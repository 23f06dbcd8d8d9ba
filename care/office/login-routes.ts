/** Login, the second factor, and who one is. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { inviteSchema, loginSchema, passwordSchema, totpSchema } from "../../protocol/care-api.ts";
import { deviceCookie, sessionCookie } from "../../protocol/care-http.ts";
import type { Me } from "../../protocol/care-views.ts";
import type { TableOf } from "../store/schema.ts";
import { beginEnrolment, endEnrolment } from "./enrolment.ts";
import { enter, makeDeviceCookie, redeem, setPassword } from "./login.ts";
import type { OfficeParts } from "./parts.ts";
import { isPassword } from "./password.ts";
import { allActions, may } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";
import { absoluteMs, type Session, whoOf } from "./sessions.ts";

type Account = TableOf<"accounts">;

/** A browser is known for so long after its last login. */
const deviceSeconds = 180 * 86_400;

const cookieRules = { path: "/", secure: true, httpOnly: true, sameSite: "strict" } as const;

function meOf(session: Omit<Session, "digest">): Me {
  const { id, name, role, groups } = session.who;
  return {
    id,
    name,
    role,
    groups: [...groups],
    second_factor: session.secondFactor,
    enrolled: session.enrolled,
    may: session.secondFactor ? allActions.filter((action) => may(role, action)) : [],
    expires_wall: session.expiresWall,
  };
}

/** Opens a session and says who is in it. A session before it, in this browser, ends. */
async function open(
  parts: OfficeParts,
  { request, reply }: Pick<Ask, "request" | "reply">,
  entrance: { readonly account: Account; readonly secondFactor: boolean },
): Promise<Me> {
  const { account, secondFactor } = entrance;
  await endSession(parts, request);
  const token = await parts.sessions.open(account.id, secondFactor);
  reply.setCookie(sessionCookie, token, { ...cookieRules, maxAge: absoluteMs / 1_000 });
  if (secondFactor) rememberDevice(parts, reply, account.id);
  return meOf({
    who: whoOf(account),
    secondFactor,
    enrolled: account.totp_secret !== null,
    expiresWall: parts.wall() + absoluteMs,
  });
}

function rememberDevice(parts: OfficeParts, reply: FastifyReply, account: string): void {
  const value = makeDeviceCookie(parts.cookieSecret, account);
  reply.setCookie(deviceCookie, value, { ...cookieRules, maxAge: deviceSeconds });
}

async function endSession({ sessions }: OfficeParts, request: FastifyRequest): Promise<void> {
  const token = request.cookies[sessionCookie];
  const session = token === undefined ? undefined : await sessions.find(token);
  if (session !== undefined) await sessions.close(session.digest);
}

async function accountOf({ db }: OfficeParts, id: string): Promise<Account> {
  const row = await db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal(401, "this account is gone");
  return row;
}

/** The second factor begins with a secret; its first code ends it and opens a new session. */
async function totp(parts: OfficeParts, ask: Ask) {
  const { db, wall } = parts;
  const session = ask.session();
  const { code } = read(totpSchema, ask.request.body);
  if (session.enrolled && !session.secondFactor) {
    throw new Refusal(403, "log in with the code of the second factor that is set up");
  }
  if (code === undefined) return await beginEnrolment(db, session.who, wall());
  await endEnrolment(db, session.who.id, { code, now: wall() });
  await parts.sessions.closeAll(session.who.id);
  const account = await accountOf(parts, session.who.id);
  return await open(parts, ask, { account, secondFactor: true });
}

async function changePassword(parts: OfficeParts, ask: Ask) {
  const { who, secondFactor } = ask.session();
  if (!secondFactor) throw new Refusal(403, "set up the second factor first");
  const sent = read(passwordSchema, ask.request.body);
  const account = await accountOf(parts, who.id);
  if (!(await isPassword(sent.old, account.password))) {
    throw new Refusal(403, "the old password is wrong");
  }
  await setPassword(parts.db, account, sent.new);
  await parts.sessions.closeAll(who.id);
  return await open(parts, ask, { account, secondFactor: true });
}

export function loginRoutes(parts: OfficeParts): Handlers {
  return {
    "POST /api/login": async (ask) => {
      const { request } = ask;
      const login = read(loginSchema, request.body);
      const from = { address: request.ip, deviceCookie: request.cookies[deviceCookie] };
      return await open(parts, ask, await enter(parts, login, from));
    },
    "POST /api/invite": async (ask) => {
      const { token, password } = read(inviteSchema, ask.request.body);
      const account = await redeem(parts, token, password);
      return await open(parts, ask, { account, secondFactor: false });
    },
    "POST /api/logout": async ({ request, reply, session }) => {
      session();
      await endSession(parts, request);
      reply.clearCookie(sessionCookie, cookieRules);
      return {};
    },
    "GET /api/me": async ({ session }) => meOf(session()),
    "POST /api/me/totp": (ask) => totp(parts, ask),
    "POST /api/me/password": (ask) => changePassword(parts, ask),
  };
}
