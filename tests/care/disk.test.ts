import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmOf, type CareRig, maier, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig();
});

afterEach(() => rig.close());

test("I1, I2: while the disk refuses, people are told, and nothing is promised", async () => {
  const home = rig.home("weber");
  await home.connected();
  // Another process holds the file, as a backup that hangs would: every commit fails.
  const other = new Database(join(rig.folder, "data", "care.db"));
  other.exec("BEGIN IMMEDIATE");
  home.send(offerOf("m1", alarmOf("a1")));
  await rig.event("told", ({ alarmId }) => alarmId === "a1");
  await rig.care.line(/"kind":"warning".*held by another process/);
  expect(home.settled).toEqual([]);
  expect(home.bodies("custody-taken")).toEqual([]);
  expect(home.beats.at(-1)?.holds).toEqual([]);
  other.exec("ROLLBACK");
  other.close();
  await home.custody("a1");
  await until("the receipt", () => (home.settled.includes("m1") ? true : undefined));
  await rig.care.line(/the disk takes messages again/);
  await until("a beat lists it", () => (home.beats.at(-1)?.holds.length === 1 ? true : undefined));
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("I11: why is on disk: each event with its decisions, and the message it came by", async () => {
  const home = rig.home("weber");
  const desk = rig.desk();
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  await until("the desk sees it", () => (desk.openAlarms().length > 0 ? true : undefined));
  await desk.accept("a1", maier);
  await rig.care.kill("SIGTERM");
  const db = new Database(join(rig.folder, "data", "care.db"), { readonly: true });
  const rows = db
    .prepare<[], { event: string; decisions: string }>(
      "SELECT event, decisions FROM events WHERE home = 'weber' ORDER BY seq",
    )
    .all();
  db.close();
  const story = rows.map(({ event, decisions }) => ({
    kind: String(JSON.parse(event).kind),
    because: (JSON.parse(decisions) as { because: string }[]).map(({ because }) => because),
  }));
  const offered = story.find(({ kind }) => kind === "custody-offered");
  expect(offered?.because.join()).toContain("custody of a1 is taken");
  const accepted = story.find(({ kind }) => kind === "alarm-accepted");
  expect(accepted?.because.join()).toContain("Frau Maier is coming");
});

test("I3: a home taken out of the file with an open alarm is looked after as before", async () => {
  const home = rig.home("krause");
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  await rig.care.kill("SIGKILL");
  rig.forget("krause");
  const before = rig.events.length;
  rig.start();
  const told = () =>
    rig.events.slice(before).some(({ kind, home }) => kind === "told" && home === "krause");
  await until("the chain goes on", () => (told() ? true : undefined));
});

test("I3: a home that nobody knows any more is said at every start while its alarm is open", async () => {
  const home = rig.home("krause");
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  await rig.care.kill("SIGKILL");
  rig.forget("krause");
  const db = new Database(join(rig.folder, "data", "care.db"));
  db.exec("DELETE FROM known_homes WHERE home = 'krause'");
  db.close();
  rig.start();
  await rig.care.line(/krause is not in the configuration, but 1 of its alarms are open/);
});
