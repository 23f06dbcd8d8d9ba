/** The stove behind its relay: a knob somebody turns, power that flows, and heat that rises. */
import type { Cancel, Clock } from "./clock.ts";
import type { Device } from "./devices/device.ts";
import { type Relay, relayFaults, relayOf } from "./devices/plug.ts";
import type { Trouble } from "./trouble.ts";

/** A relay can fail, and the whole plug can. */
export const stoveFaults = [...relayFaults, "mute", "dead", "voiceless", "slow"] as const;
export type StoveFault = (typeof stoveFaults)[number];

const room_c = 21;
/** The sensor above the stove settles 45 degrees over the room at 2,000 W, half-way in 3.5 min. */
const degreesPerWatt = 0.0225;
const settling_ms = 300_000;
const step_ms = 10_000;

export interface StoveParts {
  readonly plug: Device;
  readonly heat: Device | undefined;
  readonly clock: Clock;
  readonly trouble: Trouble;
}

export class Stove {
  readonly #parts: StoveParts;
  readonly #relay: Relay;
  #celsius = room_c;
  #knob_w = 0;
  #next: Cancel | undefined;

  constructor(parts: StoveParts) {
    const relay = relayOf(parts.plug);
    if (relay === undefined) throw new Error(`${parts.plug.name} has no relay for a stove`);
    this.#parts = parts;
    this.#relay = relay;
  }

  get plug(): Device {
    return this.#parts.plug;
  }

  get relay(): Relay {
    return this.#relay;
  }

  /** What truly flows, whatever the plug says. */
  get powerW(): number {
    return this.#relay.powerW;
  }

  get celsius(): number {
    return this.#celsius;
  }

  /** Turns the knob: the stove draws this power while its relay is closed. */
  switchOn(watts = 1800): void {
    this.#knob_w = watts;
    this.#relay.setLoad(watts);
    this.#warm();
  }

  /** Turns the knob to zero. */
  switchOff(): void {
    this.switchOn(0);
  }

  /** The knob is where it was left. */
  resume(): void {
    this.switchOn(this.#relay.loadW);
  }

  get knobW(): number {
    return this.#knob_w;
  }

  fault(fault: StoveFault): void {
    const { trouble, plug } = this.#parts;
    switch (fault) {
      case "mute":
      case "dead":
      case "voiceless":
      case "slow":
        trouble.setCondition(plug.name, fault);
        this.#relay.setFault("none");
        return;
      default:
        trouble.setCondition(plug.name, "well");
        this.#relay.setFault(fault);
    }
  }

  /** Heat follows power, step by step, until the room's temperature is back. */
  #warm(): void {
    if (this.#next !== undefined) return;
    this.#next = this.#parts.clock.after(step_ms, () => {
      this.#next = undefined;
      const target = room_c + degreesPerWatt * this.powerW;
      this.#celsius += (target - this.#celsius) * (1 - Math.exp(-step_ms / settling_ms));
      this.#parts.heat?.act("temperature", this.#celsius);
      if (this.powerW > 0 || this.#knob_w > 0 || this.#celsius > room_c + 0.5) this.#warm();
    });
  }
}
