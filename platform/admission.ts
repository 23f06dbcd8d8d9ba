/**
 * Who may come to the door, and how often. A right credential is never refused because others at
 * the same address failed: wrong logins are only answered late, a login gives its connection back,
 * and an address from which somebody logged in lately is not counted: there the entrance and the
 * lot decide.
 */
import type { BrokerLimits } from "./broker-limits.ts";
import { Buckets } from "./throttle.ts";

/** Remote addresses that are remembered; past it the longest known one is forgotten. */
const remotesMax = 100_000;
/** How long a login speaks for its address. */
const latelyMs = 86_400_000;

export type Refusal = "too many connections";

export class Admission {
  readonly #limits: BrokerLimits;
  readonly #connects: Buckets;
  readonly #failures: Buckets;
  readonly #strangers = new Map<string, number>();
  #strangersAll = 0;
  /** Addresses with a right login, the longest known first. */
  readonly #logins = new Map<string, number>();

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
    const login = this.#logins.get(remote);
    if (login !== undefined && now - login < latelyMs) return undefined;
    return this.#connects.take(remote, now) ? undefined : "too many connections";
  }

  /** The address of which one stranger must go, now that one has come from `remote`. */
  crowdedBy(remote: string): string | undefined {
    const { strangers, strangersPerRemote } = this.#limits;
    if ((this.#strangers.get(remote) ?? 0) > strangersPerRemote) return remote;
    if (this.#strangersAll <= strangers) return undefined;
    let found = remote;
    for (const [other, count] of this.#strangers) {
      if (count > (this.#strangers.get(found) ?? 0)) found = other;
    }
    return found;
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

  loggedIn(remote: string, now: number): void {
    this.#logins.delete(remote);
    this.#logins.set(remote, now);
    const oldest = this.#logins.keys().next();
    if (this.#logins.size > remotesMax && oldest.done === false) this.#logins.delete(oldest.value);
  }

  /** How long the answer to a wrong login waits, in milliseconds. */
  failed(remote: string, now: number): number {
    return this.#failures.take(remote, now) ? 0 : this.#limits.failureDelayMs;
  }
}
