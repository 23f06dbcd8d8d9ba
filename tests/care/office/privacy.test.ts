/** Who looked, what is kept, and that what is erased is gone from the disk. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { homeTables, otherTables } from "../../../care/office/person-data.ts";
import { remainsIn } from "../../../care/office/remains.ts";
import { retain } from "../../../care/office/retention.ts";
import { digestOf } from "../../../care/office/tokens.ts";
import { erasedKey } from "../../../care/store/erased.ts";
import { type OfficeRig, startOfficeRig, until } from "./office-rig.ts";

let rig: OfficeRig;
beforeAll(async () => {
  rig = await startOfficeRig();
});
afterAll(() => rig.close());

const looksOf = (home: string) =>
  rig.db
    .selectFrom("access_log")
    .select(["account", "name", "role", "what"])
    .where("home", "=", home)
    .orderBy("n")
    .execute();

describe("the access log", () => {
  test("I11: every look at a resident's data is on record, with who and what", async () => {
    await rig.alarm("weber", "a1");
    rig.view("weber", ["a1"]);
    const staff = await rig.as("lead", { groups: ["north"] });
    const { id, name } = (await staff.get("/api/me")).json as { id: string; name: string };
    await until("it is listed", async () =>
      (await staff.get("/api/alarms")).text.includes("a1") ? true : undefined,
    );
    for (const path of [
      "/api/homes/weber",
      "/api/homes/weber/alarms/a1",
      "/api/homes/weber/agreement",
      "/api/homes/weber/export",
      "/api/history?from=0",
      "/api/history?format=csv",
    ]) {
      expect((await staff.get(path)).status, path).toBe(200);
    }
    await staff.post("/api/homes/weber/alarms/a1/call");
    const looks = (await looksOf("weber")).filter(({ account }) => account === id);
    expect(looks.every((look) => look.name === name && look.role === "lead")).toBe(true);
    expect(looks.map(({ what }) => what)).toEqual([
      "saw an open alarm",
      "saw the home",
      "saw alarm a1",
      "saw the agreement",
      "exported everything",
      "saw the history (json)",
      "saw the history (csv)",
      "called because of a1",
    ]);
    const shown = await staff.get("/api/homes/weber/access-log");
    expect((shown.json["looks"] as { what: string }[])[0]?.what).toBe("called because of a1");
  });

  test("a list that is shown again is one look; pages go on where the last ended", async () => {
    const staff = await rig.as("staff", { groups: ["north"] });
    const { id } = (await staff.get("/api/me")).json as { id: string };
    for (let nth = 0; nth < 5; nth += 1) await staff.get("/api/alarms");
    const own = (await looksOf("weber")).filter(({ account }) => account === id);
    expect(own).toHaveLength(1);
    const lead = await rig.as("lead");
    const first = (await lead.get("/api/homes/weber/access-log")).json["looks"] as { n: number }[];
    const last = first.at(-1)?.n ?? 0;
    const next = await lead.get(`/api/homes/weber/access-log?before=${last + 1}`);
    expect((next.json["looks"] as { n: number }[])[0]?.n).toBe(last);
  });

  test("I1: a log that cannot be written hides no open alarm; anything else it does", async () => {
    const own = await startOfficeRig();
    await own.alarm("weber", "a1");
    own.view("weber", ["a1"]);
    own.view("krause", []);
    const staff = await own.as("lead");
    await until("it is listed", async () =>
      (await staff.get("/api/alarms")).text.includes("a1") ? true : undefined,
    );
    await sql`ALTER TABLE access_log RENAME TO access_log_away`.execute(own.db);
    expect((await staff.get("/api/homes/weber/alarms/a1")).status).toBe(200);
    const refused = await staff.get("/api/homes/krause/export");
    expect(refused.status).toBe(503);
    expect(refused.json["error"]).toContain("the access log cannot be written");
    await sql`ALTER TABLE access_log_away RENAME TO access_log`.execute(own.db);
    await staff.get("/api/homes/weber/agreement");
    const rows = await own.db.selectFrom("access_log").select("what").orderBy("n").execute();
    expect(rows.map(({ what }) => what)).toEqual([
      "saw an open alarm",
      "saw alarm a1",
      "saw the agreement",
    ]);
    await own.close();
  });
});

/** Rows of this home in every table, with words that are found again. */
async function fill(own: OfficeRig, word: string): Promise<void> {
  const { db } = own;
  const home = "weber";
  const wall = Date.now();
  await db.updateTable("known_homes").set({ notes: word }).where("home", "=", home).execute();
  await own.alarm(home, "closed", { closed_wall: wall, outcome: "helped", note: word });
  const long = word.repeat(300);
  for (let nth = 0; nth < 200; nth += 1) {
    const event = JSON.stringify({ kind: "x", word, nth, long: nth % 10 === 0 ? long : "" });
    await db
      .insertInto("events")
      .values({ home, at: nth, wall, trusted: 1, event, decisions: "[]" })
      .execute();
  }
  await own.telling(home, "closed", { name: word, stage: "seen", token_sha256: digestOf("t") });
  await db.insertInto("context").values({ home, alarm: "closed", body: "[]", wall }).execute();
  await db
    .insertInto("drills")
    .values({ id: "d", home, wall, report: `{"w":"${word}"}` })
    .execute();
  await db
    .insertInto("faults")
    .values({ home, subject: "s", what: "silent", since_wall: 1, blind: "[]", work_note: word })
    .execute();
  await db.insertInto("closings").values({ home, alarm: "closed", body: word }).execute();
  await db.insertInto("inbox").values({ home, id: "m1" }).execute();
  await db.insertInto("outbox").values({ home, id: "l1", line: word }).execute();
  await db
    .insertInto("homes")
    .values({ home, state: JSON.stringify({ word }), fence: 1 })
    .execute();
  await db
    .insertInto("push_subscriptions")
    .values({ home, party: "maier", endpoint: "https://x", p256dh: "p", auth: "a", wall })
    .execute();
  await db
    .insertInto("access_log")
    .values({ wall, account: "a", name: "A", role: "staff", home, what: `read ${word}` })
    .execute();
  await fillLiving(own, word);
}

