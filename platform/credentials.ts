/**
 * Credentials of machines: 256 random bits each, never chosen by a person. Only their SHA-256 is
 * kept. Why no slow hash: docs/decisions/credentials.md.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits: guessing is out of reach whatever hash keeps them. */
const secretBytes = 32;

export interface IssuedCredential {
  /** What the client presents; shown once, kept nowhere here. */
  readonly secret: string;
  /** What is stored: SHA-256 of the secret, in hexadecimal. */
  readonly sha256: string;
}

export function issueCredential(): IssuedCredential {
  return credentialOf(randomBytes(secretBytes).toString("base64url"));
}

/** A credential that was issued before, with what its other side stores of it. */
export function credentialOf(secret: string): IssuedCredential {
  return { secret, sha256: digest(secret).toString("hex") };
}

/**
 * Whether a presented secret is the one whose SHA-256 is stored. Takes the same time either way.
 */
export function isSecret(presented: string | Buffer, sha256: string): boolean {
  const stored = Buffer.from(sha256, "hex");
  const shown = digest(presented);
  return stored.length === shown.length && timingSafeEqual(shown, stored);
}

function digest(secret: string | Buffer): Buffer {
  return createHash("sha256").update(secret).digest();
}
