/** Switching the stove relay: sends, sends again, and believes only what the relay itself says. */
import type { ActOutcome } from "../ports.ts";
import { pause } from "./deadline.ts";
import type { SwitchCommand } from "./frames.ts";
import type { Answer, RelayLink } from "./relay-link.ts";

/** When frames go out, counted from the call. From the second on the group is used as well. */
const sendAt_ms: readonly number[] = [0, 350, 900];
const deadline_ms = 2_000;
/**
 * The relay is asked for its state when it answered the command, or after this long without answer.
 */
const askAfter_ms = 120;
/**
 * Everything else gives way for this long after a cut's first frame: a plug that lives has answered
 * by then. A dead one must not hold siren and lamps back: the rules cut again every 1.5 s.
 */
const alone_ms = 300;

const unreached = "the radio does not reach the relay now";

type Wanted = SwitchCommand | "any";

/** One order to a relay, from its first frame to its proof. */
class Order {
  readonly device: string;
  readonly wanted: Wanted;
  readonly began_ms = performance.now();
  #isDone = false;
  /** What waits for the end. */
  #waiting: AbortController | undefined;
  said: boolean | undefined;
  answers: Answer[] = [];
  reached = false;

  constructor(device: string, wanted: Wanted) {
    this.device = device;
    this.wanted = wanted;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get spent_ms(): number {
    return Math.round(performance.now() - this.began_ms);
  }

  get isProved(): boolean {
    if (this.said === undefined) return false;
    return this.wanted === "any" || this.said === (this.wanted === "on");
  }

  /** Every frame was answered with a refusal. */
  get isRefused(): boolean {
    const refusals = this.answers.filter((answer) => typeof answer === "number" && answer !== 0);
    return refusals.length === sendAt_ms.length;
  }

  noticed(on: boolean): void {
    this.said = on;
    if (this.isProved) this.end();
  }

  end(): void {
    this.#isDone = true;
    this.#waiting?.abort();
  }

  /** Until this long after the beginning, or until the order is done. */
  async until(at_ms: number): Promise<void> {
    const left_ms = this.began_ms + at_ms - performance.now();
    if (left_ms <= 0 || this.#isDone) return;
    // Made only now: it need not stand before the first frame.
    this.#waiting ??= new AbortController();
    await pause(left_ms, this.#waiting.signal);
  }

  outcome(): ActOutcome {
    if (this.isProved) {
      return {
        ok: true,
        detail: `relay is ${this.said ? "on" : "off"}, read after ${this.spent_ms} ms`,
      };
    }
    if (!this.reached) return { ok: false, detail: unreached };
    const state = this.said === undefined ? "says nothing" : `says ${this.said ? "on" : "off"}`;
    const refusal = this.answers.find((answer) => typeof answer === "number" && answer !== 0);
    const answered = refusal === undefined ? "" : `, refused with status ${refusal}`;
    return { ok: false, detail: `relay ${state} after ${this.spent_ms} ms${answered}` };
  }
}

export class RelaySwitch {
  readonly #find: (device: string) => RelayLink | undefined;
  readonly #orders = new Set<Order>();
  /** The latest wish per relay: an older one stops trying. */
  readonly #latest = new Map<string, SwitchCommand>();
  /** Cut, and not yet said to be off: sent again as soon as the radio is back. */
  readonly #owed = new Set<string>();

  constructor(find: (device: string) => RelayLink | undefined) {
    this.#find = find;
  }

  /** Whether a cut was just sent and may still be answered: everything else gives way. */
  get isCutting(): boolean {
    for (const { wanted, reached, spent_ms } of this.#orders) {
      if (wanted === "off" && reached && spent_ms < alone_ms) return true;
    }
    return false;
  }

  /** The first frame leaves before this returns. */
  cut(device: string, way: "direct" | "group"): Promise<ActOutcome> {
    this.#owed.add(device);
    return this.#run(device, "off", way);
  }

  give(device: string): Promise<ActOutcome> {
    this.#owed.delete(device);
    return this.#run(device, "on", "direct");
  }

  /** Asks once; the answer comes as a fact. */
  async read(device: string): Promise<ActOutcome> {
    const order = new Order(device, "any");
    const link = this.#find(device);
    if (link === undefined) return { ok: false, detail: unreached };
    order.reached = true;
    this.#orders.add(order);
    link.ask();
    await order.until(deadline_ms);
    this.#orders.delete(order);
    return order.outcome();
  }

  /** The relay said its state: in a report or as an answer. */
  noticed(device: string, on: boolean): void {
    if (!on) this.#owed.delete(device);
    for (const order of this.#orders) if (order.device === device) order.noticed(on);
  }

  /** The radio or a plug is back: what was cut and not proved is cut first. */
  resume(devices: Iterable<string> = this.#owed): void {
    for (const device of devices) {
      const link = this.#owed.has(device) ? this.#find(device) : undefined;
      if (link === undefined) continue;
      link.switch("off").catch(() => {});
      link.spread("off");
      link.ask();
    }
  }

  async #run(device: string, wanted: SwitchCommand, way: "direct" | "group"): Promise<ActOutcome> {
    const order = new Order(device, wanted);
    this.#orders.add(order);
    this.#latest.set(device, wanted);
    for (const [nth, at_ms] of sendAt_ms.entries()) {
      // The first frame leaves in the very call: nothing is awaited before it.
      if (nth > 0) await order.until(at_ms);
      if (order.isDone || this.#latest.get(device) !== wanted) break;
      this.#transmit(order, way === "group" || nth > 0);
    }
    await order.until(deadline_ms);
    this.#orders.delete(order);
    return order.outcome();
  }

  #transmit(order: Order, group: boolean): void {
    const link = this.#find(order.device);
    if (link === undefined || order.wanted === "any") return;
    order.reached = true;
    const answer = link.switch(order.wanted).catch((): Answer => "mute");
    if (group) link.spread(order.wanted);
    let asked = false;
    const ask = (): void => {
      if (asked || order.isDone) return;
      asked = true;
      this.#find(order.device)?.ask();
    };
    setTimeout(ask, askAfter_ms);
    void answer.then((status) => {
      order.answers.push(status);
      ask();
      // Let the last question be answered before the refusal is told.
      if (order.isRefused) setTimeout(() => order.end(), askAfter_ms);
    });
  }
}
