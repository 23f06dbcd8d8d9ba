/**
 * The tables of what residents choose, order and say at the tablet. A text named `title`, `dropped`
 * or `stands` is JSON; `nth` and `*_at` are counted and timed by the home.
 */
import type { Generated } from "kysely";
import type { DayPart, Order, OrderAct } from "../../protocol/living.ts";

/** One order, with the newest word of the resident and of the care service. */
export interface OrdersTable {
  home: string;
  id: string;
  service: string;
  /** What the service was called when it was ordered: the catalogue may change. */
  title: string;
  act: OrderAct;
  state: Order["state"];
  day: string;
  part: DayPart;
  from_wall: number | null;
  who: string;
  note: string;
  /** What was confirmed, and stands until a change of it is: day, part, from when, who. */
  stands: string | null;
  nth: number;
  /** Gateway time at which the home sent it. */
  sent_at: number;
  asked_wall: number;
  changed_wall: number;
  /** Who answered last. */
  answered_by: string | null;
}

/** A resident would drop a module, or have it again, and asks the care service. */
export interface WishesTable {
  home: string;
  ask: string;
  module: string;
  wanted: 0 | 1;
  state: "asked" | "granted" | "refused" | "withdrawn";
  note: string;
  by_id: string | null;
  by_name: string | null;
  wall: number;
  answered_wall: number | null;
  /** 1 once the home has the answer. */
  taken: Generated<number>;
}

/** One row for each home: its choices, and which version of each list it should have and has. */
export interface LivingTable {
  home: string;
  choices_nth: Generated<number>;
  choices_at: Generated<number>;
  dropped: Generated<string>;
  paused_until_wall: number | null;
  wellbeing_wall: number | null;
  catalogue_taken: Generated<number>;
  orders_version: Generated<number>;
  orders_taken: Generated<number>;
  looks_version: Generated<number>;
  looks_taken: Generated<number>;
  /** The newest look of that version. */
  looks_n: Generated<number>;
  /** Gateway time of the newest receipt: a home whose time is before it has lost its memory. */
  taken_at: Generated<number>;
  /** 1 from a change here until the process that looks after the home has looked. */
  news: Generated<number>;
}

/** What makes them; `int` is the dialect's word for a whole number. */
export const livingTables = (int: string): string => {
  const count = `${int} NOT NULL DEFAULT 0`;
  return `
  CREATE TABLE orders (
    home TEXT NOT NULL, id TEXT NOT NULL, service TEXT NOT NULL, title TEXT NOT NULL,
    act TEXT NOT NULL, state TEXT NOT NULL, day TEXT NOT NULL, part TEXT NOT NULL,
    from_wall ${int}, who TEXT NOT NULL, note TEXT NOT NULL, stands TEXT,
    nth ${int} NOT NULL, sent_at ${int} NOT NULL, asked_wall ${int} NOT NULL,
    changed_wall ${int} NOT NULL, answered_by TEXT, PRIMARY KEY (home, id)
  );
  CREATE INDEX orders_day ON orders (state, day);
  CREATE TABLE wishes (
    home TEXT NOT NULL, ask TEXT NOT NULL, module TEXT NOT NULL, wanted ${int} NOT NULL,
    state TEXT NOT NULL, note TEXT NOT NULL, by_id TEXT, by_name TEXT, wall ${int} NOT NULL,
    answered_wall ${int}, taken ${count}, PRIMARY KEY (home, ask)
  );
  CREATE INDEX wishes_state ON wishes (state, wall);
  CREATE TABLE living (
    home TEXT PRIMARY KEY, choices_nth ${count}, choices_at ${count},
    dropped TEXT NOT NULL DEFAULT '[]', paused_until_wall ${int}, wellbeing_wall ${int},
    catalogue_taken ${count}, orders_version ${count}, orders_taken ${count},
    looks_version ${count}, looks_taken ${count}, looks_n ${count}, taken_at ${count},
    news ${count}
  );
  CREATE INDEX living_news ON living (home) WHERE news = 1;
  `;
};
