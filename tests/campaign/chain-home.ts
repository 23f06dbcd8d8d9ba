/** A home of the chain campaign: the real uplink, and what such a home holds as its rules would. */

import type { Uplink } from "../../gateway/ports.ts";
import type { DownMessage } from "../../protocol/messages.ts";
import { alarmOf } from "../care/care-rig.ts";
import { type HomeLogin, openHomeUplink } from "../support/home-uplink.ts";
import type { Offered } from "./chain-evidence.ts";

/** A home takes its alarms back when the care service was away for so long. */
const silentMs = 6_000;

interface Held {
  readonly offered: Offered;
  epoch: number;
  /** False once the care service has said that it has custody of this epoch. */
  own: boolean;
}

export class ChainHome {
  readonly name: string;
  readonly uplink: Uplink;
  readonly uncovered: string[] = [];
  readonly #held = new Map<string, Held>();
  /** By the last offer's message: its receipt counts, also when the alarm is over by then. */
  readonly #offers = new Map<string, Offered>();
  #beats = 0;
  #silent: NodeJS.Timeout | undefined;

  constructor(login: HomeLogin) {
    this.name = login.home;
    this.uplink = openHomeUplink(login, {
      message: (message, taken) => {
        this.#hear(message);
        taken();
      },
      beat: ({ holds }) => this.#compare(holds.map(({ alarmId }) => alarmId)),
      disconnected: () => {
        this.#silent ??= setTimeout(() => this.#takeBack(), silentMs);
      },
      settled: (id) => this.#settled(id),
    });
  }

  get beats(): number {
    return this.#beats;
  }

  offer(offered: Offered): void {
    const held: Held = { offered, epoch: 0, own: true };
    this.#held.set(offered.id, held);
    this.#offer(held);
  }

  /** Alarms that nobody closed and that the care service has said to have. */
  entrusted(): readonly Offered[] {
    return [...this.#held.values()].filter(({ own }) => !own).map(({ offered }) => offered);
  }

  async close(): Promise<void> {
    clearTimeout(this.#silent);
    await this.uplink.close();
  }

  #offer(held: Held): void {
    held.epoch += 1;
    held.own = true;
    const { id } = held.offered;
    this.#offers.delete(`${id}-offer-${held.epoch - 1}`);
    const message = `${id}-offer-${held.epoch}`;
    this.#offers.set(message, held.offered);
    const body = { kind: "custody-offered", alarm: alarmOf(id), epoch: held.epoch } as const;
    this.uplink.send({ id: message, body });
  }

  #takeBack(): void {
    this.#silent = undefined;
    for (const held of this.#held.values()) this.#offer(held);
  }

  #settled(id: string): void {
    const offered = this.#offers.get(id);
    if (offered !== undefined) offered.receiptAt ??= Date.now();
  }

  #hear({ body }: DownMessage): void {
    if (body.kind === "closed") this.#held.delete(body.alarmId);
    if (body.kind !== "custody-taken") return;
    const held = this.#held.get(body.alarmId);
    if (held?.epoch === body.epoch) held.own = false;
  }

  /** The answer to a beat lists what the care service has on its disk. */
  #compare(holds: readonly string[]): void {
    this.#beats += 1;
    clearTimeout(this.#silent);
    this.#silent = undefined;
    for (const { id, closeAskedAt } of this.entrusted()) {
      if (closeAskedAt !== undefined || holds.includes(id)) continue;
      this.uncovered.push(`${id} at ${Date.now()}: a beat of the care service does not list it`);
    }
  }
}
