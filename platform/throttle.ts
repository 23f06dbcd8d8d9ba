/**
 * Token buckets: so many at once, so many more each second. Time is an argument, in milliseconds.
 */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes a token; false when there was none. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes a token on credit, and says how long the debtor must wait until it may go on. */
  charge(now: number): number {
    this.#fill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#rate.perSecond) * 1_000);
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(now: number): void {
    const gained = (Math.max(0, now - this.#at) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
    this.#at = now;
  }
}

/** Buckets by key. Full ones are forgotten; past `keysMax` the longest known key is forgotten. */
export class Buckets {
  readonly #rate: Rate;
  readonly #keysMax: number;
  readonly #byKey = new Map<string, Bucket>();

  constructor(rate: Rate, keysMax: number) {
    this.#rate = rate;
    this.#keysMax = keysMax;
  }

  take(key: string, now: number): boolean {
    return this.#bucket(key, now).take(now);
  }

  get size(): number {
    return this.#byKey.size;
  }

  #bucket(key: string, now: number): Bucket {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= this.#keysMax) this.#forget(now);
    const bucket = new Bucket(this.#rate, now);
    this.#byKey.set(key, bucket);
    return bucket;
  }

  #forget(now: number): void {
    for (const [key, bucket] of this.#byKey) if (bucket.isFull(now)) this.#byKey.delete(key);
    for (const key of this.#byKey.keys()) {
      if (this.#byKey.size < this.#keysMax) return;
      this.#byKey.delete(key);
    }
  }
}
