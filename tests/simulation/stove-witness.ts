/**
 * What the gateway was told of people and of the knob, kept twice: the least that it must take for
 * true, and the most that it may. A cut is wrong before the least allows it, late after the most.
 */
import { hour, minute } from "./stove-world.ts";

const never = Number.NEGATIVE_INFINITY;
/** One "moving" is believed for so long; its end may have been lost. */
const believed = 15 * minute;
/** Power that stayed low for so long has ended a cooking, unless it comes back within the hour. */
const rest = 10 * minute;

interface Claim {
  moving: boolean;
  /** When the sensor began to say "moving", and when it said so last. */
  since: number;
  word: number;
  /** When it stopped to count as somebody who moves. */
  until: number;
  /** The last presence that it may stand for, and the last that it must. */
  mostAt: number;
  leastAt: number;
  /** The sensor was well when it said so. */
  firm: boolean;
}

/** Who was seen where, by sensor. */
export class Sightings {
  private readonly claims = new Map<string, Claim>();
  private readonly stuck = new Set<string>();
  /** When a sensor was last found stuck: what it had said was forgotten then. */
  forgottenAt = never;

  said(id: string, moving: boolean, now: number, healthy: boolean): void {
    const claim = this.claims.get(id);
    if (!moving && claim?.moving !== true) return;
    if (moving) {
      const since = claim?.moving === true ? claim.since : now;
      const leastAt = healthy ? now : (claim?.leastAt ?? never);
      const at = { since, word: now, until: now, mostAt: now, leastAt };
      this.claims.set(id, { moving, ...at, firm: healthy });
    } else if (claim !== undefined) this.end(claim, now, healthy);
  }

  private end(claim: Claim, now: number, healthy: boolean): void {
    claim.moving = false;
    claim.until = Math.min(now, claim.word + believed);
    if (now >= claim.word + believed) return;
    claim.mostAt = now;
    if (claim.firm && healthy) claim.leastAt = now;
  }

  /** Nothing is heard from `now` on: who moved was there until then. */
  deaf(now: number): void {
    for (const claim of this.claims.values()) if (claim.moving) this.end(claim, now, true);
  }

  foundStuck(id: string, now: number): void {
    this.stuck.add(id);
    this.forgottenAt = now;
  }

  mended(id: string): void {
    this.stuck.delete(id);
    this.claims.delete(id);
  }

  isStuck(id: string): boolean {
    return this.stuck.has(id);
  }

  /** The last presence that must count; of a sensor that is not well, only what it said first. */
  least(id: string, now: number, healthy: boolean): number {
    const claim = this.claims.get(id);
    if (claim === undefined || this.stuck.has(id)) return never;
    if (!claim.moving || !claim.firm) return claim.leastAt;
    if (!healthy) return claim.since;
    return now < claim.word + believed ? now : claim.word;
  }

  /** The last presence that may count. */
  most(id: string, now: number): number {
    const claim = this.claims.get(id);
    if (claim === undefined || this.stuck.has(id)) return never;
    return claim.moving && now < claim.word + believed ? now : claim.mostAt;
  }

  /** Until when this sensor may have passed for somebody who moves; now, while it may. */
  mostUntil(id: string, now: number): number {
    const claim = this.claims.get(id);
    if (claim === undefined || this.stuck.has(id)) return never;
    return claim.moving ? Math.min(now, claim.word + believed) : claim.until;
  }

  anyUntil(now: number): number {
    return Math.max(never, ...[...this.claims.keys()].map((id) => this.mostUntil(id, now)));
  }
}

/** What is known of a cooking: switched on, touched, held. */
interface Cooking {
  onAt: number;
  touchedAt: number;
  holdUntil: number;
}

const nothing = (): Cooking => ({ onAt: never, touchedAt: never, holdUntil: never });

/** A moment on both clocks: the world's, and the gateway's own, which skips what nobody knows. */
export interface Both {
  readonly now: number;
  readonly told: number;
}

/** When the stove was switched on and touched, as far as its power tells. */
export class Cookings {
  readonly least = nothing();
  readonly most = nothing();
  /** The earliest and the latest instant from which the guard may count this rest. */
  private lowEarly: Both | null = null;
  private lowLate: Both | null = null;
  private begun = false;
  private mayHaveBegun = false;
  /** Something happened after which power that returns may be a new cooking. */
  private mayBegin = false;

  touched(now: number): void {
    this.least.touchedAt = now;
    this.most.touchedAt = now;
  }

  held(now: number, length: number): void {
    this.touched(now);
    this.least.holdUntil = now + length;
    this.most.holdUntil = now + length;
  }

  /** What was known of the power is forgotten. */
  forget(): void {
    this.lowLate = null;
  }

  /** The relay was read as off, or the gateway was away for an unknown time. */
  doubt(): void {
    this.mayBegin = true;
  }

  /** The stove was given back by hand: the next power is a new cooking. */
  over(): void {
    this.begun = false;
    this.mayHaveBegun = false;
    this.lowEarly = null;
    this.lowLate = null;
  }

  /** Unread for so long that the guard may have taken it for just switched on. */
  presumed(at: number): void {
    this.mayHaveBegun = true;
    this.beginMost(at);
  }

  low(at: Both): void {
    this.lowEarly ??= at;
    this.lowLate ??= at;
  }

  /** Power flows; `seen` tells what the kitchen sensor may, and must, have shown. */
  high(at: Both, seen: { readonly least: number; readonly most: number }): void {
    const early = this.restOf(this.lowEarly, at);
    const late = this.restOf(this.lowLate, at);
    const cameMost = this.lowEarly !== null && seen.most >= this.lowEarly.now;
    const cameLeast = this.lowLate !== null && seen.least > this.lowLate.now;
    const possible = early >= rest && (cameMost || early >= hour);
    if (!this.begun || this.mayBegin || possible) this.beginMost(at.now);
    const isFirst = !this.begun && !this.mayHaveBegun;
    if (isFirst || (late >= rest && (cameLeast || late >= hour))) this.beginLeast(at.now);
    this.begun = true;
    this.lowEarly = null;
    this.lowLate = null;
  }

  private restOf(low: Both | null, at: Both): number {
    return low === null ? 0 : at.told - low.told;
  }

  private beginMost(now: number): void {
    this.mayBegin = false;
    this.most.onAt = now;
    this.most.touchedAt = Math.max(this.most.touchedAt, now);
    this.least.holdUntil = never;
  }

  private beginLeast(now: number): void {
    this.least.onAt = now;
    this.least.touchedAt = now;
    this.most.holdUntil = never;
  }
}
