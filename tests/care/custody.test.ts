import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alarmOf, type CareRig, maier, offerOf, startCareRig, until } from "./care-rig.ts";

let rig: CareRig;

beforeEach(async () => {
  rig = await startCareRig();
});

afterEach(() => rig.close());

const closing = { by: maier, outcome: "helped", note: "sat on the floor, is well" } as const;

describe("one alarm, from the home to its end", () => {
  test("I2, I3: stored, told, in custody, accepted, closed", async () => {
    const home = rig.home("weber");
    const desk = rig.desk();
    home.send(offerOf("m1", alarmOf("a1")));
    await home.custody("a1");
    await until("the receipt", () => (home.settled.includes("m1") ? true : undefined));
    await until("the desk sees it", () => (desk.openAlarms().length === 1 ? true : undefined));
    expect(desk.openAlarms()[0]).toMatchObject({ home: "weber", told: [maier], coming: [] });
    expect(await desk.accept("a1", maier)).toMatchObject({ taken: true });
    await until("the home hears it", () => home.bodies("accepted")[0]);
    expect(home.bodies("accepted")[0]).toEqual({
      kind: "accepted",
      alarmId: "a1",
      by: maier,
      nth: 1,
    });
    expect(await desk.closeAlarm("a1", closing)).toMatchObject({ taken: true });
    const closed = await until("the home hears the end", () => home.bodies("closed")[0]);
    expect(closed).toMatchObject({ kind: "closed", alarmId: "a1", closing });
    await until("the desk sees the end", () => (desk.openAlarms().length === 0 ? true : undefined));
    const kinds = rig.events.filter(({ alarmId }) => alarmId === "a1").map(({ kind }) => kind);
    expect(kinds).toEqual(["told", "raised", "custody", "accepted", "closed"]);
  });

  test("I5: an alarm that is offered ten times is one alarm, and no offer stays unsettled", async () => {
    const home = rig.home("weber");
    await home.connected();
    for (let n = 0; n < 10; n += 1) home.send(offerOf(`m${n}`, alarmOf("a1")));
    await home.custody("a1");
    await until("all receipts", () => (home.settled.length >= 10 ? true : undefined));
    expect(rig.raisedCounts()).toEqual({ a1: 1 });
  });

  test("I3: what a person has closed is not said to be raised when its home offers it again", async () => {
    const home = rig.home("weber");
    const desk = rig.desk();
    home.send(offerOf("m1", alarmOf("a1")));
    await until("the desk sees it", () => (desk.openAlarms().length === 1 ? true : undefined));
    await desk.closeAlarm("a1", closing);
    home.send(offerOf("m2", alarmOf("a1"), 2));
    await until("the receipt", () => (home.settled.includes("m2") ? true : undefined));
    home.send(offerOf("m3", alarmOf("a2")));
    await rig.event("raised", ({ alarmId }) => alarmId === "a2");
    expect(rig.raisedCounts()).toEqual({ a1: 1, a2: 1 });
  });

  test("I4: a step that nobody answers is followed by the next", async () => {
    const home = rig.home("weber");
    home.send(offerOf("m1", alarmOf("a1")));
    await rig.event("told", ({ by, step }) => by?.id === "maier" && step === 0);
    await rig.event("told", ({ by, step }) => by?.id === "yilmaz" && step === 1);
    await rig.event("told", ({ by, round }) => by?.id === "maier" && round === 1);
  });

  test("a request for an alarm that is not open is refused with a sentence", async () => {
    const home = rig.home("weber");
    const desk = rig.desk();
    home.send(offerOf("m1", alarmOf("a1")));
    await until("the desk sees it", () => (desk.openAlarms().length === 1 ? true : undefined));
    expect(await desk.accept("a2", maier)).toMatchObject({ taken: false });
    await desk.closeAlarm("a1", closing);
    expect(await desk.closeAlarm("a1", closing)).toMatchObject({ taken: false });
  });
});
