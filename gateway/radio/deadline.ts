/**
 * A deadline of our own for every call into the radio stack, because some of its promises never
 * settle.
 */
import { wordsOf } from "../../platform/words.ts";

export class DeadlinePassed extends Error {
  constructor(what: string, limit_ms: number) {
    super(`${what} gave no answer within ${limit_ms} ms`);
    this.name = "DeadlinePassed";
  }
}

/**
 * The promise's value, or `DeadlinePassed`. A promise that settles later, or never, harms nothing:
 * its late rejection is handled here and its timer is gone.
 */
export function within<T>(limit_ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlinePassed(what, limit_ms)), limit_ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (thrown: unknown) => {
        clearTimeout(timer);
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  });
}

export type Settled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/**
 * As `within`, for callers that go on either way. Never rejects, also when `start` throws at once.
 */
export async function attempt<T>(
  limit_ms: number,
  what: string,
  start: () => Promise<T>,
): Promise<Settled<T>> {
  try {
    return { ok: true, value: await within(limit_ms, what, start()) };
  } catch (thrown) {
    return { ok: false, why: wordsOf(thrown) };
  }
}

/** Waits, and may be cut short. */
export function pause(length_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, length_ms);
    signal?.addEventListener("abort", done);
  });
}
