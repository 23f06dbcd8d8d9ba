/** The switches by which a test breaks the home. Each has an effect that is seen from outside. */

import type { Condition, RadioTrouble } from "./trouble.ts";
import type { VirtualHome } from "./virtual-home.ts";

export class Faults {
  readonly #home: VirtualHome;
  #isRefused = false;

  constructor(home: VirtualHome) {
    this.#home = home;
  }

  /** The stick stays connected and answers nothing. */
  silent(on: boolean): void {
    this.#home.trouble.silent = on;
  }

  /** The next replies on the serial line are lost; what they answer still happens. */
  loseReplies(count: number): void {
    this.#home.trouble.lostReplies = count;
  }

  /** The stick restarts by itself, as after a brown-out: no network until the host starts it. */
  reset(): void {
    this.#home.stick.reset();
  }

  /** The stick forgets everything it was taught; its own address stays. */
  wipe(): void {
    this.#home.stick.factory();
    this.#home.stick.reset();
  }

  /** Somebody plugs in another stick: another address, another seed of link keys, no network. */
  replace(): void {
    const { stick, chance } = this.#home;
    const eui = `0x00124b00${chance.bytes(4).toString("hex")}`;
    stick.replace({ eui, seed: chance.bytes(16) });
  }

  cut(how: "fin" | "rst"): void {
    this.#home.socket.cut(how);
  }

  /** Nobody answers at the port until it is opened again. */
  async refuse(on: boolean): Promise<void> {
    this.#isRefused = on;
    if (on) await this.#home.socket.close();
    else await this.#home.socket.open();
  }

  /** Bytes that are no frame: given ones, or this many drawn. */
  garbage(bytes: Buffer | number): void {
    const { chance, line } = this.#home;
    line.noise(typeof bytes === "number" ? chance.bytes(bytes) : bytes);
  }

  device(name: string, condition: Condition): void {
    this.#home.trouble.setCondition(this.#home.device(name).name, condition);
  }

  /** What the stick confirms for frames to a device: a status, nothing at all, or the truth. */
  confirm(name: string, status: number | "none" | undefined): void {
    this.#home.trouble.setConfirm(this.#home.device(name).name, status);
  }

  /** Trouble in the air, for one device or for all. */
  radio(trouble: RadioTrouble | undefined, name?: string): void {
    if (name === undefined) this.#home.trouble.setRadio(trouble);
    else this.#home.trouble.setRadio(trouble, this.#home.device(name).name);
  }

  /** All is as it was when the home began: conditions, delays, relay, mains, and the open port. */
  async clear(): Promise<void> {
    this.#home.trouble.clear();
    this.#home.stove.fault("none");
    this.#home.power(true);
    if (this.#isRefused) await this.refuse(false);
  }
}
