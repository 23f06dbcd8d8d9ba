/** Services at a desk: what residents order, what they would drop, and what they chose. */
import { sql } from "kysely";
import {
  answerOrderSchema,
  answerWishSchema,
  type LivingView,
  type ServicesAnswer,
} from "../../protocol/care-living-views.ts";
import { among } from "./homes.ts";
import { choicesView, orderView, wishView } from "./living-views.ts";
import { type Answering, answerOrder, answerWish } from "./order-answers.ts";
import type { OfficeParts } from "./parts.ts";
import { notYours } from "./refusal.ts";
import { type Ask, type Handlers, read } from "./route.ts";

const ordersMax = 500;
const wishesMax = 200;
const dayMs = 86_400_000;
/** What a resident called off is shown for so long, so that nobody goes there. */
const calledOffMs = 2 * dayMs;
/** One home's page shows the last week and all that is to come. */
const weekMs = 7 * dayMs;

/** The calendar day before, whatever the time zone. */
const dayOf = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

const waitsFirst = sql`CASE WHEN state = 'asked' THEN 0 ELSE 1 END`;

async function waiting({ db, wall }: OfficeParts, ask: Ask) {
  const { who } = ask.session();
  const now = wall();
  return await db
    .selectFrom("orders")
    .innerJoin("known_homes", "known_homes.home", "orders.home")
    .selectAll("orders")
    .select(["known_homes.resident", "known_homes.timezone"])
    .where(among(who))
    .where(({ eb, or, and }) =>
      or([
        eb("state", "=", "asked"),
        and([eb("state", "=", "confirmed"), eb("day", ">=", dayOf(now - dayMs))]),
        and([eb("state", "=", "cancelled"), eb("changed_wall", ">", now - calledOffMs)]),
      ]),
    )
    .orderBy(waitsFirst)
    .orderBy("day")
    .orderBy("asked_wall")
    .limit(ordersMax + 1)
    .execute();
}

async function services(parts: OfficeParts, ask: Ask): Promise<ServicesAnswer> {
  const { who } = ask.session();
  const rows = await waiting(parts, ask);
  const wishes = await parts.db
    .selectFrom("wishes")
    .innerJoin("known_homes", "known_homes.home", "wishes.home")
    .selectAll("wishes")
    .select("known_homes.resident")
    .where(among(who))
    .where("state", "=", "asked")
    .orderBy("wall")
    .limit(wishesMax)
    .execute();
  const orders = rows.slice(0, ordersMax);
  const homes = [...orders, ...wishes].map(({ home }) => home);
  await parts.accessLog.glance(who, homes, "saw the services");
  return {
    orders: orders.map(orderView),
    wishes: wishes.map(wishView),
    more: rows.length > ordersMax,
  };
}

async function living(parts: OfficeParts, ask: Ask): Promise<LivingView> {
  const { db, accessLog, directory, wall } = parts;
  const home = ask.param("home");
  const known = await directory.get(home);
  if (known === undefined) throw notYours(`home ${home}`);
  const { resident, timezone } = known;
  await accessLog.glance(ask.session().who, [home], "saw the choices");
  const row = await db.selectFrom("living").selectAll().where("home", "=", home).executeTakeFirst();
  const orders = await db
    .selectFrom("orders")
    .selectAll()
    .where("home", "=", home)
    .where("day", ">=", dayOf(wall() - weekMs))
    .orderBy("day")
    .orderBy("asked_wall")
    .limit(ordersMax)
    .execute();
  const wishes = await db
    .selectFrom("wishes")
    .selectAll()
    .where("home", "=", home)
    .orderBy("wall", "desc")
    .limit(wishesMax)
    .execute();
  return {
    ...choicesView(row, wall()),
    orders: orders.map((order) => orderView({ ...order, resident, timezone })),
    wishes: wishes.map((wish) => wishView({ ...wish, resident })),
  };
}

async function answeringOf({ directory, wall }: OfficeParts, ask: Ask): Promise<Answering> {
  const { who } = ask.session();
  const home = ask.param("home");
  const known = await directory.get(home);
  if (known === undefined) throw notYours(`home ${home}`);
  const by = { id: who.id, name: who.name };
  return { home, timezone: known.timezone, by, wall: wall() };
}

export function livingRoutes(parts: OfficeParts): Handlers {
  return {
    "GET /api/services": (ask) => services(parts, ask),
    "GET /api/homes/:home/living": (ask) => living(parts, ask),
    "POST /api/homes/:home/orders": async (ask) => {
      const sent = read(answerOrderSchema, ask.request.body);
      const answering = await answeringOf(parts, ask);
      await answerOrder(parts.db, sent, answering);
      const what = `answered an order: ${sent.answer}`;
      await parts.accessLog.write(ask.session().who, answering.home, what, true);
      return { taken: true, why: "" };
    },
    "POST /api/homes/:home/wishes": async (ask) => {
      const sent = read(answerWishSchema, ask.request.body);
      const answering = await answeringOf(parts, ask);
      await answerWish(parts.db, sent, answering);
      const what = `answered a wish: ${sent.granted ? "granted" : "refused"}`;
      await parts.accessLog.write(ask.session().who, answering.home, what, true);
      return { taken: true, why: "" };
    },
  };
}
