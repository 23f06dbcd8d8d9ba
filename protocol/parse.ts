/**
 * Reading bytes from a wire: a value of the wanted shape, or one sentence that says what is wrong.
 */
import type { z } from "zod";

/** The outcome of reading: a value, or the sentence for the log. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string };

/**
 * Longest JSON text that is read from any wire: who has its bytes counts those, and of a text its
 * characters count, which are never more. A longer one is refused unread.
 */
export const messageBytesMax = 65_536;

/** The first fault of a value, as `path: sentence`. */
export function firstFault(error: z.ZodError): string {
  const issue = error.issues[0];
  /* The library reports at least one issue with every error. */
  const path = issue?.path.map(String).join(".") ?? "";
  return `${path === "" ? "message" : path}: ${issue?.message ?? "is not valid"}`;
}

/** Reads JSON text and holds it against a schema. Never throws. */
export function parseJson<Value>(schema: z.ZodType<Value>, text: string): Parsed<Value> {
  if (text.length > messageBytesMax) {
    return { ok: false, why: `message: longer than ${messageBytesMax} characters` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, why: "message: is not JSON" };
  }
  const read = schema.safeParse(value);
  return read.success ? { ok: true, value: read.data } : { ok: false, why: firstFault(read.error) };
}
