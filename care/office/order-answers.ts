/**
 * What a desk says to an order or a wish, as rows. The home hears of it from the process that looks
 * after it, whichever that is: the home's own row is marked within the same transaction. First, as
 * in a commit of the store, so that the two never wait for each other in a circle.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Person } from "../../protocol/alarm.ts";
import type { AnswerOrder, AnswerWish } from "../../protocol/care-living-views.ts";
import { wallAt } from "../local-time.ts";
import type { CareDatabase, TableOf } from "../store/schema.ts";
import { Refusal } from "./refusal.ts";

type Db = Kysely<CareDatabase>;
type Within = Transaction<CareDatabase>;
type Order = TableOf<"orders">;

/** Who answers, for which home, and when. */
export interface Answering {
  readonly home: string;
  readonly timezone: string;
  readonly by: Person;
  readonly wall: number;
}

type Change = Partial<Omit<Order, "home" | "id">>;

/** The appointment that stands until a change of it is confirmed. */
type Stands = Pick<Order, "day" | "part" | "from_wall" | "who">;

const changedMeanwhile = (): Refusal =>
  new Refusal(409, "this was answered or changed meanwhile; look again");

function confirm(row: Order, sent: AnswerOrder, { timezone }: Answering): Change {
  if (row.state !== "asked" && row.state !== "confirmed") throw changedMeanwhile();
  if (row.act === "cancel") return { state: "cancelled", stands: null, note: sent.note };
  if (sent.from === null || sent.who === "") throw new Refusal(400, "say who comes, and when");
  const { day, part } = row;
  const stands: Stands = { day, part, from_wall: wallAt(timezone, day, sent.from), who: sent.who };
  return { ...stands, state: "confirmed", note: sent.note, stands: JSON.stringify(stands) };
}

/** Of a change or a cancellation that cannot be, what was promised before goes on. */
function decline(row: Order, { note }: AnswerOrder): Change {
  if (row.state !== "asked" && row.state !== "confirmed") throw changedMeanwhile();
  if (note === "") throw new Refusal(400, "say why, in a sentence for the resident");
  if (row.state === "confirmed" || row.stands === null) {
    return { state: "declined", from_wall: null, who: "", note, stands: null };
  }
  const before = JSON.parse(row.stands) as Stands;
  return { ...before, act: "ask", state: "confirmed", note };
}

function done(row: Order, { note }: AnswerOrder): Change {
  if (row.state !== "confirmed") throw changedMeanwhile();
  return { state: "done", stands: null, note: note === "" ? row.note : note };
}

const answers = { confirmed: confirm, declined: decline, done } as const;

/** Takes the home's row for this transaction; what changed is news for whoever has the home. */
async function mark(within: Within, home: string, version: number): Promise<void> {
  await within
    .insertInto("living")
    .values({ home, orders_version: version, news: 1 })
    .onConflict((on) =>
      on.column("home").doUpdateSet({
        news: 1,
        orders_version: sql`CASE WHEN excluded.orders_version = 0 THEN living.orders_version
          WHEN excluded.orders_version > living.orders_version THEN excluded.orders_version
          ELSE living.orders_version + 1 END`,
      }),
    )
    .execute();
}

/** Throws the sentence why it was not taken. */
export async function answerOrder(db: Db, sent: AnswerOrder, answering: Answering): Promise<void> {
  const { home, by, wall } = answering;
  await db.transaction().execute(async (within) => {
    await mark(within, home, wall);
    const row = await within
      .selectFrom("orders")
      .selectAll()
      .where("home", "=", home)
      .where("id", "=", sent.order)
      .executeTakeFirst();
    if (row === undefined || row.nth !== sent.nth) throw changedMeanwhile();
    const change = answers[sent.answer](row, sent, answering);
    await within
      .updateTable("orders")
      .set({ ...change, changed_wall: wall, answered_by: by.name })
      .where("home", "=", home)
      .where("id", "=", sent.order)
      .execute();
  });
}

/** Throws the sentence why it was not taken. */
export async function answerWish(db: Db, sent: AnswerWish, answering: Answering): Promise<void> {
  const { home, by, wall } = answering;
  const { ask, granted, note } = sent;
  if (!granted && note === "") throw new Refusal(400, "say why, in a sentence for the resident");
  await db.transaction().execute(async (within) => {
    await mark(within, home, 0);
    const answered = await within
      .updateTable("wishes")
      .set({
        ...({ state: granted ? "granted" : "refused", note, taken: 0 } as const),
        ...{ by_id: by.id, by_name: by.name, answered_wall: wall },
      })
      .where("home", "=", home)
      .where("ask", "=", ask)
      .where("state", "=", "asked")
      .executeTakeFirst();
    if (answered.numUpdatedRows !== 1n) throw changedMeanwhile();
  });
}