/** What the resident chose and ordered. */
async function fillLiving({ db }: OfficeRig, word: string): Promise<void> {
  const [home, wall] = ["weber", Date.now()];
  await db
    .insertInto("orders")
    .values({
      ...{ home, id: `order of ${word}`, service: "lunch", act: "ask", state: "confirmed" },
      ...{ title: JSON.stringify({ de: word, en: word }), day: "2026-11-27", part: "noon" },
      ...{ from_wall: wall, who: word, note: word, stands: JSON.stringify({ who: word }) },
      ...{ nth: 1, sent_at: 1, asked_wall: wall, changed_wall: wall, answered_by: word },
    })
    .execute();
  await db
    .insertInto("wishes")
    .values({
      ...{ home, ask: "w1", module: "stove-guard", wanted: 0, state: "refused", note: word },
      ...{ by_id: "lead", by_name: word, wall, answered_wall: wall },
    })
    .execute();
  await db
    .insertInto("living")
    .values({
      home,
      dropped: JSON.stringify([word]),
      paused_until_wall: wall,
      wellbeing_wall: wall,
    })
    .execute();
}

const filesOf = (own: OfficeRig): readonly string[] =>
  readdirSync(own.folder)
    .filter((name) => name.startsWith("care.db"))
    .map((name) => join(own.folder, name));

const word = "Quittenmarmelade im Keller";

