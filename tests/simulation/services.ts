/**
 * A resident who orders, changes and cancels at a home that crashes, over a line that loses,
 * repeats and reorders, with a care service that crashes as well. From one number.
 */
import { lineOf, type UpLine } from "../../gateway/uplink/line.ts";
import * as outbox from "../../platform/outbox.ts";
import { dayParts, type OrderWord } from "../../protocol/living.ts";
import { instant } from "../../protocol/time.ts";
import type { ServicesView } from "../../protocol/view.ts";
import { type EngineState, initialState, stepEngine } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { type HomeStates, homeMachines, homeStates } from "../../rules/index.ts";
import type { Machine } from "../../rules/machine.ts";
import { type ServicesState, services } from "../../rules/machines/services.ts";
import { servicesView } from "../../rules/view-living.ts";
import { callHome } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { type List, OrderDesk } from "./services-desk.ts";
import { ServicesTruths } from "./services-truths.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

export interface ServicesRun {
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

export type ServicesPicture = (states: HomeStates) => ServicesView;

const anything = homeStates(initialState(homeMachines, callHome));

/** An entry on its way to the disk. */
interface Entry {
  readonly state: EngineState;
  readonly lines: readonly UpLine[];
  readonly durable: (() => void) | undefined;
}

class Ordering {
  readonly truths = new ServicesTruths();
  readonly #line = new Timeline();
  readonly #random: SeededRandom;
  readonly #machines: { readonly services: Machine<ServicesState> };
  readonly #picture: ServicesPicture;
  readonly #desk: OrderDesk;
  #state: EngineState;
  /** What a crash leaves. */
  #disk: EngineState;
  #rows: readonly UpLine[] = [];
  #entries: Entry[] = [];
  #box = outbox.emptyOutbox<UpLine>();
  /** Counts the lives of the home: what an earlier one planned does not happen. */
  #life = 0;
  #up = true;
  #whole = true;
  #events = 0;
  #ordered = 0;
  #resting = false;
  #last: OrderWord | undefined;

