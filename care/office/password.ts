/**
 * Passwords of people: argon2id (RFC 9106) from Node's own crypto. Kept as a PHC string, so that
 * stronger parameters can come later without a new password.
 */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { Refusal } from "./refusal.ts";

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * OWASP Password Storage Cheat Sheet: argon2id with at least 19 MiB, two passes, one lane. About
 * 60 ms on the smallest server that this is meant for.
 */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const saltBytes = 16;
const tagBytes = 32;

/** A kept hash that asks for more than this is damaged, not stronger. */
const costMax: Cost = { memory: 1_048_576, passes: 16, parallelism: 16 };

/** Hashes that run at once: each holds 19 MiB and a thread, and alarms need threads, too. */
const atOnce = 2;
/** Logins that wait for a hash; past it people are asked to try again, alarms go on. */
const waitingMax = 64;

let running = 0;
const waiting: (() => void)[] = [];

async function turn(): Promise<void> {
  if (running < atOnce) {
    running += 1;
    return;
  }
  if (waiting.length >= waitingMax) {
    throw new Refusal(503, "too many people log in at this moment; try again in a few seconds");
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function over(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}

async function tagOf(password: string, salt: Buffer, { memory, passes, parallelism }: Cost) {
  await turn();
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const message = password.normalize("NFKC");
      argon2(
        "argon2id",
        { message, nonce: salt, memory, passes, parallelism, tagLength: tagBytes },
        (error, tag) => (error === null ? resolve(tag) : reject(error)),
      );
    });
  } finally {
    over();
  }
}

const plain = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** The PHC string of a new password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await tagOf(password, salt, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(salt)}$${plain(tag)}`;
}

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Somebody who is not there costs the same work as somebody who is. */
const nobody = { salt: randomBytes(saltBytes), tag: Buffer.alloc(tagBytes) };

/**
 * Whether this is the password behind the PHC string; null stands for nobody and is never right.
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const read = form.exec(kept ?? "");
  const [memory = 0, passes = 0, parallelism = 0] = (read ?? []).slice(1, 4).map(Number);
  const known =
    read !== null &&
    memory <= costMax.memory &&
    passes <= costMax.passes &&
    parallelism <= costMax.parallelism;
  const salt = known ? Buffer.from(read[4] ?? "", "base64") : nobody.salt;
  const tag = await tagOf(password, salt, known ? { memory, passes, parallelism } : cost);
  const right = known ? Buffer.from(read[5] ?? "", "base64") : nobody.tag;
  return tag.length === right.length && timingSafeEqual(tag, right) && known;
}

/** Whether a kept hash was made with less than today's cost. */
export const isWeak = (kept: string): boolean =>
  !kept.includes(`$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$`);