describe("export", () => {
  test("I11: everything of the home and nothing of another, without secrets", async () => {
    const own = await startOfficeRig();
    await fill(own, word);
    const lead = await own.as("lead");
    const { text, headers, json } = await lead.get("/api/homes/weber/export");
    expect(headers["content-disposition"]).toContain("export.json");
    for (const table of homeTables) {
      if (table === "accounts") continue;
      expect((json[table] as unknown[]).length, table).toBeGreaterThan(0);
    }
    expect((json["events"] as unknown[]).length).toBe(200);
    expect(text.toLowerCase()).not.toContain("krause");
    for (const secret of [digestOf("t"), "token_sha256", "credential_sha256", "p256dh"]) {
      expect(text).not.toContain(secret);
    }
    await own.close();
  });

  test("every table is either about one home or about none", async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`.execute(
      rig.db,
    );
    const known = new Set<string>([...homeTables, ...otherTables]);
    expect(rows.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("erasing", () => {
  test("I11: nothing of the person is left in the files, and another home is untouched", async () => {
    const own = await startOfficeRig();
    await fill(own, word);
    await own.as("helper", { home: "weber", party: "maier", groups: [] });
    const admin = await own.as("administrator");
    own.view("weber", []);
    expect(await remainsIn(filesOf(own), [word])).not.toEqual([]);
    const before = await own.db.selectFrom("known_homes").selectAll().execute();
    expect((await admin.post("/api/homes/weber/erase", { confirm: "krause" })).status).toBe(400);
    const answer = await admin.post("/api/homes/weber/erase", { confirm: "weber" });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({ remains: [] });
    expect(answer.json["rows"]).toBeGreaterThan(200);
    expect(own.asked.map(({ request }) => request.kind)).toEqual(["forget"]);
    await expect.poll(() => own.changed, { timeout: 10_000 }).toContain("weber");
    // Read byte by byte by this test, not by the code under test.
    for (const file of filesOf(own)) {
      const bytes = readFileSync(file);
      for (const left of [word, "Erika Weber", "weberstadt"]) {
        expect(bytes.includes(Buffer.from(left)), `${left} in ${file}`).toBe(false);
      }
    }
    for (const table of homeTables) {
      const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} WHERE home = 'weber'`.execute(
        own.db,
      );
      expect(rows, table).toEqual([]);
    }
    const after = await own.db.selectFrom("known_homes").selectAll().execute();
    expect(after).toEqual(before.filter(({ home }) => home === "krause"));
    expect((await admin.get("/api/homes/weber")).status).toBe(404);
    const mark = await own.db
      .selectFrom("settings")
      .select("key")
      .where("key", "=", erasedKey("weber"))
      .executeTakeFirst();
    expect(mark?.key).not.toContain("weber");
    await own.close();
  });

  test("I3: not while an alarm is open, and not against the core's word", async () => {
    const own = await startOfficeRig();
    await own.alarm("weber", "a1");
    own.view("weber", ["a1"]);
    const admin = await own.as("administrator");
    await until("the state is there", async () => {
      const { status } = await admin.post("/api/homes/weber/erase", { confirm: "weber" });
      return status === 409 ? true : undefined;
    });
    own.view("weber", []);
    own.reply = { taken: false, why: "an alarm is open in this home" };
    const refused = await admin.post("/api/homes/weber/erase", { confirm: "weber" });
    expect(refused.status).toBe(409);
    const rows = await own.db.selectFrom("known_homes").select("home").execute();
    expect(rows).toHaveLength(2);
    await own.close();
  });

  test("the search finds a word across two chunks and in JSON's own spelling", async () => {
    const { writeFileSync } = await import("node:fs");
    const file = join(rig.folder, "bytes");
    writeFileSync(file, `${"x".repeat(1_048_576 - 5)}Quitten${"y".repeat(10)}`);
    expect(await remainsIn([file], ["Quitten"])).toEqual(["bytes"]);
    expect(await remainsIn([file], ["Quittung"])).toEqual([]);
    writeFileSync(file, JSON.stringify({ note: 'says "no"' }));
    expect(await remainsIn([file, `${file}-none`], ['says "no"'])).toEqual(["bytes"]);
    expect(await remainsIn([file], [])).toEqual([]);
  });
});

describe("retention", () => {
  test("what is over its time goes, kind by kind; what is open stays", async () => {
    const own = await startOfficeRig();
    const { db } = own;
    const dayMs = 86_400_000;
    const now = Date.now();
    const home = "weber";
    const keep = {
      eventsDays: 30,
      alarmsDays: 100,
      accessLogDays: 60,
      contextDays: 10,
      ordersDays: 10,
    };
    const ages = [5, 20, 50, 90, 200];
    for (const days of ages) {
      const wall = now - days * dayMs;
      const id = `d${days}`;
      const event = { home, at: 1, wall, trusted: 1, event: "{}", decisions: "[]" };
      await db.insertInto("events").values(event).execute();
      await db.insertInto("context").values({ home, alarm: id, body: "[]", wall }).execute();
      const look = { wall, account: "a", name: "A", role: "staff", home, what: id };
      await db.insertInto("access_log").values(look).execute();
      await own.alarm(home, id, { raised_wall: wall, closed_wall: wall });
      await own.telling(home, id, { created_wall: wall, stage: "seen" });
    }
    await own.alarm(home, "still-open", { raised_wall: now - 900 * dayMs });
    for (let nth = 0; nth < 1_200; nth += 1) {
      await db
        .insertInto("events")
        .values({ home, at: nth, wall: 1, trusted: 1, event: "{}", decisions: "[]" })
        .execute();
    }
    const gone = await retain(db, keep, now);
    expect(gone).toMatchObject({
      events: 1_203,
      context: 4,
      access_log: 2,
      alarms: 1,
      tellings: 1,
    });
    const alarms = await db.selectFrom("alarms").select("id").execute();
    expect(alarms.map(({ id }) => id)).toContain("still-open");
    expect(alarms).toHaveLength(5);
    expect(await retain(db, keep, now)).toMatchObject({ events: 0, alarms: 0 });
    await own.close();
  });

  test("sessions and links that ran out go, too", async () => {
    const staff = await rig.as("staff");
    await staff.get("/api/me");
    const keep = { eventsDays: 1, alarmsDays: 1, accessLogDays: 1, contextDays: 1, ordersDays: 1 };
    await retain(rig.db, keep, Date.now() + 2 * 86_400_000);
    expect(await rig.db.selectFrom("sessions").selectAll().execute()).toEqual([]);
  });
});
