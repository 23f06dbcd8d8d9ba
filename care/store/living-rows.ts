/**
 * What homes say of their residents' choices and orders, gathered for one commit: many homes in few
 * statements, and the later word where a home said two. Pure.
 */
import type { OrderWord } from "../../protocol/living.ts";
import { storable } from "./portions.ts";

/** The lists that a home is told whole, with a version. */
export type LivingList = "catalogue" | "orders" | "looks";

/** A word counts against the one before by its place; see `outweighs`. */
interface Counted {
  readonly nth: number;
  /** Gateway time at which the home sent it. */
  readonly sent_at: number;
}

export type LivingWord =
  | (Counted & {
      readonly kind: "choices";
      /** JSON. */
      readonly dropped: string;
      readonly paused_until_wall: number | null;
    })
  | (Counted & { readonly kind: "order"; readonly order: OrderWord })
  | {
      readonly kind: "wish";
      readonly ask: string;
      readonly module: string;
      readonly wanted: boolean;
    }
  | { readonly kind: "wellbeing"; readonly wellbeing_wall: number }
  /** The home has this version on its disk. */
  | {
      readonly kind: "list-taken";
      readonly list: LivingList;
      readonly version: number;
      readonly at: number;
    }
  | { readonly kind: "answer-taken"; readonly ask: string };

/** One of them on its way to the disk. */
export interface LivingRow {
  readonly kind: "living";
  readonly home: string;
  readonly wall: number;
  readonly word: LivingWord;
}

type WordOf<Kind extends LivingWord["kind"]> = Extract<LivingWord, { kind: Kind }>;

/** What is said of one home itself; 0 and null say nothing. */
export interface LivingChange {
  readonly home: string;
  choices_nth: number;
  choices_at: number;
  dropped: string;
  paused_until_wall: number | null;
  wellbeing_wall: number | null;
  catalogue_taken: number;
  orders_taken: number;
  looks_taken: number;
  taken_at: number;
  /** When an order changed: its list has a new version. */
  orders_version: number;
}

/** One word about one order. */
export type OrderChange = Counted & {
  readonly home: string;
  readonly wall: number;
  readonly order: OrderWord;
};

export interface WishChange {
  readonly home: string;
  readonly wall: number;
  readonly ask: string;
  readonly module: string;
  readonly wanted: boolean;
}

/** All words of one commit. */
export interface LivingBatch {
  readonly homes: readonly LivingChange[];
  readonly orders: readonly OrderChange[];
  readonly wishes: readonly WishChange[];
  readonly answers: readonly { readonly home: string; readonly ask: string }[];
}

/**
 * The time of a home only moves forward. One that sends from so much earlier has lost its memory,
 * and counts from the beginning again; a restart takes a few minutes back at most.
 */
export const forgotMs = 600_000;

/** Whether a word counts more than the one before. */
export const outweighs = (word: Counted, before: Counted): boolean =>
  word.nth > before.nth || word.sent_at < before.sent_at - forgotMs;

const nothing = (home: string): LivingChange => ({
  home,
  choices_nth: 0,
  choices_at: 0,
  dropped: "[]",
  paused_until_wall: null,
  wellbeing_wall: null,
  catalogue_taken: 0,
  orders_taken: 0,
  looks_taken: 0,
  taken_at: 0,
  orders_version: 0,
});

class Gathering {
  readonly homes = new Map<string, LivingChange>();
  readonly orders = new Map<string, OrderChange>();
  readonly wishes: WishChange[] = [];
  readonly answers: { home: string; ask: string }[] = [];

  add({ home, wall, word }: LivingRow): void {
    switch (word.kind) {
      case "choices":
        this.choose(this.of(home), word);
        return;
      case "order":
        this.order(this.of(home), { ...word, home, wall });
        return;
      case "wish":
        this.wishes.push(storable({ ...word, home, wall }));
        return;
      case "wellbeing": {
        const change = this.of(home);
        change.wellbeing_wall = Math.max(change.wellbeing_wall ?? 0, word.wellbeing_wall);
        return;
      }
      case "list-taken": {
        const change = this.of(home);
        const column = `${word.list}_taken` as const;
        change[column] = Math.max(change[column], word.version);
        change.taken_at = word.at;
        return;
      }
      case "answer-taken":
        this.answers.push(storable({ home, ask: word.ask }));
        return;
    }
  }

  private of(home: string): LivingChange {
    const known = this.homes.get(home) ?? nothing(home);
    this.homes.set(home, known);
    return known;
  }

  private choose(change: LivingChange, word: WordOf<"choices">): void {
    const before = { nth: change.choices_nth, sent_at: change.choices_at };
    if (!outweighs(word, before)) return;
    change.choices_nth = word.nth;
    change.choices_at = word.sent_at;
    change.dropped = word.dropped;
    change.paused_until_wall = word.paused_until_wall;
  }

  private order(change: LivingChange, word: OrderChange): void {
    change.orders_version = Math.max(change.orders_version, word.wall);
    const key = `${word.home} ${word.order.orderId}`;
    const before = this.orders.get(key);
    if (before !== undefined && !outweighs(word, before)) return;
    this.orders.set(key, { ...word, order: storable(word.order) });
  }
}

/** A time on the wire may be any number; a column holds whole ones that JavaScript can count. */
function bounded<Row extends object>(row: Row): Row {
  const entries = Object.entries(storable(row)).map(([name, value]: [string, unknown]) =>
    typeof value === "number" ? [name, Math.min(value, Number.MAX_SAFE_INTEGER)] : [name, value],
  );
  return Object.fromEntries(entries) as Row;
}

export function livingBatch(rows: readonly LivingRow[]): LivingBatch {
  const all = new Gathering();
  for (const row of rows) all.add(row);
  const { wishes, answers } = all;
  return {
    homes: [...all.homes.values()].map(bounded),
    orders: [...all.orders.values()].map(bounded),
    wishes,
    answers,
  };
}
