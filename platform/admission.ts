/**
 * Who may come to the door, and how often. A right credential is never refused because others at
 * the same address failed: wrong logins are only answered late, and a login gives its connection
 * back.
 */
import type { BrokerLimits } from "./broker-limits.ts";
import { Buckets } from "./throttle.ts";

/** Remote addresses that are remembered; past it the longest known one is forgotten. */
const remotesMax = 10_000;

export type Refusal = "too many connections" | "too many strangers";

export class Admission {
  readonly #limits: BrokerLimits;
  readonly #connects: Buckets;
  readonly #failures: Buckets;
  readonly #strangers = new Map<string, number>();
  #strangersAll = 0;

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
    this.#connects = new Buckets(
      { burst: limits.connectsBurst, perSecond: limits.connectsPerSecond },
      remotesMax,
    );
    this.#failures = new Buckets(
      { burst: limits.failuresBurst, perSecond: limits.failuresPerSecond },
      remotesMax,
    );
  }

  /** Judges a new connection, before anything is read from it. */
  admit(remote: string, now: number): Refusal | undefined {
    if (!this.#connects.take(remote, now)) return "too many connections";
    if (this.#strangersAll >= this.#limits.strangers) return "too many strangers";
    if ((this.#strangers.get(remote) ?? 0) >= this.#limits.strangersPerRemote) {
      return "too many strangers";
    }
    return undefined;
  }

  strangerCame(remote: string): void {
    this.#strangersAll += 1;
    this.#strangers.set(remote, (this.#strangers.get(remote) ?? 0) + 1);
  }

  /** The stranger logged in or went. */
  strangerLeft(remote: string): void {
    this.#strangersAll -= 1;
    const left = (this.#strangers.get(remote) ?? 1) - 1;
    if (left > 0) this.#strangers.set(remote, left);
    else this.#strangers.delete(remote);
  }

  loggedIn(remote: string): void {
    this.#connects.giveBack(remote);
  }

  /** How long the answer to a wrong login waits, in milliseconds. */
  failed(remote: string, now: number): number {
    return this.#failures.take(remote, now) ? 0 : this.#limits.failureDelayMs;
  }
}
