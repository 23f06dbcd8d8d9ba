import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmOf, type CareRig, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig({ silent_after_s: 4, alarm_after_s: 6 });
});

afterEach(() => rig.close());

test("a care service that slept does not say that the home was silent", async () => {
  const home = rig.home("weber");
  await home.connected();
  process.kill(rig.care.pid, "SIGSTOP");
  // The span for a beat is 4 s. The home has spoken in it, and nobody was there to hear it.
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  process.kill(rig.care.pid, "SIGCONT");
  home.send(offerOf("m1", alarmOf("a1")));
  await home.custody("a1");
  const silent = rig.events.filter(({ kind }) => kind === "silent").map((event) => event.home);
  expect(silent).not.toContain("weber");
});

test("I5: a beat tells the home until when the resident is away", async () => {
  const before = rig.home("weber");
  await before.connected();
  expect(before.beats.at(-1)?.absent_until_wall).toBeNull();
  await before.uplink.close();
  await rig.care.kill("SIGKILL");
  const until = Date.now() + 3_600_000;
  const db = new Database(join(rig.folder, "data", "care.db"));
  db.prepare("UPDATE known_homes SET absent_until_wall = ? WHERE home = 'weber'").run(until);
  db.close();
  rig.start();
  const home = rig.home("weber");
  await home.connected();
  expect(home.beats.at(-1)?.absent_until_wall).toBe(until);
});

const ofWeber = ({ home }: { readonly home: string }): boolean => home === "weber";

test("I6: a home that falls silent is late, then an alarm until a person closes it", async () => {
  const home = rig.home("weber");
  await home.connected();
  await home.uplink.close();
  const late = await rig.event("late", ofWeber);
  const silent = await rig.event("silent", ofWeber);
  expect(rig.events.indexOf(late)).toBeLessThan(rig.events.indexOf(silent));
  const raised = await rig.event("raised", (event) => ofWeber(event) && event.level === "alarm");
  expect(raised.reason).toBe("home-silent");
  const again = rig.home("weber");
  await again.connected();
  await rig.event("back", ofWeber);
  const desk = rig.desk();
  const open = await until("it is still open", () =>
    desk.openAlarms().find((alarm) => ofWeber(alarm)),
  );
  expect(open.alarm.reason).toBe("home-silent");
});

test("a gateway that says goodbye is awaited, and is an alarm only when it does not come back", async () => {
  const home = rig.home("weber");
  await home.connected();
  await home.uplink.close("restart");
  await rig.event("leaving", ofWeber);
  await rig.event("raised", (event) => ofWeber(event) && event.reason === "home-silent");
  expect(rig.events.filter((event) => event.kind === "late" && ofWeber(event))).toEqual([]);
});
