/** The faults that are on at this moment. Drawn with a seed: the same seed, the same trouble. */
import type { Chance } from "./chance.ts";

/**
 * How a device is. mute: takes frames and does nothing. dead: no power or out of reach.
 * voiceless: acts, but nothing it says arrives. slow: acts and answers late.
 */
export const conditions = ["well", "mute", "dead", "voiceless", "slow"] as const;
export type Condition = (typeof conditions)[number];

/** Trouble in the air: probabilities, and a delay drawn between two times. */
export interface RadioTrouble {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Held back long enough for a later frame to overtake. */
  readonly reorder?: number;
  readonly delay_ms?: readonly [number, number];
}

/** How long frames take in this home when nothing is wrong, in the air and on the serial line. */
export interface Delays {
  readonly radio_ms: number;
  readonly reply_ms: number;
}

/** What becomes of one frame: when its copies arrive; none, where it is lost. */
export type Fate = readonly number[];

const overtaken_ms = 50;
const slowBy_ms = 5000;
const anyDevice = "";

export class Trouble {
  /** Connected, and answering nothing. */
  silent = false;
  /** How many of the next replies are lost on the serial line. */
  lostReplies = 0;
  radioDelay_ms: number;
  replyDelay_ms: number;
  slow_ms = slowBy_ms;
  /** Whether battery devices sleep between their polls, so that frames to them wait. */
  sleepers = false;
  readonly #chance: Chance;
  readonly #usual: Delays;
  readonly #powerless = new Set<string>();
  readonly #conditions = new Map<string, Condition>();
  readonly #confirms = new Map<string, number | "none">();
  readonly #radio = new Map<string, RadioTrouble>();

  constructor(chance: Chance, usual: Delays) {
    this.#chance = chance;
    this.#usual = usual;
    this.radioDelay_ms = usual.radio_ms;
    this.replyDelay_ms = usual.reply_ms;
  }

  /** Without power a device is dead, whatever else ails it; that shows again when power is back. */
  condition(device: string): Condition {
    if (this.#powerless.has(device)) return "dead";
    return this.#conditions.get(device) ?? "well";
  }

  setCondition(device: string, condition: Condition): void {
    if (condition === "well") this.#conditions.delete(device);
    else this.#conditions.set(device, condition);
  }

  setPower(device: string, on: boolean): void {
    if (on) this.#powerless.delete(device);
    else this.#powerless.add(device);
  }

  /** The status the stick confirms instead of the true one; "none" for no confirm at all. */
  confirm(device: string): number | "none" | undefined {
    return this.#confirms.get(device);
  }

  setConfirm(device: string, status: number | "none" | undefined): void {
    if (status === undefined) this.#confirms.delete(device);
    else this.#confirms.set(device, status);
  }

  setRadio(trouble: RadioTrouble | undefined, device: string = anyDevice): void {
    if (trouble === undefined) this.#radio.delete(device);
    else this.#radio.set(device, trouble);
  }

  loseReply(): boolean {
    if (this.lostReplies === 0) return false;
    this.lostReplies -= 1;
    return true;
  }

  fate(device: string): Fate {
    const trouble = this.#radio.get(device) ?? this.#radio.get(anyDevice);
    if (trouble === undefined) return [this.radioDelay_ms];
    if (this.#chance.happens(trouble.drop ?? 0)) return [];
    const [low, high] = trouble.delay_ms ?? [0, 0];
    let delay = this.radioDelay_ms + (high > 0 ? this.#chance.between(low, high) : 0);
    if (this.#chance.happens(trouble.reorder ?? 0)) delay += overtaken_ms;
    return this.#chance.happens(trouble.duplicate ?? 0) ? [delay, delay + 1] : [delay];
  }

  /** Everything as it was when the home began; power is another matter (`VirtualHome.power`). */
  clear(): void {
    this.silent = false;
    this.lostReplies = 0;
    this.radioDelay_ms = this.#usual.radio_ms;
    this.replyDelay_ms = this.#usual.reply_ms;
    this.slow_ms = slowBy_ms;
    this.#conditions.clear();
    this.#confirms.clear();
    this.#radio.clear();
  }
}
