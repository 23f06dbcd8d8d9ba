/** The care service as far as orders go: what a crash leaves, what it tells, and how staff answer. */
import type { LivingUp, Order } from "../../protocol/living.ts";
import type { SeededRandom } from "../support/random.ts";
import type { ServicesTruths } from "./services-truths.ts";
import { second, type Timeline } from "./timeline.ts";

export interface List {
  readonly version: number;
  readonly orders: readonly Order[];
}

export type OrderBody = Extract<LivingUp, { readonly kind: "order" }>;

export interface DeskParts {
  readonly random: SeededRandom;
  readonly line: Timeline;
  readonly truths: ServicesTruths;
  readonly deliver: (list: List, taken: () => void) => void;
  readonly receipt: (id: string) => void;
}

const title = { de: "Mittagessen", en: "Lunch" };

export class OrderDesk {
  readonly #parts: DeskParts;
  #orders = new Map<string, Order>();
  #version = 0;
  #taken = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #life = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  list(): readonly Order[] {
    return [...this.#orders.values()];
  }

  /** What is not on disk by then is lost, and was not acknowledged. */
  crash(): void {
    this.#life += 1;
  }

  hear(id: string, body: OrderBody): void {
    const { truths, line, random, receipt } = this.#parts;
    truths.arrived(body);
    const life = this.#life;
    line.later(random.int(200), () => {
      if (life !== this.#life) return;
      this.#take(body);
      receipt(id);
    });
  }

  #take({ order, nth }: OrderBody): void {
    const before = this.#orders.get(order.orderId);
    if (before !== undefined && before.nth >= nth) return;
    const { orderId, ...word } = order;
    this.#parts.truths.taken(order, before);
    this.#keep({
      id: orderId,
      ...word,
      title,
      nth,
      state: "asked",
      from_ms: null,
      who: "",
      note: "",
    });
  }

  #keep(order: Order): void {
    this.#orders.set(order.id, order);
    this.#version += 1;
    this.#saidAt = Number.NEGATIVE_INFINITY;
    this.#parts.truths.stands(order);
  }

  /** Staff answer one order, and not always as it was asked. */
  answer(): void {
    const { chance, pick } = this.#parts.random;
    const asked = this.list().filter(({ state }) => state === "asked");
    if (asked.length === 0) return;
    const order = pick(asked);
    if (order.act === "cancel") this.#keep({ ...order, state: "cancelled" });
    else if (chance(0.2)) this.#keep({ ...order, state: "declined", note: "voll" });
    else {
      const part = chance(0.3) ? "evening" : order.part;
      this.#keep({ ...order, part, state: "confirmed", from_ms: 1, who: "Herr Koch" });
    }
  }

  /** Says the newest list until it is acknowledged. */
  pump(send: (list: List) => void): void {
    const { now } = this.#parts.line;
    if (this.#taken >= this.#version || now - this.#saidAt < 5 * second) return;
    this.#saidAt = now;
    send({ version: this.#version, orders: this.list() });
  }

  arrives(list: List): void {
    this.#parts.deliver(list, () => {
      this.#taken = Math.max(this.#taken, list.version);
    });
  }
}
