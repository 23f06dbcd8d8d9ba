/** Sessions of people. The browser has a random token; here is its SHA-256. */
import type { Kysely } from "kysely";
import type { AccountRole } from "../../protocol/care-api.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";
import type { Who } from "./directory.ts";
import { digestOf, newToken } from "./tokens.ts";

/** One shift. NIST SP 800-63B (AAL2) asks for a new login after 12 h at the latest. */
export const absoluteMs = 12 * 3_600_000;
/**
 * Without a request for so long a session ends. A screen that shows alarms uses its session: a desk
 * at which nobody touches anything in a quiet night must still show the alarm.
 */
export const idleMs = 3_600_000;

/** How long a session is believed without looking; a withdrawn account is out after it. */
const freshMs = 5_000;
/** The time of the last use is written at most so often. */
const seenEveryMs = 60_000;
const cachedMax = 10_000;

export interface Session {
  readonly digest: string;
  readonly who: Who;
  readonly secondFactor: boolean;
  readonly enrolled: boolean;
  readonly expiresWall: number;
}

interface Cached {
  readonly session: Session;
  readonly at: number;
  seenWall: number;
}

type AccountRow = TableOf<"accounts">;

export function whoOf(row: AccountRow): Who {
  return {
    id: row.id,
    name: row.name,
    role: row.role as AccountRole,
    groups: JSON.parse(row.groups) as string[],
    home: row.home,
    party: row.party,
  };
}

export class Sessions {
  readonly #db: Kysely<CareDatabase>;
  readonly #wall: () => number;
  readonly #cached = new Map<string, Cached>();

  constructor(db: Kysely<CareDatabase>, wall: () => number) {
    this.#db = db;
    this.#wall = wall;
  }

  /** Opens a session and returns its token. */
  async open(account: string, secondFactor: boolean): Promise<string> {
    const token = newToken();
    const now = this.#wall();
    await this.#db
      .insertInto("sessions")
      .values({
        token_sha256: digestOf(token),
        account,
        created_wall: now,
        seen_wall: now,
        expires_wall: now + absoluteMs,
        second_factor: secondFactor ? 1 : 0,
      })
      .execute();
    return token;
  }

  find(token: string): Promise<Session | undefined> {
    return this.again(digestOf(token));
  }

  /** The session as it stands now; this counts as its use. */
  async again(digest: string): Promise<Session | undefined> {
    const now = this.#wall();
    const known = this.#cached.get(digest);
    if (known !== undefined && now - known.at < freshMs) return this.#use(known, now);
    try {
      return await this.#load(digest, now);
    } catch (thrown) {
      // The alarms on the screens come from memory: a silent database must not log people out.
      if (known === undefined) throw thrown;
      return this.#use(known, now);
    }
  }

  async close(digest: string): Promise<void> {
    this.#cached.delete(digest);
    await this.#db.deleteFrom("sessions").where("token_sha256", "=", digest).execute();
  }

  async closeAll(account: string): Promise<void> {
    for (const [digest, { session }] of this.#cached) {
      if (session.who.id === account) this.#cached.delete(digest);
    }
    await this.#db.deleteFrom("sessions").where("account", "=", account).execute();
  }

  async #load(digest: string, now: number): Promise<Session | undefined> {
    const row = await this.#db
      .selectFrom("sessions")
      .innerJoin("accounts", "accounts.id", "sessions.account")
      .selectAll("accounts")
      .select(["sessions.seen_wall", "sessions.expires_wall", "sessions.second_factor"])
      .where("token_sha256", "=", digest)
      .where("disabled", "=", 0)
      .executeTakeFirst();
    this.#cached.delete(digest);
    if (row === undefined) return undefined;
    const session: Session = {
      digest,
      who: whoOf(row),
      secondFactor: row.second_factor === 1,
      enrolled: row.totp_secret !== null,
      expiresWall: row.expires_wall,
    };
    const cached: Cached = { session, at: now, seenWall: row.seen_wall };
    this.#cached.set(digest, cached);
    const oldest = this.#cached.keys().next();
    if (this.#cached.size > cachedMax && oldest.done === false) this.#cached.delete(oldest.value);
    return this.#use(cached, now);
  }

  #use(cached: Cached, now: number): Session | undefined {
    const { session } = cached;
    if (now >= session.expiresWall || now - cached.seenWall >= idleMs) {
      this.#cached.delete(session.digest);
      return undefined;
    }
    if (now - cached.seenWall >= seenEveryMs) {
      cached.seenWall = now;
      this.#db
        .updateTable("sessions")
        .set({ seen_wall: now })
        .where("token_sha256", "=", session.digest)
        .execute()
        .catch(() => undefined);
    }
    return session;
  }
}
