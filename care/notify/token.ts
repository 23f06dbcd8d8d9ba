/**
 * The helper's key to one telling. It is derived from a secret of the office, so that a restart can
 * send the same link again, and only its SHA-256 stands in the row.
 */
import { digestOf, seal } from "../office/tokens.ts";

export const tellingToken = (secret: string, tellingId: string): string =>
  seal(secret, "telling", tellingId);

export const tellingDigest = (secret: string, tellingId: string): string =>
  digestOf(tellingToken(secret, tellingId));

/** The form of a token, so that nothing else reaches the database. */
export const isToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

export const helperPath = (token: string): string => `/h/${token}`;
