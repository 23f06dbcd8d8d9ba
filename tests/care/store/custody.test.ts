import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlarmChange, TellingOrder } from "../../../care/store/schema.ts";
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

const imports = [importOf("weber"), importOf("krause")];

const telling = (id: string, more: Partial<TellingOrder> = {}): TellingOrder => ({
  id,
  alarm: "a1",
  party: "maier",
  name: "Frau Maier",
  step: 0,
  round: 0,
  repeat: 0,
  drill: 0,
  way: "push",
  address: "push:",
  due_wall: 1,
  created_wall: 1,
  ...more,
});

describe.each(dialects)("on %s", (name) => {
  let dialect: Dialect;
  let one: Opened;

  beforeAll(async () => {
    dialect = await startDialect(name);
  }, postgresStartMs);
  afterAll(() => dialect.close());

  const opened = async (): Promise<Opened> => {
    one = await openedStore(await dialect.place(), { imports });
    return one;
  };

  test("I5: what was durable is there after a restart", async () => {
    const place = await dialect.place();
    const { write, close } = await openedStore(place, { imports });
    const lines = [
      { id: "l1", line: "first" },
      { id: "l2", line: "second" },
    ];
    await write(entryOf("weber", { message: "m1", lines, wakeAt: 99 }));
    await write(entryOf("weber", { message: "m2", closings: [{ alarm: "a1", body: "closed" }] }));
    await write({ kind: "settle", home: "weber", id: "l1" });
    await write(entryOf("krause", { state: '{"last":true}', wakeAt: 5 }));
    await close();
    const again = await openedStore(place, { imports });
    expect(again.homes.map(({ home }) => home)).toEqual(["krause", "weber"]);
    const [krause, weber] = again.homes;
    expect(krause?.state).toBe('{"last":true}');
    expect(weber).toMatchObject({ lines: ["second"], closings: ["closed"] });
    expect(weber?.known?.known.timezone).toBe("Europe/Berlin");
    expect(await again.store.taken("weber")).toEqual(["m1", "m2"]);
    if (name === "SQLite") expect(again.store.stamp?.at).toBe(7);
    await again.close();
  });

  test("I2: rows are durable in the order in which they came", async () => {
    const { store, write, close, db } = await opened();
    const order: number[] = [];
    for (let n = 0; n < 500; n += 1) {
      store.append(entryOf(n % 2 === 0 ? "weber" : "krause"), () => order.push(n));
    }
    await write(entryOf("weber", { state: "last" }));
    expect(order).toEqual([...Array(500).keys()]);
    const events = await db.selectFrom("events").select(["seq", "at"]).orderBy("seq").execute();
    expect(events).toHaveLength(501);
    const sorted = events.every(({ at }, index) => at > (events[index - 1]?.at ?? 0));
    expect(sorted).toBe(true);
    const homes = await db
      .selectFrom("homes")
      .select("state")
      .where("home", "=", "weber")
      .execute();
    expect(homes).toEqual([{ state: "last" }]);
    await close();
  });

  test("a line settled in the same commit is gone; one sent anew after it is kept", async () => {
    const { store, write, close, db } = await opened();
    store.append(entryOf("weber", { lines: [{ id: "l1", line: "x" }] }));
    store.append({ kind: "settle", home: "weber", id: "l1" });
    store.append(entryOf("weber", { lines: [{ id: "l2", line: "old" }] }));
    store.append({ kind: "settle", home: "weber", id: "l2" });
    await write(entryOf("weber", { lines: [{ id: "l2", line: "new" }] }));
    const rows = await db.selectFrom("outbox").select(["id", "line"]).execute();
    expect(rows).toEqual([{ id: "l2", line: "new" }]);
    await close();
  });

  test("I4: a telling that is ordered twice is one row, and nobody resends what was sent", async () => {
    const { write, close, db } = await opened();
    await write(entryOf("weber", { tellings: [telling("t1"), telling("t2")] }));
    await db.updateTable("tellings").set({ stage: "sent" }).where("id", "=", "t1").execute();
    await write(entryOf("weber", { tellings: [telling("t1"), telling("t3")] }));
    await write(entryOf("weber", { moot: ["a1"], tellings: [telling("t4", { round: 1 })] }));
    const rows = await db.selectFrom("tellings").select(["id", "stage"]).orderBy("id").execute();
    expect(rows).toEqual([
      { id: "t1", stage: "sent" },
      { id: "t2", stage: "moot" },
      { id: "t3", stage: "moot" },
      { id: "t4", stage: "due" },
    ]);
    await close();
  });

  test("history: what was said of an alarm first stands, and a repeat changes nothing", async () => {
    const { store, write, close, db } = await opened();
    const say = (change: Omit<AlarmChange, "id">) =>
      entryOf("weber", { alarms: [{ id: "a1", ...change }] });
    store.append(say({ category: "stove", level: "alarm", raised_wall: 10, late: 1 }));
    await write(say({ custody_wall: 20, raised_wall: 11 }));
    await write(say({ accepted_wall: 30, accepted_by: "Frau Maier" }));
    const whoComes = () => db.selectFrom("alarms").select("accepted_by").executeTakeFirstOrThrow();
    await write(say({ accepted_by: "" }));
    expect(await whoComes()).toEqual({ accepted_by: "" });
    await write(say({ accepted_wall: 31, accepted_by: "Herr Yilmaz" }));
    await write(say({ closed_wall: 40, outcome: "helped", note: "all well", late: 0 }));
    await write(say({ closed_wall: 41, outcome: "false-alarm" }));
    expect(await db.selectFrom("alarms").selectAll().execute()).toMatchObject([
      {
        ...{ home: "weber", id: "a1", category: "stove", level: "alarm", late: 1, drill: 0 },
        ...{ raised_wall: 10, custody_wall: 20, accepted_wall: 30, accepted_by: "Herr Yilmaz" },
        ...{ closed_wall: 40, outcome: "helped", note: "all well", room: null },
      },
    ]);
    await close();
  });

  test("a fault that comes again is new work; one that goes on keeps its note", async () => {
    const { store, write, close, db } = await opened();
    const fault = (since_wall: number, cleared_wall: number | null) =>
      entryOf("weber", {
        faults: [{ subject: "door", what: "silent", blind: "[]", since_wall, cleared_wall }],
      });
    const row = () => db.selectFrom("faults").selectAll().executeTakeFirst();
    await write(fault(1, null));
    await db.updateTable("faults").set({ work_state: "planned", work_note: "battery" }).execute();
    await write(fault(2, null));
    expect(await row()).toMatchObject({ since_wall: 1, work_note: "battery", cleared_wall: null });
    await write(fault(3, 3));
    expect(await row()).toMatchObject({ since_wall: 1, work_state: "planned", cleared_wall: 3 });
    store.append(fault(4, null));
    await write(fault(5, 5));
    expect(await row()).toMatchObject({
      ...{ since_wall: 4, work_state: "open", work_note: null, cleared_wall: 5 },
    });
    await close();
  });

  test("I9: a row that can never be stored is said, is not promised, and holds up no other", async () => {
    const { store, write, close, notices, db } = await opened();
    let promised = false;
    const bad = entryOf("weber", { at: Number.NaN });
    store.append(entryOf("krause"));
    store.append(bad, () => {
      promised = true;
    });
    await write(entryOf("weber", { state: "after" }));
    expect(promised).toBe(false);
    expect(notices.join()).toContain("a row can never be stored");
    const { n } = await db
      .selectFrom("events")
      .select(({ fn }) => fn.countAll().as("n"))
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(2);
    await close();
  });

  test("I1: custody does not depend on history: a step is stored without it, and that is said", async () => {
    const { write, close, notices, db } = await opened();
    const alarms = [{ id: "a1", raised_wall: Number.NaN, drill: Number.NaN }];
    await write(entryOf("weber", { state: "kept", alarms, tellings: [telling("t1")] }));
    expect(await db.selectFrom("homes").select("state").execute()).toContainEqual({
      state: "kept",
    });
    expect(await db.selectFrom("tellings").select("id").execute()).toEqual([{ id: "t1" }]);
    const said = "weber: a step was stored without what the desk reads";
    await until("it is said", () => (notices.join().includes(said) ? true : undefined));
    await close();
  });

  test("a NUL in what a home says stops nothing", async () => {
    const { store, write, close } = await opened();
    await write(
      entryOf("weber", { message: "m\u0000", lines: [{ id: "l\u0000", line: "\u0000" }] }),
    );
    expect(await store.taken("weber")).toEqual(["m\uFFFD"]);
    await close();
  });

  test("the rules' settings of a home are written with the step that made them", async () => {
    const { store, write, close } = await opened();
    const context = { alarm: "a1", body: "{}", wall: 1 };
    const drills = [{ id: "d1", wall: 1, report: "{}" }];
    await write(entryOf("weber", { known: { maintenance_until_wall: 77 }, context, drills }));
    const row = await store.loadHome("weber");
    expect(row?.known).toMatchObject({ maintenance_until_wall: 77, drill_due_wall: null });
    expect(await store.loadHome("nobody")).toBeUndefined();
    await close();
  });

  test("what the sensors said is one row for each alarm of a home: the newest", async () => {
    const { store, db, close } = await opened();
    const told = (home: string, body: string) =>
      new Promise<void>((resolve) =>
        store.append({ kind: "context", home, alarm: "a1", body, wall: 1 }, resolve),
      );
    await Promise.all([told("weber", "[1]"), told("weber", "[2]"), told("krause", "[3]")]);
    await told("weber", "[4]");
    const rows = await db.selectFrom("context").select(["home", "body"]).orderBy("home").execute();
    expect(rows).toEqual([
      { home: "krause", body: "[3]" },
      { home: "weber", body: "[4]" },
    ]);
    await close();
  });

  test("I2: a disk that hangs is said after 5 s, and again when it takes rows", async () => {
    const { store, close, troubles, db } = await opened();
    let durable = false;
    await db.transaction().execute(async (within) => {
      // As a backup that hangs: whoever writes must wait.
      await within.updateTable("homes").set({ fence: 7 }).execute();
      store.append(entryOf("weber"), () => {
        durable = true;
      });
      await until("the trouble is said", () => troubles[0], 12_000);
      expect(durable).toBe(false);
    });
    await until("it is durable", () => (durable ? true : undefined));
    await until("that is said too", () => (troubles.at(-1) === undefined ? true : undefined));
    expect(troubles.filter((why) => why === undefined)).toHaveLength(1);
    await close();
  });

  test("a home that was given up is not written any more, and nothing stops for it", async () => {
    const { store, write, close, db, lost } = await opened();
    await write(entryOf("weber", { state: "before" }));
    await store.release(["weber"]);
    store.append(entryOf("weber", { state: "after" }));
    store.append({ kind: "settle", home: "weber", id: "x" });
    await write(entryOf("krause"));
    const row = await db.selectFrom("homes").selectAll().where("home", "=", "weber").execute();
    expect(row).toMatchObject([{ state: "before", owner: null }]);
    expect(lost).toEqual([]);
    await close();
  });

  test("a home that somebody erased is not written anew, and is to be stopped", async () => {
    const stopped: string[] = [];
    const place = await dialect.place();
    const onSurplus = (homes: readonly string[]) => stopped.push(...homes);
    const { store, write, close, db, lost } = await openedStore(place, { imports, onSurplus });
    await db.deleteFrom("homes").where("home", "=", "weber").execute();
    await db.deleteFrom("known_homes").where("home", "=", "weber").execute();
    store.append(entryOf("weber", { lines: [{ id: "l1", line: "secret" }] }));
    await write(entryOf("krause"));
    await until("it is to be stopped", () => stopped[0]);
    expect(stopped).toEqual(["weber"]);
    for (const table of ["homes", "events", "outbox"] as const) {
      const rows = await db.selectFrom(table).select("home").execute();
      expect(rows.map(({ home }) => home)).not.toContain("weber");
    }
    expect(lost).toEqual([]);
    await close();
  });
});
