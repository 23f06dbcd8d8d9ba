import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../support/random.ts";
import { alarmOf, type CareRig, maier, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig | undefined;

afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function restart(care: CareRig): Promise<void> {
  await care.care.kill("SIGKILL");
  care.start();
  await care.ready();
}

test("I5: killed between disk and receipt, it is the same alarm after the restart", async () => {
  rig = await startCareRig();
  const home = rig.home("weber");
  await home.connected();
  // Whatever leaves the care service from here on dies with it, half a second before the home.
  rig.line.delay(500);
  home.send(offerOf("m1", alarmOf("a1")));
  await rig.event("custody");
  await restart(rig);
  expect(home.settled).toEqual([]);
  expect(home.bodies("custody-taken")).toEqual([]);
  rig.line.delay(0);
  await home.custody("a1", 25_000);
  await until("the receipt", () => (home.settled.includes("m1") ? true : undefined));
  const desk = rig.desk();
  await until("the desk sees it", () => (desk.openAlarms().length > 0 ? true : undefined));
  expect(desk.openAlarms().map(({ alarm }) => alarm.id)).toEqual(["a1"]);
  expect(rig.raisedCounts()).toEqual({ a1: 1 });
});

test("I4, I5: after a kill -9 the chain goes on at its step, and says that it is late", async () => {
  rig = await startCareRig();
  const home = rig.home("weber");
  home.send(offerOf("m1", alarmOf("a1")));
  await rig.event("custody");
  await rig.care.kill("SIGKILL");
  // The step had 5 s; what is more than 5 s overdue was slept through.
  await pause(10_500);
  rig.start();
  const told = await rig.event("told", ({ late }) => late === true);
  expect(told).toMatchObject({ alarmId: "a1", step: 1, round: 0, by: { id: "yilmaz" } });
});

test("I4, I5: where nobody knows how long it was away, the chain goes on at once and marked late", async () => {
  rig = await startCareRig();
  const home = rig.home("weber");
  home.send(offerOf("m1", alarmOf("a1")));
  await rig.event("custody");
  await rig.care.kill("SIGKILL");
  const db = new Database(join(rig.folder, "data", "care.db"));
  db.exec("DELETE FROM stamp");
  db.close();
  rig.start();
  const told = await rig.event("told", ({ late }) => late === true);
  expect(told).toMatchObject({ alarmId: "a1", step: 1, round: 0, by: { id: "yilmaz" } });
});

test("I3: an acceptance and an open alarm outlive the process", async () => {
  rig = await startCareRig();
  const home = rig.home("weber");
  home.send(offerOf("m1", alarmOf("a1")));
  const before = rig.desk();
  await until("the desk sees it", () => (before.openAlarms().length > 0 ? true : undefined));
  expect(await before.accept("a1", maier)).toMatchObject({ taken: true });
  await restart(rig);
  const desk = rig.desk();
  await until("the desk sees it again", () => (desk.openAlarms().length > 0 ? true : undefined));
  expect(desk.openAlarms()[0]).toMatchObject({ coming: [maier] });
});

test("I5: killed at twelve random instants, no alarm is lost and none is doubled (seed 7)", async () => {
  rig = await startCareRig();
  const random = seededRandom(7);
  const home = rig.home("weber");
  await home.connected();
  const ids: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const count = 1 + random.int(4);
    for (let n = 0; n < count; n += 1) {
      const id = `a${round}-${n}`;
      ids.push(id);
      home.send(offerOf(`m${id}`, alarmOf(id)));
    }
    await pause(random.int(40));
    await restart(rig);
  }
  const taken = () => new Set(home.bodies("custody-taken").map(({ alarmId }) => alarmId));
  await until("custody of all", () => (taken().size === ids.length ? true : undefined), 60_000);
  const desk = rig.desk();
  const raised = () => desk.openAlarms();
  await until("the desk sees all", () => (raised().length >= ids.length ? true : undefined));
  const open = raised().map(({ alarm }) => alarm.id);
  expect(new Set(open)).toEqual(new Set(ids));
  expect(open.length).toBe(ids.length);
  for (const [id, count] of Object.entries(rig.raisedCounts())) {
    expect(count, `alarm ${id} was raised ${count} times`).toBe(1);
  }
}, 180_000);
