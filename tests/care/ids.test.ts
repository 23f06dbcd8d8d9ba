import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmOf, type CareRig, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig();
});

afterEach(() => rig.close());

function toldAlarms(): readonly string[] {
  const db = new Database(join(rig.folder, "data", "care.db"), { readonly: true });
  const rows = db.prepare("SELECT DISTINCT alarm FROM tellings ORDER BY alarm").all();
  db.close();
  return (rows as { alarm: string }[]).map(({ alarm }) => alarm);
}

test("I4: alarms of two homes in their same step since the start each tell somebody", async () => {
  const [weber, krause] = [rig.home("weber"), rig.home("krause")];
  weber.send(offerOf("m1", alarmOf("a1")));
  krause.send(offerOf("m2", alarmOf("a2")));
  await Promise.all([weber.custody("a1"), krause.custody("a2")]);
  expect(await until("rows", () => (toldAlarms().length > 0 ? toldAlarms() : undefined))).toEqual([
    "a1",
    "a2",
  ]);
});
