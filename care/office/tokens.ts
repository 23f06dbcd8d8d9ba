/** Random tokens and what is kept of them; secrets of the office that are made once. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type { CareDatabase } from "../store/schema.ts";

/** 256 bits. */
export const newToken = (): string => randomBytes(32).toString("base64url");

export const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** A keyed digest of several words; a length before each keeps them apart. */
export function seal(secret: string, ...words: readonly string[]): string {
  const mac = createHmac("sha256", secret);
  for (const word of words) mac.update(`${word.length}:${word}`);
  return mac.digest("base64url");
}

export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Reads a secret of the office, or makes it; of two processes at once the first one's stands. */
export async function secretOf(
  db: Kysely<CareDatabase>,
  key: string,
  make: () => string = newToken,
): Promise<string> {
  const read = () =>
    db.selectFrom("settings").select("value").where("key", "=", key).executeTakeFirst();
  const kept = await read();
  if (kept !== undefined) return kept.value;
  await db
    .insertInto("settings")
    .values({ key, value: make() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await read();
  if (made === undefined) throw new Error(`the setting ${key} cannot be kept`);
  return made.value;
}
