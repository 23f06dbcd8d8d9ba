/** The desk answers what residents order and wish, on both dialects. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { wallAt } from "../../../care/local-time.ts";
import { retain } from "../../../care/office/retention.ts";
import type { NewRow } from "../../../care/store/schema.ts";
import {
  livingViewSchema,
  type OrderView,
  servicesSchema,
} from "../../../protocol/care-living-views.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import {
  type Answer,
  type Browser,
  type HomeName,
  type OfficeRig,
  startOfficeRig,
} from "../office/office-rig.ts";
import { type Dialect, dialects, startDialect } from "../store/places.ts";

const day = "2099-11-27";

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;
  let rig: OfficeRig;
  let staff: Browser;
  let lead: Browser;

  beforeAll(async () => {
    dialect = await startDialect(name);
    rig = await startOfficeRig({ place: await dialect.place() });
    staff = await rig.as("staff", { groups: ["north"] });
    lead = await rig.as("lead", { groups: ["north"] });
  }, postgresStartMs);
  afterAll(async () => {
    await rig.close();
    await dialect.close();
  });
  beforeEach(async () => {
    for (const table of ["orders", "wishes", "living", "access_log"] as const) {
      await rig.db.deleteFrom(table).execute();
    }
  });

  async function ordered(home: HomeName, id: string, more: Partial<NewRow<"orders">> = {}) {
    const title = JSON.stringify({ de: "Essen", en: "Meals" });
    const row: NewRow<"orders"> = {
      ...{ home, id, service: "lunch", title, act: "ask", state: "asked", day, part: "noon" },
      ...{ from_wall: null, who: "", note: "", stands: null, nth: 1, sent_at: 1 },
      ...{ asked_wall: Date.now(), changed_wall: Date.now(), answered_by: null, ...more },
    };
    await rig.db.insertInto("orders").values(row).execute();
  }
  const wished = (home: HomeName, ask: string) =>
    rig.db
      .insertInto("wishes")
      .values({
        ...{ home, ask, module: "stove-guard", wanted: 0, state: "asked", note: "" },
        ...{ by_id: null, by_name: null, wall: Date.now(), answered_wall: null },
      })
      .execute();

  const answer = (body: object, by = staff): Promise<Answer> =>
    by.post("/api/homes/weber/orders", { order: "o1", nth: 1, ...body });
  const confirmed = { answer: "confirmed", from: "11:45", who: "Herr Kern" };
  const list = async (by = staff) => servicesSchema.parse((await by.get("/api/services")).json);
  const view = async () =>
    livingViewSchema.parse((await staff.get("/api/homes/weber/living")).json);
  const order = async (): Promise<OrderView | undefined> => (await view()).orders[0];
  const living = () => rig.db.selectFrom("living").selectAll().executeTakeFirst();

  test("what waits is first, day by day; of homes of others nothing is seen", async () => {
    await ordered("weber", "later", { day: "2099-12-01" });
    await ordered("weber", "promised", { state: "confirmed", day: "2099-11-01" });
    await ordered("weber", "sooner", { day: "2099-11-26" });
    await ordered("weber", "over", { state: "done" });
    await ordered("weber", "called-off", { state: "cancelled", act: "cancel" });
    await ordered("krause", "foreign");
    await wished("krause", "w-foreign");
    const shown = await list();
    const ids = shown.orders.map(({ id }) => id);
    expect(ids).toEqual(["sooner", "later", "promised", "called-off"]);
    expect(shown.orders[0]).toMatchObject({ resident: "Frau Erika Weber", answered_by: "" });
    expect(shown).toMatchObject({ wishes: [], more: false });
  });

  test("confirmed with a time of the home's own day and a name; the home has news of it", async () => {
    await ordered("weber", "o1");
    for (const more of [
      { answer: "confirmed" },
      { ...confirmed, who: "" },
      { answer: "declined" },
    ]) {
      expect((await answer(more)).status, JSON.stringify(more)).toBe(400);
    }
    expect(await living()).toBeUndefined();
    expect((await answer(confirmed)).status).toBe(200);
    expect(await order()).toMatchObject({ state: "confirmed", who: "Herr Kern", from: "11:45" });
    const row = await rig.db.selectFrom("orders").select("from_wall").executeTakeFirst();
    expect(row?.from_wall).toBe(Date.UTC(2099, 10, 27, 10, 45));
    const marked = await living();
    expect(marked).toMatchObject({ news: 1 });
    expect((await answer({ answer: "done" })).status).toBe(200);
    expect(await order()).toMatchObject({ state: "done", who: "Herr Kern" });
    expect((await living())?.orders_version).toBeGreaterThan(marked?.orders_version ?? 0);
    expect((await answer(confirmed)).status).toBe(409);
  });

  test("a word of the resident that nobody has read is not answered", async () => {
    await ordered("weber", "o1", { nth: 2 });
    const refused = await answer(confirmed);
    expect(refused.status).toBe(409);
    expect(refused.json["error"]).toContain("meanwhile");
    expect(await order()).toMatchObject({ state: "asked" });
    expect(await living()).toBeUndefined();
    expect((await answer({ ...confirmed, order: "none" })).status).toBe(409);
  });

  test("a change that cannot be leaves what was promised; so does a cancellation", async () => {
    await ordered("weber", "o1");
    await answer(confirmed);
    const promised = { state: "confirmed", day, part: "noon", who: "Herr Kern" };
    const changed = { day: "2099-11-30", part: "evening", from_wall: null, who: "" } as const;
    for (const word of [{ act: "change", ...changed }, { act: "cancel" }] as const) {
      await rig.db
        .updateTable("orders")
        .set({ state: "asked", ...word })
        .execute();
      const declined = await answer({ answer: "declined", note: "Das geht leider nicht." });
      expect(declined.status, declined.text).toBe(200);
      expect(await order()).toMatchObject({ ...promised, note: "Das geht leider nicht." });
    }
    await rig.db.updateTable("orders").set({ state: "asked", act: "cancel" }).execute();
    expect((await answer({ answer: "confirmed" })).status).toBe(200);
    expect(await order()).toMatchObject({ state: "cancelled" });
  });

  test("what was promised can be called off, in a sentence", async () => {
    await ordered("weber", "o1");
    await answer(confirmed);
    expect((await answer({ answer: "declined", note: "Der Koch ist krank." })).status).toBe(200);
    expect(await order()).toMatchObject({ state: "declined", from: null, who: "" });
  });

  test("of two who answer at once one is told that it was answered", async () => {
    await wished("weber", "w1");
    const both = await Promise.all(
      [true, false].map((granted) =>
        lead.post("/api/homes/weber/wishes", { ask: "w1", granted, note: "Gern." }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test("I10: a wish is answered by who may change the agreement, with a reason for a no", async () => {
    await wished("weber", "w1");
    expect((await list()).wishes).toMatchObject([
      { module: "stove-guard", title: { de: "Herdwache" }, on: false, state: "asked" },
    ]);
    const no = { ask: "w1", granted: false };
    expect((await staff.post("/api/homes/weber/wishes", { ...no, note: "Nein." })).status).toBe(
      403,
    );
    expect((await lead.post("/api/homes/weber/wishes", no)).status).toBe(400);
    const refused = await lead.post("/api/homes/weber/wishes", { ...no, note: "Wir reden erst." });
    expect(refused.status).toBe(200);
    expect((await view()).wishes).toMatchObject([{ state: "refused", note: "Wir reden erst." }]);
    expect(await living()).toMatchObject({ news: 1, orders_version: 0 });
  });

  test("which modules are off, until when a pause lasts, and the last word of wellbeing", async () => {
    const nothing = { off: [], paused_until_wall: null, wellbeing_wall: null };
    expect(await view()).toMatchObject(nothing);
    const until = Date.now() + 60_000;
    await rig.db
      .insertInto("living")
      .values({
        ...{ home: "weber", dropped: '["stove-guard","of-a-newer-home"]' },
        ...{ paused_until_wall: until, wellbeing_wall: 5 },
      })
      .execute();
    const said = await view();
    expect(said).toMatchObject({ paused_until_wall: until, wellbeing_wall: 5 });
    expect(said.off.map(({ title }) => title.de)).toEqual(["Herdwache", "of-a-newer-home"]);
    await rig.db.updateTable("living").set({ paused_until_wall: 5 }).execute();
    expect(await view()).toMatchObject({ paused_until_wall: null });
  });

  test("I11: who saw the services, or answered, is on record at that home alone", async () => {
    await ordered("weber", "o1");
    await ordered("krause", "k1");
    // One who has seen nothing yet: what stays on a screen is one look.
    const fresh = await rig.as("staff", { groups: ["north"] });
    await list(fresh);
    await fresh.get("/api/homes/weber/living");
    await answer(confirmed, fresh);
    const looks = await rig.db
      .selectFrom("access_log")
      .select(["home", "what"])
      .orderBy("n")
      .execute();
    expect(looks).toEqual([
      { home: "weber", what: "saw the services" },
      { home: "weber", what: "saw the choices" },
      { home: "weber", what: "answered an order: confirmed" },
    ]);
  });

  test("orders and wishes that have been over for long go", async () => {
    await ordered("weber", "old", { state: "done", changed_wall: 1 });
    await ordered("weber", "new", { state: "done" });
    await wished("weber", "w1");
    const keep = { eventsDays: 1, alarmsDays: 1, accessLogDays: 1, contextDays: 1, ordersDays: 30 };
    expect(await retain(rig.db, keep, Date.now())).toMatchObject({ orders: 1, wishes: 0 });
  });
});

test("a time of day is the home's own, in summer, in winter, and in the night between", () => {
  const at = (date: string, time: string) =>
    new Date(wallAt("Europe/Berlin", date, time)).toISOString();
  expect(at("2026-07-01", "10:30")).toBe("2026-07-01T08:30:00.000Z");
  expect(at("2026-11-27", "00:15")).toBe("2026-11-26T23:15:00.000Z");
  expect(at("2026-03-29", "01:30")).toBe("2026-03-29T00:30:00.000Z");
  expect(at("2026-03-29", "03:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(at("2026-10-25", "03:30")).toBe("2026-10-25T02:30:00.000Z");
});
