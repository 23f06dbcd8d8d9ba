/**
 * Writes what residents chose, ordered and wished, within the transaction of a commit. The place of
 * a word decides, not its arrival: links reorder and repeat.
 */
import { type RawBuilder, sql, type Transaction } from "kysely";
import { readCatalogue } from "./catalogue.ts";
import { forgotMs, type LivingBatch, type OrderChange, type WishChange } from "./living-rows.ts";
import { portions } from "./portions.ts";
import type { CareDatabase, NewRow } from "./schema.ts";

type Within = Transaction<CareDatabase>;

/**
 * Orders and wishes of one home that are kept; beyond it what is over goes first, then the oldest.
 * A tablet that floods loses its own.
 */
export const ordersMax = 200;
export const wishesMax = 50;

export async function writeLiving(within: Within, batch: LivingBatch): Promise<void> {
  const { homes, orders, wishes, answers } = batch;
  await writeHomes(within, homes);
  if (orders.length > 0) await writeOrders(within, orders);
  for (const wish of wishes) await writeWish(within, wish);
  for (const part of portions(answers)) {
    await within
      .updateTable("wishes")
      .set({ taken: 1 })
      .where((at) => at.or(part.map(({ home, ask }) => at.and({ home, ask }))))
      .execute();
  }
}

const isNewer = sql`(excluded.choices_nth > living.choices_nth OR (excluded.choices_nth > 0
  AND excluded.choices_at < living.choices_at - ${sql.lit(forgotMs)}))`;

const chosen = (column: string): RawBuilder<unknown> => sql`CASE WHEN ${isNewer}
  THEN excluded.${sql.ref(column)} ELSE living.${sql.ref(column)} END`;

const greater = (column: string): RawBuilder<number> => sql`CASE
  WHEN excluded.${sql.ref(column)} > coalesce(living.${sql.ref(column)}, 0)
  THEN excluded.${sql.ref(column)} ELSE living.${sql.ref(column)} END`;

const changes = {
  choices_nth: chosen("choices_nth"),
  choices_at: chosen("choices_at"),
  dropped: chosen("dropped"),
  paused_until_wall: chosen("paused_until_wall"),
  wellbeing_wall: greater("wellbeing_wall"),
  catalogue_taken: greater("catalogue_taken"),
  orders_taken: greater("orders_taken"),
  looks_taken: greater("looks_taken"),
  taken_at: sql`CASE WHEN excluded.taken_at > 0 THEN excluded.taken_at ELSE living.taken_at END`,
  orders_version: sql`CASE WHEN excluded.orders_version = 0 THEN living.orders_version
    WHEN excluded.orders_version > living.orders_version THEN excluded.orders_version
    ELSE living.orders_version + 1 END`,
} as unknown as Readonly<Record<string, RawBuilder<never>>>;

async function writeHomes(within: Within, homes: LivingBatch["homes"]): Promise<void> {
  for (const part of portions(homes)) {
    await within
      .insertInto("living")
      .values(part)
      .onConflict((on) => on.column("home").doUpdateSet(changes))
      .execute();
  }
}

type Title = Readonly<{ de: string; en: string }>;

/** A service that is not in the catalogue any more is called by its id, as far as it fits. */
function untitled(service: string): Title {
  const word = [...service].slice(0, 30).join("");
  return { de: word, en: word };
}

function orderRow({ home, wall, order, nth, sent_at }: OrderChange, title: Title) {
  const { orderId: id, service, act, day, part } = order;
  return {
    ...{ home, id, service, act, day, part, nth, sent_at },
    title: JSON.stringify(title),
    // Nobody has answered it yet, so nobody need agree to its end.
    state: act === "cancel" ? "cancelled" : "asked",
    ...{ from_wall: null, who: "", note: "", stands: null, answered_by: null },
    ...{ asked_wall: wall, changed_wall: wall },
  } satisfies NewRow<"orders">;
}

const isCancel = sql`excluded.act = 'cancel'`;
const isOver = sql`orders.state IN ('done', 'declined', 'cancelled')`;

