/** The air of the home: brings frames between the stick and the devices, or loses them. */
import type { Clock } from "./clock.ts";
import type { Stick } from "./coordinator/stick.ts";
import type { Device } from "./devices/device.ts";
import type { AnswerTo, ApsMessage, Node, Radio } from "./radio.ts";
import type { Trouble } from "./trouble.ts";

/** Confirm statuses of the MAC and network layers. */
const delivered = 0x00;
const macNoAck = 0xe9;
const noRoute = 0xcd;
const linkQuality = 120;
const expired = 0xf0;
/** A sleeper asks its parent for frames every five seconds, and listens a second after speaking. */
const poll_ms = 5000;
const awake_ms = 1000;
/** How long a parent keeps a frame for a sleeper (Zigbee 3.6.1.10: 7.68 s at most). */
const kept_ms = 7680;
/** How far a frame may count behind a later one that overtook it. */
const overtaking = 64;

export class Air implements Radio {
  readonly #devices: readonly Device[];
  readonly #trouble: Trouble;
  readonly #clock: Clock;
  #stick: Stick | undefined;

  constructor(devices: readonly Device[], trouble: Trouble, clock: Clock) {
    this.#devices = devices;
    this.#trouble = trouble;
    this.#clock = clock;
  }

  /** Stick and air need each other; the air is first. */
  attach(stick: Stick): void {
    this.#stick = stick;
  }

  get nodes(): Device[] {
    return this.#devices.filter((device) => this.#hears(device));
  }

  byNwk(nwk: number): Device | undefined {
    return this.#devices.find((device) => device.nwk === nwk && this.#hears(device));
  }

  byEui(eui: string): Device | undefined {
    return this.#devices.find((device) => device.eui === eui && this.#hears(device));
  }

  /** Whether a device is in the network that the stick has started. */
  #hears(device: Device): boolean {
    const network = this.#stick?.network;
    const joined = device.membership;
    if (network === undefined || joined === undefined) return false;
    return joined.extendedPanId === network.extendedPanId && joined.key === network.key;
  }

  unicast(nwk: number, message: ApsMessage, confirm: (status: number) => void): void {
    const device = this.byNwk(nwk);
    if (device === undefined) {
      this.#after(this.#trouble.radioDelay_ms, () => confirm(noRoute));
      return;
    }
    const forced = this.#trouble.confirm(device.name);
    if (typeof forced === "number") {
      this.#after(this.#trouble.radioDelay_ms, () => confirm(forced));
      return;
    }
    const counter = this.#stick?.countFrame() ?? 0;
    const fate = this.#fate(device);
    if (fate.length === 0) this.#undelivered(device, confirm);
    const asleep_ms = this.#untilPoll(device);
    fate.forEach((delay, copy) => {
      this.#after(delay + asleep_ms, () => {
        if (copy === 0 && forced === undefined) confirm(delivered);
        this.#deliver(device, counter, () => device.receive(message));
      });
    });
  }

  /** A parent notices at once that a router is gone; a sleeper's frame it keeps for a while. */
  #undelivered(device: Device, confirm: (status: number) => void): void {
    const keeps = this.#trouble.sleepers && !device.router;
    const delay = this.#trouble.radioDelay_ms + (keeps ? kept_ms : 0);
    this.#after(delay, () => confirm(keeps ? expired : macNoAck));
  }

  #untilPoll(device: Device): number {
    const now = this.#clock.now();
    if (!this.#trouble.sleepers || device.router || now - device.spokeAt < awake_ms) return 0;
    return poll_ms - ((now - device.spokeAt) % poll_ms);
  }

  spread(message: ApsMessage): void {
    const counter = this.#stick?.countFrame() ?? 0;
    for (const device of this.nodes) {
      for (const delay of this.#fate(device)) {
        this.#after(delay, () => this.#deliver(device, counter, () => device.receive(message)));
      }
    }
  }

  ask(nwk: number, question: (node: Node) => Buffer | undefined, answer: AnswerTo): void {
    const device = this.byNwk(nwk);
    if (device === undefined) return;
    const counter = this.#stick?.countFrame() ?? 0;
    const asleep_ms = this.#untilPoll(device);
    for (const delay of this.#fate(device)) {
      this.#after(delay + asleep_ms, () => {
        this.#deliver(device, counter, () => {
          const reply = question(device);
          if (reply === undefined || this.#trouble.condition(device.name) === "voiceless") return;
          for (const back of this.#fate(device)) this.#after(back, () => answer(reply));
        });
      });
    }
  }

  /** What a device says; arrives at the stick, if it has power, a voice and a network. */
  transmit(device: Device, message: ApsMessage): void {
    const condition = this.#trouble.condition(device.name);
    device.spokeAt = this.#clock.now();
    const { addressee } = message;
    if (addressee !== undefined && addressee !== this.#stick?.eui) return;
    if (condition !== "well" && condition !== "slow") return;
    for (const delay of this.#fate(device)) {
      this.#after(delay, () => {
        if (this.#hears(device)) this.#stick?.heard(device.nwk, message, linkQuality);
      });
    }
  }

  #fate(device: Device): readonly number[] {
    if (this.#trouble.condition(device.name) === "dead") return [];
    return this.#trouble.fate(device.name);
  }

  /**
   * Runs when the device gets round to it: at once, late, or never. A frame that counts far
   * lower than one before is refused as a replay; after a restore from an old backup that can be
   * every frame.
   */
  #deliver(device: Device, counter: number, run: () => void): void {
    const condition = this.#trouble.condition(device.name);
    if (condition === "mute" || condition === "dead") return;
    if (counter + overtaking < device.heardCounter) return;
    device.heardCounter = Math.max(counter, device.heardCounter);
    this.#after(condition === "slow" ? this.#trouble.slow_ms : 0, run);
  }

  #after(delay_ms: number, run: () => void): void {
    if (delay_ms <= 0) run();
    else this.#clock.after(delay_ms, run);
  }
}
