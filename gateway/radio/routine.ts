/** Requests that may wait: short, without the stack's recovery, and few at a time. */
import { attempt, type Settled } from "./deadline.ts";

/**
 * With these a mute device is given up after 1.5 s; with the stack's defaults (10 s, route
 * discovery, 10 s again) it would hold its place in the queue for 23 s (measured). `immediate`:
 * what failed is not kept and sent when the device speaks again; it might be an "on".
 */
export const brief = { timeout: 1_500, disableRecovery: true, sendPolicy: "immediate" } as const;
export const answer_ms = 2_000;

/**
 * A request that fails or is refused (a default response with a status) is not ok. Never rejects.
 */
export async function request(
  what: string,
  start: () => Promise<Readonly<Record<string, unknown>> | undefined>,
): Promise<Settled<Readonly<Record<string, unknown>>>> {
  const done = await attempt(answer_ms, what, start);
  if (!done.ok) return done;
  const value = done.value ?? {};
  const status = value["statusCode"] ?? value["status"];
  if (typeof status !== "number" || status === 0) return { ok: true, value };
  return { ok: false, why: `${what} answered with status ${status}` };
}
