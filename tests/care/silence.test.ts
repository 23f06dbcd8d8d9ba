import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmOf, type CareRig, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig({ silent_after_s: 4 });
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

test("I6: a home that falls silent is a concern until a person closes it", async () => {
  const home = rig.home("weber");
  await home.connected();
  await home.uplink.close();
  await rig.event("silent", ({ home: name }) => name === "weber");
  const raised = await rig.event("raised", ({ reason }) => reason === "home-silent");
  expect(raised.level).toBe("concern");
  const again = rig.home("weber");
  await again.connected();
  await rig.event("back");
  const desk = rig.desk();
  await until("it is still open", () => (desk.openAlarms().length > 0 ? true : undefined));
  expect(desk.openAlarms()[0]?.alarm.reason).toBe("home-silent");
});
