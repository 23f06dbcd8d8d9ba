/**
 * Signs what goes to a provider and checks what comes from it: HMAC-SHA256 over time and body, so
 * that nobody else speaks for either side and an old message is worth nothing.
 */
import { createHmac } from "node:crypto";
import { isSame } from "../office/tokens.ts";

export const timestampHeader = "x-obhut-timestamp";
export const signatureHeader = "x-obhut-signature";

/** How far the clocks of both sides may be apart, and how long a signature is remembered. */
export const windowMs = 300_000;

/** Signatures remembered; only a provider with the secret can fill it. */
const rememberedMax = 100_000;

export const sign = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;

export function signedHeaders(secret: string, body: string, wallMs: number) {
  const timestamp = String(Math.floor(wallMs / 1_000));
  return { [timestampHeader]: timestamp, [signatureHeader]: sign(secret, timestamp, body) };
}

export interface Signed {
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

export type Verdict = "good" | "forged" | "old" | "replayed";

/** Remembers what it has taken within the window. */
export class SignatureCheck {
  readonly #seen = new Map<string, number>();

  check(secret: string, { timestamp, signature, body }: Signed, now: number): Verdict {
    const at = Number(timestamp) * 1_000;
    if (!/^\d{1,12}$/.test(timestamp)) return "forged";
    if (!isSame(signature, sign(secret, timestamp, body))) return "forged";
    if (Math.abs(now - at) > windowMs) return "old";
    for (const [known, until] of this.#seen) {
      if (until > now && this.#seen.size < rememberedMax) break;
      this.#seen.delete(known);
    }
    if (this.#seen.has(signature)) return "replayed";
    this.#seen.set(signature, at + windowMs);
    return "good";
  }

  /** What was signed could not be taken: the same words may come again. */
  forget({ signature }: Signed): void {
    this.#seen.delete(signature);
  }
}
