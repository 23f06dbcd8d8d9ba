/**
 * Services of the provider: its catalogue, and what the resident orders of it. The care service
 * decides; what it has not heard of yet is kept here and shown as not yet sent.
 */
import { livingMax, type Offer, type Order, type OrderWord } from "../../protocol/living.ts";
import type { Effect } from "../effects.ts";
import type { Fact } from "../events.ts";
import { type Machine, type Step, unchanged } from "../machine.ts";
import { dayAt } from "./services-day.ts";
import { servicesManifest } from "./services-manifest.ts";

/** The newest word about an order, which the care service's list does not answer yet. */
export type WaitingWord = OrderWord & { readonly nth: number };

/** Catalogue and orders as the care service last told them, and words on their way to it. */
export interface ServicesState {
  readonly offers: { readonly version: number; readonly list: readonly Offer[] };
  readonly orders: { readonly version: number; readonly list: readonly Order[] };
  /** One for an order; at most `livingMax.orders`, then no word about another order is taken. */
  readonly waiting: readonly WaitingWord[];
  /** The highest number that a word has. */
  readonly nth: number;
  /** The day at the home as a trusted clock last told it; null while none has. */
  readonly today: string | null;
}

type Told<Kind extends Fact["kind"]> = Extract<Fact, { readonly kind: Kind }>;

const tell = ({ nth, ...order }: WaitingWord): Effect => ({
  kind: "tell-peer-living",
  body: { kind: "order", order, nth },
});

/** The last that is known of an order, from the resident or from the care service. */
function known({ waiting, orders }: ServicesState, id: string): WaitingWord | Order | undefined {
  return waiting.find(({ orderId }) => orderId === id) ?? orders.list.find((one) => one.id === id);
}

/** Whether the word says nothing that is not said already: a tablet asks until it is answered. */
function isRepeat(state: ServicesState, word: OrderWord): boolean {
  const last = known(state, word.orderId);
  if (last === undefined) return false;
  if (word.act === "ask") return true;
  if ("state" in last && last.state !== "asked") {
    return word.act === "cancel" && last.state === "cancelled";
  }
  return last.act === word.act && last.day === word.day && last.part === word.part;
}

/** Why the home does not take this word, in one word for the tablet; null when it does. */
export function orderRefusal(
  state: ServicesState,
  word: OrderWord,
): "day-over" | "too-many-wait" | null {
  if (isRepeat(state, word)) return null;
  if (state.today !== null && word.day < state.today) return "day-over";
  const waits = state.waiting.some(({ orderId }) => orderId === word.orderId);
  return !waits && state.waiting.length >= livingMax.orders ? "too-many-wait" : null;
}

function said(state: ServicesState, word: OrderWord): Step<ServicesState> {
  if (isRepeat(state, word)) return unchanged(state);
  const refusal = orderRefusal(state, word);
  if (refusal !== null) {
    return { ...unchanged(state), because: `${word.act} of ${word.orderId} refused: ${refusal}` };
  }
  const newest = { ...word, nth: state.nth + 1 };
  const others = state.waiting.filter(({ orderId }) => orderId !== word.orderId);
  return {
    state: { ...state, waiting: [...others, newest], nth: newest.nth },
    effects: [tell(newest)],
    emits: [],
    because: `${word.act} of ${word.orderId} waits for the care service`,
  };
}

/** Nobody comes any more on a day that is over. */
function withoutPast<Item extends { readonly day: string }>(
  items: readonly Item[],
  today: string | null,
): readonly Item[] {
  return today === null ? items : items.filter(({ day }) => day >= today);
}

function ordersTold(state: ServicesState, told: Told<"orders-told">): Step<ServicesState> {
  const { version, orders } = told;
  if (version < state.orders.version) return unchanged(state);
  const answers = (word: WaitingWord): boolean =>
    orders.some(({ id, nth }) => id === word.orderId && nth >= word.nth);
  const heard = state.waiting.filter(answers).map(({ orderId }) => orderId);
  const next: ServicesState = {
    ...state,
    orders: { version, list: withoutPast(orders, state.today).slice(0, livingMax.orders) },
    waiting: state.waiting.filter((word) => !answers(word)),
    // A home that lost its memory counts on from what the care service has of it.
    nth: Math.max(state.nth, ...orders.map(({ nth }) => nth)),
  };
  if (heard.length === 0) return unchanged(next);
  return { ...unchanged(next), because: `the care service has heard of ${heard.join(", ")}` };
}

function catalogueTold(state: ServicesState, told: Told<"catalogue-told">): Step<ServicesState> {
  const { version, offers } = told;
  if (version < state.offers.version) return unchanged(state);
  return unchanged({ ...state, offers: { version, list: offers.slice(0, livingMax.offers) } });
}

function clockTold(
  state: ServicesState,
  { trusted, wallMs, local }: Told<"clock-told">,
): Step<ServicesState> {
  const today = trusted ? dayAt(wallMs, local) : state.today;
  if (today === state.today) return unchanged(state);
  const { waiting, orders } = state;
  return unchanged({
    ...state,
    today,
    waiting: withoutPast(waiting, today),
    orders: { ...orders, list: withoutPast(orders.list, today) },
  });
}

/** A full outbox may have given the words up. A word that has arrived is harmless a second time. */
function tellAgain(state: ServicesState): Step<ServicesState> {
  if (state.waiting.length === 0) return unchanged(state);
  const ids = state.waiting.map(({ orderId }) => orderId).join(", ");
  const because = `not known to be with the care service: ${ids}`;
  return { state, effects: state.waiting.map(tell), emits: [], because };
}

/** The services of one home. */
export const services: Machine<ServicesState> = {
  manifest: servicesManifest,
  initial: () => ({
    offers: { version: 0, list: [] },
    orders: { version: 0, list: [] },
    waiting: [],
    nth: 0,
    today: null,
  }),
  step(state, event) {
    switch (event.kind) {
      case "order-said":
        return said(state, event.order);
      case "orders-told":
        return ordersTold(state, event);
      case "catalogue-told":
        return catalogueTold(state, event);
      case "clock-told":
        return clockTold(state, event);
      case "gateway-started":
      case "peer-back":
        return tellAgain(state);
      default:
        return unchanged(state);
    }
  },
  wakeAt: () => undefined,
};
