import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a fact, not for a time; the limit only ends a test that would never end. */
export async function until(fact: () => boolean, limit_ms = 20_000): Promise<void> {
  const began = performance.now();
  while (!fact()) {
    if (performance.now() - began > limit_ms) throw new Error(`not within ${limit_ms} ms: ${fact}`);
    await sleep(5);
  }
}
