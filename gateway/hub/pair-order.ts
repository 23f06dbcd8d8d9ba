/**
 * What `obhut pair` and `obhut unpair` ask of the hub: one small file for each client, written by
 * the command and only read by the hub, which need not run at that moment. It holds the hash of a
 * code, never the code.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reading } from "../../platform/clock.ts";
import { writeWhole } from "../../platform/whole-file.ts";

/** How long a code can be used. */
export const codeMs = 600_000;

const codeBytes = 16;

export interface PairCode {
  /** SHA-256 of the code, in hexadecimal. */
  readonly sha256: string;
  /** Until when, by the kernel's own clock: a wall clock that jumps makes no code live longer. */
  readonly boot: string;
  readonly until_mono_ms: number;
}

export interface PairOrder {
  /** Names the latest wish to take the client's credential back; empty where there was none. */
  readonly unpair: string;
  readonly code?: PairCode;
}

/** Folder of the orders, below the hub's own. */
export const ordersIn = (hubFolder: string): string => join(hubFolder, "pairing");

export const orderFile = (hubFolder: string, client: string): string =>
  join(ordersIn(hubFolder), `${client}.json`);

export const hashOf = (code: string): string => createHash("sha256").update(code).digest("hex");

/** A code is 128 random bits in 22 characters. */
export const isCode = (text: unknown): text is string =>
  typeof text === "string" && /^[\w-]{22}$/.test(text);

/** Makes a one-time code for a client; an earlier one of the same client counts no more. */
export async function orderPairing(
  hubFolder: string,
  client: string,
  now: Reading,
): Promise<string> {
  const code = randomBytes(codeBytes).toString("base64url");
  const until_mono_ms = now.mono_ms + codeMs;
  // A credential that was to be taken back, and was not yet, is not forgotten over it.
  const { unpair } = (await readOrder(hubFolder, client)) ?? { unpair: "" };
  const order = { unpair, code: { sha256: hashOf(code), boot: now.boot, until_mono_ms } };
  await writeWhole(orderFile(hubFolder, client), JSON.stringify(order));
  return code;
}

/** Takes a client's credential back, and a code that was not used with it. Resolves with its id. */
export async function orderUnpairing(hubFolder: string, client: string): Promise<string> {
  const unpair = randomBytes(codeBytes).toString("hex");
  await writeWhole(orderFile(hubFolder, client), JSON.stringify({ unpair }));
  return unpair;
}

/** The order about a client; undefined where there is none that can be read. */
export async function readOrder(hubFolder: string, client: string): Promise<PairOrder | undefined> {
  try {
    return orderOf(JSON.parse(await readFile(orderFile(hubFolder, client), "utf8")));
  } catch {
    return undefined;
  }
}

function orderOf({ unpair, code }: Record<string, unknown>): PairOrder | undefined {
  if (typeof unpair !== "string") return undefined;
  const read = code as Partial<PairCode> | undefined;
  const isWhole =
    /^[0-9a-f]{64}$/.test(String(read?.sha256)) &&
    typeof read?.boot === "string" &&
    typeof read.until_mono_ms === "number";
  return isWhole ? { unpair, code: read as PairCode } : { unpair };
}
