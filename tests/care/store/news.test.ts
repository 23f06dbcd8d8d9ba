/** What others wrote is said to whoever looks after the home, until it is heard of. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { advance } from "../../../care/notify/telling-rows.ts";
import type { DatabasePlace } from "../../../care/store/place.ts";
import { until } from "../../../sim/demo/process.ts";
import { postgresStartMs } from "../../support/postgres.ts";
import {
  type Dialect,
  dialects,
  entryOf,
  importOf,
  type Opened,
  openedStore,
  startDialect,
} from "./places.ts";

const order = (id: string) => ({
  ...{ id, alarm: "a1", party: "maier", name: "Frau Maier", step: 0, round: 0, repeat: 0 },
  ...({ drill: 0, way: "sms", address: "+49", due_wall: 1, created_wall: 1 } as const),
});
const arrivalOf = (id: string) => ({
  ...{ id, home: "weber", alarmId: "a1", party: "maier", step: 0, round: 0 },
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;
  let place: DatabasePlace;
  let open: Opened;

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());
  beforeEach(async () => {
    place = await dialect.place();
    open = await openedStore(place, { imports: [importOf("weber")] });
  });
  afterEach(() => open.close());

  /** The receipt comes to whoever: the row is moved on another connection. */
  const receipt = (id: string, stage: "sent" | "delivered" | "seen" | "failed") =>
    advance(open.db, id, { stage, now: 5 });
  const said = () => open.arrivals.map(({ id }) => id);
  const unheard = async () => {
    const rows = await open.db.selectFrom("tellings").select(["id", "unheard"]).execute();
    return rows.filter((row) => row.unheard === 1).map(({ id }) => id);
  };

  test("I4: a receipt that came elsewhere is said until a step has heard it, and then no more", async () => {
    await open.write(entryOf("weber", { tellings: [order("t1/sms"), order("t2/sms")] }));
    await receipt("t1/sms", "sent");
    await receipt("t2/sms", "failed");
    await receipt("t1/sms", "delivered");
    await until("it is said twice", () => said().length >= 2 || undefined);
    expect(open.arrivals[0]).toEqual(arrivalOf("t1/sms"));
    expect(new Set(said())).toEqual(new Set(["t1/sms"]));
    await open.write(entryOf("weber", { heard: "t1/sms" }));
    expect(await unheard()).toEqual([]);
    // A receipt twice, and a look at what was delivered, are no news to the rules.
    expect(await receipt("t1/sms", "delivered")).toBeUndefined();
    expect(await receipt("t1/sms", "seen")).toMatchObject({ stage: "seen" });
    expect(await unheard()).toEqual([]);
    // A provider that gave up too early.
    await receipt("t2/sms", "delivered");
    await until("the late one is said", () => said().includes("t2/sms") || undefined);
  });

  test("I5: what arrived while nobody looked after the home comes with the home", async () => {
    await open.write(entryOf("weber", { tellings: [order("t1/sms"), order("t2/sms")] }));
    await open.store.close();
    await receipt("t1/sms", "delivered");
    await receipt("t2/sms", "seen");
    const next = await openedStore(place, { owner: "two" });
    expect(next.homes[0]?.arrivals).toEqual([arrivalOf("t1/sms"), arrivalOf("t2/sms")]);
    await next.write(entryOf("weber", { heard: "t1/sms" }));
    await next.close();
    expect(await unheard()).toEqual(["t2/sms"]);
  });

  test("I9: thousands at once come page by page, and rows of no home of ours hold up none", async () => {
    const ids = Array.from({ length: 450 }, (_, nth) => `t${String(nth).padStart(4, "0")}/sms`);
    await open.write(entryOf("weber", { tellings: ids.map(order) }));
    await open.db
      .updateTable("tellings")
      .set({ home: "nobody's" })
      .where("id", "<", "t0010")
      .execute();
    await open.db.updateTable("tellings").set({ unheard: 1 }).execute();
    await until("all are said", () => new Set(said()).size === 440 || undefined);
    await pause(1_100);
    expect(said().some((id) => id < "t0010")).toBe(false);
  });

  test("I5: what was changed of a home is said to its process once, and a new one has read it", async () => {
    const change = (resident: string) =>
      open.db.updateTable("known_homes").set({ resident, unread: 1 }).execute();
    await change("Frau Weber");
    await until("it is said", () => open.changed[0]);
    expect((await open.store.loadHome("weber"))?.known).toMatchObject({ unread: 0 });
    await pause(1_100);
    expect(open.changed).toEqual(["weber"]);
    await open.store.close();
    await change("Herr Weber");
    const next = await openedStore(place, {
      owner: "two",
      imports: [importOf("weber", { version: 2, credentialSha256: "b".repeat(64) })],
    });
    expect(next.homes[0]?.known?.known).toMatchObject({ resident: "Herr Weber", unread: 0 });
    await pause(1_100);
    expect(next.changed).toEqual([]);
    await next.close();
  });

  test("I5: a file that comes with a new process is heard of by the one that has the home", async () => {
    if (name === "SQLite") return;
    const version = { version: 2, agreement: '{"version":2}' };
    const next = await openedStore(place, { owner: "two", imports: [importOf("weber", version)] });
    await until("the first is told", () => open.changed[0]);
    expect((await open.store.loadHome("weber"))?.agreement).toBe('{"version":2}');
    const other = { ...version, credentialSha256: "c".repeat(64) };
    const third = await openedStore(place, { owner: "three", imports: [importOf("weber", other)] });
    await until("and of a new credential", () => open.changed[1]);
    await third.close();
    await next.close();
  });
});
