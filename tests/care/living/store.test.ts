/** Words of residents become rows, and lists for their homes, on both dialects. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LivingQuestion } from "../../../care/store/living-lists.ts";
import type { LivingWord } from "../../../care/store/living-rows.ts";
import type { DatabasePlace } from "../../../care/store/place.ts";
import {
  type Offer,
  type Order,
  type OrderWord,
  orderWordSchema,
} from "../../../protocol/living.ts";
import { downBodySchema } from "../../../protocol/messages.ts";
import { until } from "../../../sim/demo/process.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import { type Dialect, dialects, importOf, openedStore, startDialect } from "../store/places.ts";

const both = (word: string) => ({ de: word, en: `${word} (en)` });
const offer = (id: string): Offer => ({
  ...{ id, kind: "meals", title: both(id), about: both("a"), price: both("p"), told: both("t") },
});
const word = (more: Partial<OrderWord> = {}): OrderWord => ({
  ...{ orderId: "o1", act: "ask", service: "lunch", day: "2099-11-27", part: "noon", ...more },
});
const order = (nth: number, more: Partial<OrderWord> = {}, sent_at = 1_000_000): LivingWord => ({
  ...{ kind: "order", order: word(more), nth, sent_at },
});
const imports = [importOf("weber"), importOf("krause")];
const question = (more: Partial<LivingQuestion> = {}): LivingQuestion => ({
  ...{ home: "weber", at: null, looks: false, ...more },
});

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;
  let place: DatabasePlace;
  let open: Awaited<ReturnType<typeof openedStore>>;
  const told: (readonly string[] | "all")[] = [];

  const start = (offers: readonly Offer[], owner = "one") =>
    openedStore(place, { imports, offers, owner, onLiving: (homes) => told.push(homes) });

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());
  beforeEach(async () => {
    place = await dialect.place();
    told.length = 0;
    open = await start([offer("lunch")]);
  });
  afterEach(() => open.close());

  const say = (said: LivingWord, home = "weber") =>
    open.write({ kind: "living", home, wall: Date.now(), word: said });
  const ask = async (more: Partial<LivingQuestion> = {}) => {
    const { catalogue, news } = await open.store.living([question(more)]);
    return { catalogue, news: news[0] };
  };
  const rows = () => open.db.selectFrom("orders").selectAll().orderBy("id").execute();
  const row = async () => (await rows())[0];
  const list = async (): Promise<readonly Order[]> => {
    const { news } = await ask({ at: 0 });
    const body = news?.bodies.find(({ kind }) => kind === "orders");
    return body?.kind === "orders" ? body.orders : [];
  };
  /** What somebody at a desk writes. */
  const confirm = () =>
    open.db
      .updateTable("orders")
      .set({ state: "confirmed", who: "Herr Kern", from_wall: 77, stands: "{}" })
      .execute();

  test("an order is kept once, and a word that comes late changes nothing", async () => {
    await say(order(1));
    await say(order(1));
    expect(await rows()).toMatchObject([
      {
        id: "o1",
        state: "asked",
        act: "ask",
        day: "2099-11-27",
        nth: 1,
        title: '{"de":"lunch","en":"lunch (en)"}',
      },
    ]);
    await say(order(3, { act: "change", day: "2099-11-29" }));
    await say(order(2, { act: "change", day: "2099-11-28" }));
    expect(await row()).toMatchObject({ act: "change", day: "2099-11-29", nth: 3 });
    // In one commit the later word counts, too, in whichever order they come.
    await Promise.all([
      say(order(6, { act: "change", part: "evening" })),
      say(order(5, { act: "change", part: "morning" })),
    ]);
    expect(await row()).toMatchObject({ part: "evening", nth: 6 });
  });

  test("a cancelled order is over at once unless somebody has confirmed it", async () => {
    await say(order(1));
    await say(order(2, { act: "cancel" }));
    expect(await row()).toMatchObject({ state: "cancelled" });
    await say(order(3, { act: "change", part: "morning" }));
    await confirm();
    await say(order(4, { act: "cancel" }));
    expect(await row()).toMatchObject({ state: "asked", act: "cancel", who: "Herr Kern" });
    await open.db.updateTable("orders").set({ state: "done" }).execute();
    await say(order(5, { act: "cancel" }));
    expect(await row()).toMatchObject({ state: "done", nth: 5 });
  });

  test("a home that has lost its memory is heard although it counts from one again", async () => {
    await say(order(9, {}, 90_000_000));
    await say(order(1, { act: "cancel" }, 5_000));
    expect(await row()).toMatchObject({ state: "cancelled", nth: 1 });
    const choices = (nth: number, sent_at: number, dropped: string): LivingWord => ({
      ...{ kind: "choices", nth, sent_at, dropped, paused_until_wall: 5 },
    });
    await say(choices(7, 90_000_000, '["a"]'));
    await say(choices(6, 90_000_100, '["b"]'));
    const living = () => open.db.selectFrom("living").selectAll().executeTakeFirst();
    expect(await living()).toMatchObject({ dropped: '["a"]', choices_nth: 7 });
    await say(choices(1, 2_000, '["c"]'));
    expect(await living()).toMatchObject({ dropped: '["c"]', paused_until_wall: 5 });
    await say({ kind: "wellbeing", wellbeing_wall: 50 });
    await say({ kind: "wellbeing", wellbeing_wall: 40 });
    expect(await living()).toMatchObject({ dropped: '["c"]', wellbeing_wall: 50 });
  });

  test("I9: of a tablet that floods the newest orders and wishes are kept, and what is open", async () => {
    await say(order(1, { orderId: "first" }));
    await Promise.all(
      Array.from({ length: 260 }, (_, nth) =>
        say(order(nth + 2, { orderId: `o${nth}`, act: "cancel" })),
      ),
    );
    const kept = await rows();
    expect(kept).toHaveLength(200);
    expect(kept.some(({ id }) => id === "first")).toBe(true);
    await say({ kind: "wish", ask: "first", module: "stove-guard", wanted: false });
    for (let nth = 0; nth < 60; nth += 1) {
      await say({ kind: "wish", ask: `a${nth}`, module: "daily-sign", wanted: false });
    }
    const wishes = await open.db.selectFrom("wishes").select("ask").execute();
    expect(wishes).toHaveLength(50);
    expect(wishes.some(({ ask }) => ask === "first")).toBe(true);
  });

  test("the catalogue is for a home until it has it; a new one grows, also over a lost store", async () => {
    const first = await ask();
    expect(first.news?.catalogue).toBe(true);
    expect(first.catalogue.offers.map(({ id }) => id)).toEqual(["lunch"]);
    const { version } = first.catalogue;
    expect(version).toBeGreaterThan(1_700_000_000_000);
    await say({ kind: "list-taken", list: "catalogue", version, at: 90_000_000 });
    expect((await ask({ at: 90_000_001 })).news).toBeUndefined();
    // Time that goes back: its memory is gone, and with it the catalogue.
    expect((await ask({ at: 3_000 })).news?.catalogue).toBe(true);
    await open.close();
    open = await start([offer("lunch")], "two");
    expect((await ask()).news).toBeUndefined();
    await open.close();
    open = await start([offer("lunch"), offer("taxi")], "three");
    const next = await ask();
    expect(next.news?.catalogue).toBe(true);
    expect(next.catalogue.version).toBeGreaterThan(version);
  });

  test("a list stays due until its receipt; what is answered meanwhile is a new version", async () => {
    await say(order(1));
    const first = (await ask()).news?.bodies[0];
    expect(first).toMatchObject({ kind: "orders", orders: [{ id: "o1", nth: 1, state: "asked" }] });
    const version = first?.kind === "orders" ? first.version : 0;
    await say(order(1));
    const again = (await ask()).news?.bodies[0];
    expect(again?.kind === "orders" && again.version > version).toBe(true);
    await say({ kind: "list-taken", list: "orders", version, at: 1 });
    expect((await ask()).news?.bodies).toHaveLength(1);
    const newest = again?.kind === "orders" ? again.version : 0;
    await say({ kind: "list-taken", list: "orders", version: newest, at: 1 });
    expect((await ask()).news?.bodies).toEqual([]);
  });

  test("at most sixty orders are told: what is open first, and none of long ago", async () => {
    await say(order(1, { orderId: "old", day: "2001-01-01" }));
    await Promise.all(
      Array.from({ length: 70 }, (_, nth) => say(order(nth + 2, { orderId: `o${nth}` }))),
    );
    const told60 = await list();
    expect(told60).toHaveLength(60);
    expect(told60.some(({ id }) => id === "old")).toBe(false);
  });

  test("I4: what any process wrote is said to the one that has the home, until it looks", async () => {
    await say(order(1));
    // A file has one process; a server has several, of which one has the home.
    const other = name === "SQLite" ? undefined : await start([offer("lunch")], "other");
    told.length = 0;
    await confirm();
    await open.db.updateTable("living").set({ news: 1 }).execute();
    expect((await other?.store.living([question()]))?.news ?? []).toEqual([]);
    await until("it is said", () => told.some((homes) => homes.includes("weber")) || undefined);
    expect((await ask()).news?.bodies[0]).toMatchObject({
      orders: [{ state: "confirmed", who: "Herr Kern", from_ms: 77 }],
    });
    const left = await open.db.selectFrom("living").select("news").execute();
    expect(left.every((one) => one.news === 0)).toBe(true);
    await other?.close();
  });

  test("an answer to a wish is due until its receipt, a later wish takes the place of an earlier", async () => {
    await say({ kind: "wish", ask: "w1", module: "stove-guard", wanted: false });
    await say({ kind: "wish", ask: "w2", module: "stove-guard", wanted: false });
    await say({ kind: "wish", ask: "w1", module: "stove-guard", wanted: false });
    const wishes = () => open.db.selectFrom("wishes").selectAll().orderBy("ask").execute();
    expect((await wishes()).map(({ state }) => state)).toEqual(["withdrawn", "asked"]);
    await open.db
      .updateTable("wishes")
      .set({ state: "granted", by_id: "l", by_name: "Frau Lang", note: "Gern." })
      .where("ask", "=", "w2")
      .execute();
    expect((await ask()).news?.bodies).toEqual([
      {
        kind: "module-answer",
        ask: "w2",
        granted: true,
        by: { id: "l", name: "Frau Lang" },
        note: "Gern.",
      },
    ]);
    await say({ kind: "answer-taken", ask: "w2" });
    expect((await ask()).news?.bodies).toEqual([]);
  });

  test("who keeps a module after all takes the wish back, also before it was heard", async () => {
    await say({ kind: "wish", ask: "w1", module: "stove-guard", wanted: false });
    await say({ kind: "wish", ask: "w1", module: "stove-guard", wanted: true });
    await say({ kind: "wish", ask: "w1", module: "stove-guard", wanted: false });
    await say({ kind: "wish", ask: "w2", module: "stove-guard", wanted: true });
    const wishes = await open.db.selectFrom("wishes").selectAll().execute();
    expect(wishes.map(({ state }) => state)).toEqual(["withdrawn", "withdrawn"]);
  });

  test("I11: looks of people at this home alone, in plain words, and only when one is new", async () => {
    const look = (what: string, role = "staff", home = "weber") =>
      open.db
        .insertInto("access_log")
        .values({ wall: 5, account: "a", name: "Frau Maier", role, home, what })
        .execute();
    await look("saw the home", "system");
    expect((await ask({ looks: true })).news?.bodies).toEqual([]);
    await look("saw the home");
    await look("saw alarm a1", "helper");
    await look("exported everything", "lead", "krause");
    await look("something new");
    expect((await ask()).news?.bodies).toEqual([]);
    const body = (await ask({ looks: true })).news?.bodies[0];
    if (body?.kind !== "looks") throw new Error("no looks");
    expect(body.looks.map(({ who, role, what }) => [who, role, what])).toEqual([
      ["Frau Maier", "staff", "other"],
      ["Frau Maier", "helper", "alarm"],
      ["Frau Maier", "staff", "home"],
    ]);
    const version = body.version;
    expect((await ask({ looks: true })).news?.bodies).toMatchObject([{ version }]);
    await say({ kind: "list-taken", list: "looks", version, at: 1 });
    expect((await ask({ looks: true })).news?.bodies).toEqual([]);
    await look("saw the agreement");
    expect((await ask({ looks: true })).news?.bodies[0]).toMatchObject({ kind: "looks" });
  });

  test("I9: whatever a schema lets through is stored and told, and holds up nobody else", async () => {
    const long = "\u{1F600}".repeat(100);
    const hostile = [`a\0b`, "\ud800", "'); DROP TABLE orders; --", "__proto__", long];
    let nth = 0;
    for (const text of hostile) {
      nth += 1;
      const [orderId, service] = [text, text];
      expect(orderWordSchema.safeParse(word({ orderId, service })).success).toBe(true);
      await Promise.all([
        say(order(nth, { orderId, service, day: "9999-99-99" }, 1e300)),
        say({ kind: "wish", ask: text, module: text, wanted: true }),
        say({
          kind: "choices",
          nth,
          sent_at: 0.5,
          dropped: JSON.stringify([text]),
          paused_until_wall: null,
        }),
        say(order(nth, { orderId: "plain" })),
      ]);
    }
    expect(open.notices).toEqual([]);
    const told = await list();
    expect(told).toHaveLength(hostile.length + 1);
    expect(downBodySchema.parse({ kind: "orders", version: 1, orders: told })).toBeDefined();
  });

  test("a home of another process, or one that was erased, is told nothing and gets no row", async () => {
    await open.db.deleteFrom("living").execute();
    await open.db.deleteFrom("homes").where("home", "=", "weber").execute();
    expect((await ask()).news).toBeUndefined();
    expect(await open.db.selectFrom("living").select("home").execute()).toEqual([]);
  });
});