/** A word of the resident about an order that is there already. */
const anew = {
  act: sql`CASE WHEN ${isCancel} AND ${isOver} THEN orders.act ELSE excluded.act END`,
  state: sql`CASE WHEN ${isCancel} AND ${isOver} THEN orders.state
    WHEN ${isCancel} AND orders.stands IS NULL THEN 'cancelled' ELSE 'asked' END`,
  service: sql`CASE WHEN ${isCancel} THEN orders.service ELSE excluded.service END`,
  title: sql`CASE WHEN ${isCancel} THEN orders.title ELSE excluded.title END`,
  day: sql`CASE WHEN ${isCancel} THEN orders.day ELSE excluded.day END`,
  part: sql`CASE WHEN ${isCancel} THEN orders.part ELSE excluded.part END`,
  from_wall: sql`CASE WHEN ${isCancel} THEN orders.from_wall ELSE NULL END`,
  who: sql`CASE WHEN ${isCancel} THEN orders.who ELSE '' END`,
  note: sql`CASE WHEN ${isCancel} THEN orders.note ELSE '' END`,
  nth: sql`excluded.nth`,
  sent_at: sql`excluded.sent_at`,
  changed_wall: sql`excluded.changed_wall`,
} as unknown as Readonly<Record<string, RawBuilder<never>>>;

async function writeOrders(within: Within, orders: readonly OrderChange[]): Promise<void> {
  const { offers } = await readCatalogue(within);
  const titles = new Map(offers.map(({ id, title }) => [id, title]));
  const rows = orders.map((change) => {
    const { service } = change.order;
    return orderRow(change, titles.get(service) ?? untitled(service));
  });
  for (const part of portions(rows)) {
    await within
      .insertInto("orders")
      .values(part)
      .onConflict((on) =>
        on
          .columns(["home", "id"])
          .doUpdateSet(anew)
          .where(
            sql<boolean>`excluded.nth > orders.nth
              OR excluded.sent_at < orders.sent_at - ${sql.lit(forgotMs)}`,
          ),
      )
      .execute();
  }
  for (const home of new Set(orders.map((order) => order.home))) await keepFew(within, home);
}

async function keepFew(within: Within, home: string): Promise<void> {
  const few = within
    .selectFrom("orders")
    .select("id")
    .where("home", "=", home)
    .orderBy(sql`CASE WHEN state IN ('asked', 'confirmed') THEN 0 ELSE 1 END`)
    .orderBy("changed_wall", "desc")
    .orderBy("id")
    .limit(ordersMax);
  await within.deleteFrom("orders").where("home", "=", home).where("id", "not in", few).execute();
}

/**
 * A later wish about the same module takes the place of one that nobody has answered. Who wants to
 * keep a module after all takes the wish back: nothing is asked any more.
 */
async function writeWish(within: Within, wish: WishChange): Promise<void> {
  const { home, ask, module, wanted, wall } = wish;
  const state = wanted ? "withdrawn" : "asked";
  const made = await within
    .insertInto("wishes")
    .values({
      ...{ home, ask, module, wall, state, note: "" },
      wanted: wanted ? 1 : 0,
      ...{ by_id: null, by_name: null, answered_wall: null },
    })
    .onConflict((on) => on.columns(["home", "ask"]).doNothing())
    .returning("ask")
    .executeTakeFirst();
  if (made === undefined && !wanted) return;
  await within
    .updateTable("wishes")
    .set({ state: "withdrawn" })
    .where("home", "=", home)
    .where("module", "=", module)
    .$if(!wanted, (others) => others.where("ask", "!=", ask))
    .where("state", "=", "asked")
    .execute();
  const few = within
    .selectFrom("wishes")
    .select("ask")
    .where("home", "=", home)
    .orderBy(sql`CASE WHEN state = 'asked' THEN 0 ELSE 1 END`)
    .orderBy("wall", "desc")
    .orderBy("ask")
    .limit(wishesMax);
  await within.deleteFrom("wishes").where("home", "=", home).where("ask", "not in", few).execute();
}
