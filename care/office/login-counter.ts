/**
 * Counts failed logins in the database, so that a restart is no fresh start for whoever guesses.
 */
import type { Kysely } from "kysely";
import type { CareDatabase } from "../store/schema.ts";
import { type Attempt, forgottenAfterMs, keysOf, waitMs } from "./login-throttle.ts";
import { Refusal } from "./refusal.ts";

/** Counts the attempt as failed before it is looked at: guesses at the same time count, too. */
async function charge(db: Kysely<CareDatabase>, key: string, wall: () => number): Promise<number> {
  return await db.transaction().execute(async (within) => {
    // Writing first makes attempts at the same key wait for each other; the time is read after it.
    const { count, until_wall } = await within
      .insertInto("login_failures")
      .values({ key, count: 0, until_wall: 0 })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ key }))
      .returning(["count", "until_wall"])
      .executeTakeFirstOrThrow();
    const now = wall();
    if (until_wall > now) return until_wall - now;
    const failures = (now - until_wall > forgottenAfterMs ? 0 : count) + 1;
    await within
      .updateTable("login_failures")
      .set({ count: failures, until_wall: now + waitMs(key, failures) })
      .where("key", "=", key)
      .execute();
    return 0;
  });
}

export async function chargeAttempt(
  db: Kysely<CareDatabase>,
  attempt: Attempt,
  wall: () => number,
): Promise<void> {
  const waits: number[] = [];
  for (const key of keysOf(attempt)) waits.push(await charge(db, key, wall));
  const wait = Math.max(...waits);
  if (wait === 0) return;
  const seconds = Math.ceil(wait / 1_000);
  throw new Refusal(429, `too many wrong attempts; try again in ${seconds} s`);
}

/** The attempt was right. What others did wrong at the same address stays counted. */
export async function giveBack(db: Kysely<CareDatabase>, attempt: Attempt): Promise<void> {
  for (const key of keysOf(attempt)) {
    if (key.startsWith("address ")) {
      await db
        .updateTable("login_failures")
        .set(({ eb }) => ({ count: eb("count", "-", 1) }))
        .where("key", "=", key)
        .where("count", ">", 0)
        .execute();
    } else await db.deleteFrom("login_failures").where("key", "=", key).execute();
  }
}
