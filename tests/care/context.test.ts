/** What a home says of its sensors around an alarm, at a real care service and on its disk. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContextPoint } from "../../protocol/messages.ts";
import {
  alarmOf,
  type CareRig,
  maier,
  offerOf,
  startCareRig,
  type TestHome,
  until,
} from "./care-rig.ts";

let rig: CareRig;
let home: TestHome;

beforeEach(async () => {
  rig = await startCareRig();
  home = rig.home("weber");
  await home.connected();
});
afterEach(() => rig.close());

const point = (more: Partial<ContextPoint> = {}): ContextPoint => ({
  at_ms: performance.now(),
  wall_ms: Date.now(),
  device: "hall-motion",
  room: "hall",
  kind: "motion-sensed",
  value: true,
  ...more,
});

async function tell(id: string, alarmId: string, points: ContextPoint[]): Promise<void> {
  home.send({ id, body: { kind: "context", alarmId, points } });
  await until("its receipt", () => (home.settled.includes(id) ? true : undefined));
}

function rows(): { home: string; alarm: string; points: Record<string, unknown>[] }[] {
  const db = new Database(join(rig.folder, "data", "care.db"), { readonly: true });
  const found = db.prepare("SELECT home, alarm, body FROM context ORDER BY alarm").all() as {
    home: string;
    alarm: string;
    body: string;
  }[];
  db.close();
  return found.map(({ body, ...row }) => ({ ...row, points: JSON.parse(body) }));
}

test("I2: a receipt comes when it is on disk; a later one takes the place of the one before", async () => {
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  const first = point({ wall_ms: 5_000, value: false });
  await tell("c1", "a1", [first]);
  const { device, room, kind, value } = first;
  expect(rows()).toEqual([
    { home: "weber", alarm: "a1", points: [{ wall_ms: 5_000, device, room, kind, value }] },
  ]);
  await tell("c2", "a1", [point(), point({ device: "door", value: null })]);
  expect(rows().map(({ points }) => points.length)).toEqual([2]);
  // Taken back by the home before it was sent: what is known stays.
  await tell("c3", "a1", []);
  expect(rows().map(({ points }) => points.length)).toEqual([2]);
});

test("I6: a home without the hour is drawn by our clock, and nothing in the future", async () => {
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  const before = Date.now();
  const ago = point({ at_ms: performance.now() - 3_000, wall_ms: null });
  await tell("c1", "a1", [ago, point({ wall_ms: before + 3_600_000 })]);
  const [old, ahead] = rows()[0]?.points ?? [];
  const after = Date.now();
  expect(Number(old?.["wall_ms"])).toBeLessThanOrEqual(after - 3_000);
  // Whatever the way took, it is no older than this test.
  expect(Number(old?.["wall_ms"])).toBeGreaterThanOrEqual(before - 3_001);
  expect(Number(ahead?.["wall_ms"])).toBeLessThanOrEqual(after);
});

test("I9: nothing is kept for an alarm that is not open here, and it need not be said again", async () => {
  await tell("c1", "nobody", [point()]);
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  const desk = rig.desk();
  await until("the desk sees it", () => (desk.openAlarms().length === 1 ? true : undefined));
  await desk.closeAlarm("a1", { by: maier, outcome: "helped", note: "" });
  await tell("c2", "a1", [point()]);
  expect(rows()).toEqual([]);
});