  constructor(random: SeededRandom, machine: Machine<ServicesState>, picture: ServicesPicture) {
    this.#random = random;
    this.#machines = { services: machine };
    this.#picture = picture;
    this.#state = initialState(this.#machines, callHome);
    this.#disk = this.#state;
    this.#desk = new OrderDesk({
      random,
      line: this.#line,
      truths: this.truths,
      deliver: (list, taken) => this.#deliver(list, taken),
      receipt: (id) => this.#receipt(id),
    });
  }

  run(length: number): void {
    this.#start();
    this.#sometimes(3 * minute, () => this.#resident());
    this.#sometimes(4 * minute, () => this.#desk.answer());
    this.#sometimes(6 * minute, () => this.#trouble());
    this.#every(second, () => this.#pump());
    this.#until(length);
    this.#heal(true);
    // Nobody orders and nothing breaks any more: then all is where it belongs.
    this.#resting = true;
    this.#until(length + 20 * minute);
    const { orders } = this.#view();
    this.truths.atRest(orders, this.#desk.list());
  }

  #until(end: number): void {
    while (this.#line.now < end && this.truths.violations.length === 0) {
      this.#line.runUntil(Math.min(end, this.#line.now + minute));
    }
  }

  #sometimes(mean: number, run: () => void): void {
    this.#line.later(this.#random.int(2 * mean), () => {
      if (this.#resting) return;
      run();
      this.#sometimes(mean, run);
    });
  }

  #every(length: number, run: () => void): void {
    this.#line.later(length, () => {
      run();
      this.#every(length, run);
    });
  }

  #view(): ServicesView {
    const own = homeStates(this.#state).services;
    return this.#picture({ ...anything, services: own });
  }

  /** As the loop does it: the step, the entry on its way to the disk, and what waits for it. */
  #say(fact: Fact, durable?: () => void): void {
    if (!this.#up || this.truths.violations.length > 0) return;
    this.#events += 1;
    const event: RuleEvent = { ...fact, id: `e${this.#events}`, at: instant(this.#line.now) };
    const step = stepEngine(this.#machines, callHome, this.#state, event);
    for (const { why } of step.failures) throw new Error(why);
    this.#state = step.state;
    const lines = step.effects.flatMap((effect) =>
      effect.kind === "tell-peer-living" ? [lineOf({ id: effect.id, body: effect.body })] : [],
    );
    this.#entries.push({ state: step.state, lines, durable });
    const life = this.#life;
    this.#line.later(this.#random.int(200), () => {
      if (life === this.#life) this.#commit();
    });
    this.truths.shown(this.#view().orders);
  }

  #commit(): void {
    const entry = this.#entries.shift();
    if (entry === undefined) return;
    this.#disk = entry.state;
    this.#rows = [...this.#rows, ...entry.lines];
    for (const line of entry.lines) this.#put(line);
    entry.durable?.();
    this.#pump();
  }

  #put(line: UpLine): void {
    const { box, replaced } = outbox.put(this.#box, line, instant(this.#line.now));
    this.#box = box;
    for (const { id } of replaced) this.#rows = this.#rows.filter((row) => row.id !== id);
  }

  #pump(): void {
    if (!this.#up || !this.#whole) return;
    const { box, lines } = outbox.takeDue(this.#box, instant(this.#line.now));
    this.#box = box;
    for (const line of lines) {
      const { body, id } = line;
      if (body.kind !== "order") continue;
      this.#travels(() => this.#desk.hear(id, body));
    }
    this.#desk.pump((list) => this.#travels(() => this.#desk.arrives(list)));
  }

  /** Some messages are lost, some come twice, each in its own time. */
  #travels(arrive: () => void): void {
    const { chance, int } = this.#random;
    for (let copies = chance(0.1) ? 2 : 1; copies > 0; copies -= 1) {
      if (chance(0.15)) continue;
      this.#line.later(int(chance(0.2) ? 20 * second : 300), () => {
        if (this.#whole) arrive();
      });
    }
  }

  #receipt(id: string): void {
    this.#travels(() => {
      if (!this.#up) return;
      this.#box = outbox.settle(this.#box, id).box;
      this.#rows = this.#rows.filter((row) => row.id !== id);
    });
  }

  #deliver({ version, orders }: List, taken: () => void): void {
    this.#say({ kind: "orders-told", version, orders }, () => this.#travels(taken));
  }

  #resident(): void {
    const { chance, pick } = this.#random;
    const { orders } = this.#view();
    const again = this.#last;
    if (again !== undefined && chance(0.3)) {
      this.#order(again);
    } else if (this.#ordered < 25 && (orders.length === 0 || chance(0.4))) {
      this.#ordered += 1;
      this.#order({ ...this.#when(), orderId: `o${this.#ordered}`, act: "ask" });
    } else if (orders.length > 0) {
      const { id } = pick(orders);
      this.#order({ ...this.#when(), orderId: id, act: chance(0.6) ? "change" : "cancel" });
    }
  }

  #when() {
    const { int, pick } = this.#random;
    return { service: "meals", day: `2026-12-0${1 + int(9)}`, part: pick(dayParts) } as const;
  }

  /** The tablet is answered when the word is on disk; what it says from then on is a promise. */
  #order(order: OrderWord): void {
    this.#last = order;
    const before = homeStates(this.#state).services.nth;
    let nth = 0;
    this.#say({ kind: "order-said", order, client: "tablet" }, () => {
      if (nth > before) this.truths.promised(order, nth, homeStates(this.#disk).services);
    });
    nth = homeStates(this.#state).services.nth;
    if (nth === before) this.truths.counts.repeats += 1;
  }

  #trouble(): void {
    const { int, chance } = this.#random;
    switch (int(5)) {
      case 0:
        this.#breakLine(int(chance(0.5) ? 5 * second : 5 * minute));
        return;
      case 1:
        this.#desk.crash();
        return;
      case 2:
        this.#giveUp();
        return;
      default:
        this.#crash(int(chance(0.5) ? 5 * second : 2 * minute));
    }
  }

  /** A line that is down for long: a full outbox gives up what is no alarm, and its row. */
  #giveUp(): void {
    if (!this.#whole || !this.#up) return;
    this.#breakLine(6 * minute);
    this.#resident();
    this.#line.later(5 * minute, () => {
      for (const { line } of this.#box.waiting) {
        this.truths.counts.givenUp += 1;
        this.#box = outbox.settle(this.#box, line.id).box;
        this.#rows = this.#rows.filter(({ id }) => id !== line.id);
      }
    });
  }

  #breakLine(length: number): void {
    if (!this.#whole) return;
    this.#whole = false;
    this.#box = outbox.linkDown(this.#box);
    this.#line.later(length, () => this.#heal(length >= minute));
  }

  #heal(wasLong: boolean): void {
    if (this.#whole) return;
    this.#whole = true;
    this.#box = outbox.linkUp(this.#box, instant(this.#line.now));
    if (wasLong) this.#say({ kind: "peer-back" });
  }

  #crash(length: number): void {
    if (!this.#up) return;
    this.truths.counts.crashes += 1;
    this.#up = false;
    this.#life += 1;
    this.#entries = [];
    this.#line.later(length, () => {
      this.#up = true;
      this.#state = JSON.parse(JSON.stringify(this.#disk)) as EngineState;
      this.#start();
    });
  }

  #start(): void {
    this.#box = outbox.emptyOutbox();
    if (this.#whole) this.#box = outbox.linkUp(this.#box, instant(this.#line.now));
    this.#say({ kind: "gateway-started", boot: `b${this.#life}`, gapMs: 0 });
    for (const row of this.#rows) this.#put(row);
  }
}

/** One seed: four hours. */
export function runServicesSeed(
  seed: number,
  machine: Machine<ServicesState> = services,
  picture: ServicesPicture = servicesView,
): ServicesRun {
  const ordering = new Ordering(seededRandom(seed), machine, picture);
  ordering.run(4 * hour);
  return { violations: ordering.truths.violations, counts: ordering.truths.counts };
}
