/**
 * Lights and sirens: each shows the latest pattern, never two requests at one device, never before
 * a cut.
 */
import type { Models } from "zigbee-herdsman";
import type { SignalPattern } from "../../rules/effects.ts";
import { pause } from "./deadline.ts";
import type { Recognition } from "./recognise.ts";
import { brief, request } from "./routine.ts";

export interface SignalParts {
  /** Lights and sirens that the radio reaches now, by id. */
  readonly lights: () => ReadonlyMap<string, Models.Device>;
  readonly sirens: () => ReadonlyMap<string, Models.Device>;
  readonly recognition: Recognition;
  readonly isCutting: () => boolean;
}

/**
 * A siren stops by itself when nobody tells it to go on, so a dead gateway does not leave it
 * howling.
 */
const siren_s = 180;
const again_ms = 150_000;
const mostTries = 3;
const retry_ms = 1_000;
const giveWay_ms = 50;

interface Siren {
  readonly mode: "stop" | "burglar" | "emergency";
  readonly level: "low" | "very_high";
  readonly duration_s: number;
}

const silence: Siren = { mode: "stop", level: "low", duration_s: 0 };

/** The pre-alarm of the stove is 15 s and meant for the room; an alarm is meant for the house. */
const sirenOf: Readonly<Record<SignalPattern, Siren>> = {
  none: silence,
  called: silence,
  warning: { mode: "burglar", level: "low", duration_s: 15 },
  alarm: { mode: "emergency", level: "very_high", duration_s: siren_s },
};

/** Numbers of ZCL 8.4.2.3.1, for sirens whose model is unknown. */
const modes = { stop: 0, burglar: 1, emergency: 3 } as const;
const levels = { low: 0, very_high: 3 } as const;

type Show = (pattern: SignalPattern) => Promise<boolean>;

/** One lamp or siren on its way to the latest pattern. */
class Target {
  wanted: SignalPattern = "none";
  #shown: SignalPattern | undefined = "none";
  #busy = false;
  #tries = 0;

  get isIdle(): boolean {
    return !this.#busy;
  }

  /** What it showed is not known any more: after a reconnection, or because a siren ran out. */
  forget(): void {
    this.#shown = this.wanted === "none" ? "none" : undefined;
  }

  async drive(show: Show, isCutting: () => boolean): Promise<void> {
    // Each asking has tries of its own, also one that finds the last try of an earlier one failed:
    // an alarm does not end with the warning before it, nor a call with the call before it.
    this.#tries = 0;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#shown !== this.wanted && this.#tries < mostTries) {
      while (isCutting()) await pause(giveWay_ms);
      const pattern = this.wanted;
      this.#tries += 1;
      if (await show(pattern)) {
        this.#shown = pattern;
        this.#tries = 0;
      } else {
        await pause(retry_ms);
      }
    }
    this.#busy = false;
  }
}

export class Signals {
  readonly #parts: SignalParts;
  readonly #targets = new Map<string, Target>();
  #pattern: SignalPattern = "none";
  #repeat: NodeJS.Timeout | undefined;

  constructor(parts: SignalParts) {
    this.#parts = parts;
  }

  /**
   * Returns at once; whatever the loop does in this turn, a cut above all, goes to the wire first.
   */
  show(pattern: SignalPattern): void {
    const goesOn = pattern === this.#pattern;
    this.#pattern = pattern;
    setImmediate(() => this.#driveAll());
    // The siren counts from when it was told: who asks again must not put off its next telling.
    if (goesOn) return;
    clearInterval(this.#repeat);
    if (pattern === "none") return;
    this.#repeat = setInterval(() => this.again(), again_ms);
    this.#repeat.unref();
  }

  /** Shows the pattern in force anew. */
  again(): void {
    for (const target of this.#targets.values()) if (target.isIdle) target.forget();
    this.#driveAll();
  }

  stop(): void {
    clearInterval(this.#repeat);
  }

  #driveAll(): void {
    for (const [id, device] of this.#parts.lights()) {
      this.#drive(id, (pattern) => this.#light(device, pattern));
    }
    for (const [id, device] of this.#parts.sirens()) {
      this.#drive(id, (pattern) => this.#siren(device, pattern));
    }
  }

  #drive(id: string, show: Show): void {
    const target = this.#targets.get(id) ?? new Target();
    this.#targets.set(id, target);
    target.wanted = this.#pattern;
    void target.drive(show, this.#parts.isCutting);
  }

  /**
   * Lights go on and stay on: someone lies in the dark. Nobody's lamp is put out by an alarm's end.
   */
  async #light(device: Models.Device, pattern: SignalPattern): Promise<boolean> {
    if (pattern === "none") return true;
    const endpoint = device.endpoints.find((one) => one.supportsInputCluster("genOnOff"));
    if (endpoint === undefined) return true;
    const done = await request("the light", () => endpoint.command("genOnOff", "on", {}, brief));
    return done.ok;
  }

  async #siren(device: Models.Device, pattern: SignalPattern): Promise<boolean> {
    const { mode, level, duration_s } = sirenOf[pattern];
    const done = await request("the siren", async () => {
      const value = { mode, level, duration: duration_s, strobe: mode !== "stop" };
      const known = this.#parts.recognition.set(device, "warning", value);
      if (known !== undefined) await known;
      else await this.#standardSiren(device, sirenOf[pattern]);
      return undefined;
    });
    return done.ok;
  }

  async #standardSiren(device: Models.Device, siren: Siren): Promise<void> {
    const endpoint = device.endpoints.find((one) => one.supportsInputCluster("ssIasWd"));
    const strobe = siren.mode === "stop" ? 0 : 1;
    const startwarninginfo = (modes[siren.mode] << 4) | (strobe << 2) | levels[siren.level];
    const warning = {
      startwarninginfo,
      warningduration: siren.duration_s,
      strobedutycycle: 0,
      strobelevel: 0,
    };
    await endpoint?.command("ssIasWd", "startWarning", warning, brief);
  }
}
