/** History, CSV, statistics, faults, homes and what technicians do. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvOf } from "../../../care/office/csv.ts";
import { type CountedAlarm, statisticsOf } from "../../../care/office/statistics.ts";
import { isSecret } from "../../../platform/credentials.ts";
import {
  faultsSchema,
  historySchema,
  homeDetailSchema,
  homesSchema,
  statisticsSchema,
} from "../../../protocol/care-office-views.ts";
import { type Browser, type OfficeRig, startOfficeRig, until } from "./office-rig.ts";

const t0 = Date.UTC(2026, 10, 20, 10);
const second = 1_000;

let rig: OfficeRig;
let lead: Browser;
beforeAll(async () => {
  rig = await startOfficeRig();
  lead = await rig.as("lead");
  await rig.alarm("weber", "h1", {
    raised_wall: t0,
    custody_wall: t0 + second,
    accepted_wall: t0 + 30 * second,
    accepted_by: "Frau Maier",
    closed_wall: t0 + 600 * second,
    closed_by: "Frau Maier",
    outcome: "helped",
    note: '=HYPERLINK("http://evil.example")',
  });
  await rig.alarm("krause", "h2", {
    category: "stove",
    raised_wall: t0 + 86_400 * second,
    custody_wall: t0 + 86_402 * second,
    closed_wall: t0 + 86_500 * second,
    outcome: "false-alarm",
    false_alarm: 1,
  });
  await rig.alarm("weber", "h3", { raised_wall: t0 + 90_000 * second });
  await rig.alarm("weber", "drill", {
    raised_wall: t0 + 1,
    drill: 1,
    custody_wall: t0 + 9_999_999,
  });
});
afterAll(() => rig.close());

const idsOf = async (query: string, browser = lead) => {
  const { json } = await browser.get(`/api/history?${query}`);
  return historySchema.parse(json).alarms.map(({ alarm }) => alarm);
};

describe("history", () => {
  test("newest first, by time, home, kind and outcome; drills only when asked for", async () => {
    expect(await idsOf("")).toEqual(["h3", "h2", "h1"]);
    expect(await idsOf("drills=yes")).toEqual(["h3", "h2", "drill", "h1"]);
    expect(await idsOf("home=krause")).toEqual(["h2"]);
    expect(await idsOf("category=stove")).toEqual(["h2"]);
    expect(await idsOf("outcome=helped")).toEqual(["h1"]);
    expect(await idsOf(`from=${t0 + 1}&to=${t0 + 90_000 * second}`)).toEqual(["h2"]);
    expect((await lead.get("/api/history?category=nonsense")).status).toBe(400);
  });

  test("I10: a CSV that a spreadsheet opens without computing anything", async () => {
    const { text, headers } = await lead.get("/api/history?format=csv");
    expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
    const lines = text.split("\r\n");
    expect(lines[0]).toBe(
      '\ufeff"home","resident","alarm","category","level","reason","room","drill","raised",' +
        '"custody","accepted","accepted_by","closed","closed_by","outcome","false_alarm","note"',
    );
    expect(lines).toHaveLength(5);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(text).toContain('"2026-11-20T10:00:00.000Z"');
  });

  test("quotes, lines and every beginning of a formula", () => {
    const cells = ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", 'a "b"', "a\nb", null, -1, true];
    expect(
      csvOf(
        ["c"],
        cells.map((cell) => [cell]),
      )
        .split("\r\n")
        .slice(1),
    ).toEqual([
      `"'=1"`,
      `"'+1"`,
      `"'-1"`,
      `"'@x"`,
      `"'\t=1"`,
      // The carriage return of the cell stands inside the quotes.
      `"'\r=1"`,
      `"' =1"`,
      '"a ""b"""',
      '"a\nb"',
      '""',
      '"-1"',
      '"true"',
      "",
    ]);
  });
});

describe("statistics", () => {
  test("times to custody, acceptance and outcome, and the share of false alarms", async () => {
    const statistics = statisticsSchema.parse((await lead.get("/api/statistics")).json);
    expect(statistics).toMatchObject({
      count: 3,
      open: 1,
      drills: 1,
      custody: { count: 3, max_s: expect.any(Number) },
      acceptance: { count: 1, p50_s: 30 },
      outcome: { count: 2, p50_s: 100, max_s: 600 },
      false_alarm_share: 0.5,
      by_category: { "emergency-call": 2, stove: 1 },
      by_outcome: { helped: 1, "false-alarm": 1 },
    });
    expect(statistics.by_day).toEqual([
      { wall: Date.UTC(2026, 10, 20), count: 1, false_alarms: 0 },
      { wall: Date.UTC(2026, 10, 21), count: 2, false_alarms: 1 },
    ]);
    const none = statisticsSchema.parse((await lead.get("/api/statistics?to=1")).json);
    expect(none).toMatchObject({ count: 0, false_alarm_share: null, custody: { p50_s: null } });
  });

  test("against an oracle: every share is the smallest value that so many do not exceed", () => {
    const alarms: CountedAlarm[] = Array.from({ length: 200 }, (_, nth) => ({
      category: "hazard",
      drill: false,
      raised_wall: 0,
      custody_wall: ((nth * 73) % 200) * second,
      accepted_wall: null,
      closed_wall: null,
      outcome: null,
      false_alarm: false,
    }));
    const { custody } = statisticsOf(alarms);
    expect(custody).toMatchObject({ p50_s: 99, p90_s: 179, p99_s: 197, max_s: 199 });
    expect(custody.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(200);
    expect(custody.buckets.find(({ upto_s }) => upto_s === 60)?.count).toBe(30);
  });
});

describe("homes and faults", () => {
  test("the overview has the link, the open alarms and the faults of each home", async () => {
    rig.view("weber", ["h3"]);
    const fault = { home: "weber", subject: "bath-button", what: "battery-low" };
    await rig.db
      .insertInto("faults")
      .values({ ...fault, since_wall: 5, blind: '["emergency-call"]' })
      .execute();
    const homes = await until("the state is there", async () => {
      const read = homesSchema.parse((await lead.get("/api/homes")).json).homes;
      return read.some(({ open }) => open === 1) ? read : undefined;
    });
    expect(homes).toMatchObject([
      { home: "krause", link: "unknown", open: 0, faults: 0 },
      { home: "weber", link: "reachable", open: 1, faults: 1, resident: "Frau Erika Weber" },
    ]);
    const detail = homeDetailSchema.parse((await lead.get("/api/homes/weber")).json);
    expect(detail).toMatchObject({ agreement_version: 1, credential: "none" });
    expect(detail.alarms.map(({ alarm }) => alarm)).toEqual(["h3", "drill", "h1"]);
  });

  test("a fault is a work order until somebody has mended it", async () => {
    const technician = await rig.as("technician", { groups: ["north"] });
    const order = { home: "weber", subject: "bath-button", what: "battery-low" };
    const work = { ...order, state: "planned", note: "new cell on Monday" };
    expect((await technician.post("/api/faults/work", work)).status).toBe(200);
    const { faults } = faultsSchema.parse((await technician.get("/api/faults")).json);
    expect(faults).toMatchObject([
      { ...order, blind: ["emergency-call"], work_state: "planned", work_note: work.note },
    ]);
    expect(faults[0]?.work_by).not.toBe("");
    const none = { ...work, subject: "nothing" };
    expect((await technician.post("/api/faults/work", none)).status).toBe(404);
  });

  test("I10: a gateway's credential is shown once, kept as a digest, and can be withdrawn", async () => {
    const technician = await rig.as("technician", { groups: ["north"] });
    const path = "/api/homes/weber/credential";
    const secret = String((await technician.post(path)).json["secret"]);
    const row = () =>
      rig.db
        .selectFrom("known_homes")
        .selectAll()
        .where("home", "=", "weber")
        .executeTakeFirstOrThrow();
    expect(isSecret(secret, (await row()).credential_sha256 ?? "")).toBe(true);
    expect((await lead.get("/api/homes/weber")).json["credential"]).toBe("issued");
    expect((await technician.ask("DELETE", path)).status).toBe(200);
    expect((await row()).revoked).toBe(1);
    expect((await lead.get("/api/homes/weber")).json["credential"]).toBe("revoked");
    const told = () => rig.changed.filter((home) => home === "weber");
    await expect.poll(told, { timeout: 10_000 }).toHaveLength(2);
  });

  test("maintenance and test alarms are the core's to take", async () => {
    const technician = await rig.as("technician", { groups: ["north"] });
    const until_wall = Date.now() + 3_600_000;
    const path = "/api/homes/weber";
    expect((await technician.post(`${path}/maintenance`, { until_wall })).status).toBe(200);
    expect(rig.asked.at(-1)?.request).toMatchObject({ kind: "maintenance", untilWall: until_wall });
    expect((await technician.post(`${path}/drill`)).status).toBe(200);
    expect(rig.asked.at(-1)?.request).toMatchObject({ kind: "drill", home: "weber" });
  });

  test("I10: an absence is the core's to take, on record, and known to those who answer alarms", async () => {
    const staff = await rig.as("staff", { groups: ["north"] });
    const until_wall = Date.now() + 3_600_000;
    const path = "/api/homes/weber";
    for (const sent of [until_wall, null]) {
      expect((await staff.post(`${path}/absence`, { until_wall: sent })).status).toBe(200);
      expect(rig.asked.at(-1)?.request).toMatchObject({ kind: "absence", untilWall: sent });
    }
    expect((await staff.post(`${path}/absence`, { until_wall: -1 })).status).toBe(400);
    expect((await lead.get(`${path}/access-log`)).text).toContain("asked for absence");
    const away = (wall: number | null) =>
      rig.db.updateTable("known_homes").set({ absent_until_wall: wall }).execute();
    await away(until_wall);
    const technician = await rig.as("technician", { groups: ["north"] });
    const seen = async (browser: Browser) => {
      const { homes } = homesSchema.parse((await browser.get("/api/homes")).json);
      const one = homeDetailSchema.parse((await browser.get(path)).json);
      return [homes.find(({ home }) => home === "weber"), one].map((it) => it?.absent_until_wall);
    };
    expect(await seen(staff)).toEqual([until_wall, until_wall]);
    expect(await seen(technician)).toEqual([null, null]);
    await away(null);
  });

  test("what staff must know of a resident is changed by a lead, and on record", async () => {
    const resident = {
      resident: "Frau E. Weber",
      address: "Lindenweg 5",
      phone: "+49 711 1",
      key_safe: "none",
      notes: "",
      group: "north",
    };
    const path = "/api/homes/weber";
    expect((await lead.ask("PUT", path, { ...resident, phone: "call me" })).status).toBe(400);
    expect((await lead.ask("PUT", path, resident)).status).toBe(200);
    expect((await lead.get(path)).json).toMatchObject({ resident: "Frau E. Weber" });
    const log = (await lead.get(`${path}/access-log`)).text;
    expect(log).toContain("changed what is known of the resident");
  });
});
