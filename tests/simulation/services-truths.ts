/** What must be true of orders at every moment, and once all is at rest. */
import type { Order, OrderWord } from "../../protocol/living.ts";
import type { ServicesView } from "../../protocol/view.ts";
import type { ServicesState } from "../../rules/machines/services.ts";
import type { OrderBody } from "./services-desk.ts";

type Shown = ServicesView["orders"][number];

interface Promise {
  readonly word: OrderWord;
  readonly nth: number;
}

const same = (a: Pick<OrderWord, "act" | "day" | "part">, b: typeof a): boolean =>
  a.act === b.act && a.day === b.day && a.part === b.part;

export class ServicesTruths {
  readonly violations: string[] = [];
  readonly counts = { promised: 0, repeats: 0, unsent: 0, answered: 0, crashes: 0, givenUp: 0 };
  /** The newest word about each order that the tablet was told is kept. */
  readonly #promises = new Map<string, Promise>();
  /** Every state of an order that the care service has had. */
  readonly #stood = new Set<string>();
  readonly #words = new Map<string, OrderWord>();

  #fail(sentence: string): void {
    this.violations.push(sentence);
  }

  stands(order: Order): void {
    this.#stood.add(JSON.stringify(order));
  }

  /** A number names one word for good. */
  arrived({ order, nth }: OrderBody): void {
    const before = this.#words.get(`${order.orderId} ${nth}`);
    this.#words.set(`${order.orderId} ${nth}`, order);
    if (before !== undefined && !same(before, order)) {
      this.#fail(`I5: ${order.orderId}: the number ${nth} names two words`);
    }
  }

  /** An order is asked for once; what is asked again was repeated by somebody. */
  taken(word: OrderWord, before: Order | undefined): void {
    if (word.act === "ask" && before !== undefined) {
      this.#fail(`${word.orderId} is ordered twice`);
    }
  }

  promised(word: OrderWord, nth: number, memory: ServicesState): void {
    this.counts.promised += 1;
    this.#promises.set(word.orderId, { word, nth });
    const kept = memory.waiting.find(({ orderId }) => orderId === word.orderId);
    if (kept === undefined || kept.nth !== nth || !same(kept, word)) {
      this.#fail(`I5: ${word.orderId} was taken, and another word is kept`);
    }
  }

  shown(orders: readonly Shown[]): void {
    const ids = orders.map(({ id }) => id);
    if (new Set(ids).size < ids.length) this.#fail("an order is shown twice");
    for (const { sent, ...order } of orders) {
      if (sent) this.counts.answered += 1;
      else this.counts.unsent += 1;
      if (sent && !this.#stood.has(JSON.stringify(order))) {
        this.#fail(`I2: ${order.id} is shown as sent, and the care service never had it so`);
      }
    }
    for (const [id, promise] of this.#promises) this.#kept(id, promise, orders);
  }

  #kept(id: string, { word, nth }: Promise, orders: readonly Shown[]): void {
    const shown = orders.find((order) => order.id === id);
    if (shown === undefined) this.#fail(`I5: ${id} was taken, and is lost`);
    else if (shown.sent && shown.nth < nth) this.#fail(`I2: ${id}: an old word is shown as sent`);
    else if (!shown.sent && shown.nth === nth && !same(shown, word)) {
      this.#fail(`I5: ${id}: another word stands under its number`);
    } else if (!shown.sent && shown.nth < nth) this.#fail(`I5: ${id}: an old word waits`);
  }

  /** The line is whole and nobody does anything more. */
  atRest(orders: readonly Shown[], care: readonly Order[]): void {
    if (this.violations.length > 0) return;
    this.shown(orders);
    for (const { sent, id } of orders) if (!sent) this.#fail(`I5: ${id} never arrived`);
    for (const [id, { word, nth }] of this.#promises) {
      const order = care.find((one) => one.id === id);
      if (order === undefined || order.nth < nth)
        this.#fail(`I5: ${id} is not with the care service`);
      else if (order.nth === nth && order.act !== word.act)
        this.#fail(`${id} is another word there`);
    }
    const bare = orders.map(({ sent: _, ...order }) => JSON.stringify(order));
    const theirs = care.map((order) => JSON.stringify(order));
    if (bare.toSorted().join() !== theirs.toSorted().join()) this.#fail("the lists differ at rest");
  }
}
