/** What a resident does at the tablet on a calm day, in real processes: light, shutter, order. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { OrderWord } from "../../protocol/living.ts";
import type { FixtureView, PrivacyView, ServicesView } from "../../protocol/view.ts";
import { until } from "../../sim/demo/process.ts";
import { type House, openHouse } from "./house.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterEach(() => house.calm(), 120_000);
afterAll(() => house.close(), 60_000);

/** What the tablet was told last of a part of the state. */
function shown<State>(part: string): State | undefined {
  const topic = `home/state/${part}`;
  return house.tablet.shown.findLast((it) => it.topic === topic)?.payload["state"] as State;
}

const levelOf = (id: string): number | null | undefined =>
  shown<readonly FixtureView[]>("fixtures")?.find((fixture) => fixture.id === id)?.level;

const isShown = (id: string, level: number) =>
  until(`${id} is shown at ${level}`, () => (levelOf(id) === level ? true : undefined), 60_000);

test("I2: a light is shown as it says that it is, whoever switched it, and asked after a start", async () => {
  const { rig } = house;
  await isShown("living-light", 0);
  const answer = await house.tablet.ask({ kind: "level", device: "living-light", level: 40 });
  expect(answer).toMatchObject({ taken: true });
  await isShown("living-light", 40);
  await rig.home.ask("off", "living-light");
  await isShown("living-light", 0);
  await rig.gateway.kill();
  await rig.home.ask("on", "living-light");
  await house.comeBack();
  await isShown("living-light", 40);
  const bad = await house.tablet.ask({ kind: "level", device: "stove-plug", level: 100 });
  expect(bad).toMatchObject({ taken: false });
}, 240_000);

test("I2: a shutter is on its way until it is there", async () => {
  await isShown("bedroom-shutter", 100);
  await house.tablet.ask({ kind: "level", device: "bedroom-shutter", level: 80 });
  await isShown("bedroom-shutter", 80);
  const seen = house.tablet.shown
    .filter(({ topic }) => topic === "home/state/fixtures")
    .map(({ payload }) => payload["state"] as readonly FixtureView[])
    .map((all) => all.find(({ id }) => id === "bedroom-shutter")?.level);
  expect(seen.filter((level) => typeof level === "number" && level > 80).length).toBeGreaterThan(1);
}, 240_000);

test("I5: an order is kept over a crash, and not shown as sent while nobody has it", async () => {
  const { rig } = house;
  rig.line.cut();
  const order: OrderWord = {
    orderId: "e2e-1",
    act: "ask",
    service: "meals",
    day: "2999-12-01",
    part: "noon",
  };
  expect(await house.tablet.ask({ kind: "order", order })).toMatchObject({ taken: true });
  const sent = () => shown<ServicesView>("services")?.orders.map((one) => `${one.id} ${one.sent}`);
  await until("the order waits", () => (sent()?.join() === "e2e-1 false" ? true : undefined));
  await rig.gateway.kill();
  await house.comeBack();
  await until("the order still waits", () => (sent()?.join() === "e2e-1 false" ? true : undefined));
}, 240_000);

test("I2 I5: who was told is kept, shown once, and is no word of help that comes", async () => {
  const { rig } = house;
  const since = house.since();
  const alarmId = await house.callArrives("bath-button");
  await since.care("told", (event) => event.alarmId === alarmId);
  const told = () =>
    shown<PrivacyView>("privacy")?.told.filter((one) => one.alarmId === alarmId) ?? [];
  const first = await until("who was told is shown", () => told()[0], 60_000);
  expect(first).toMatchObject({ reason: "sos-pressed", category: "emergency-call" });
  expect(since.said(alarmId)).not.toContain("help-coming");
  await rig.gateway.kill();
  await house.comeBack();
  const again = await until("it is shown again", () => told().at(-1), 60_000);
  expect(again).toEqual(first);
  const people = told().map(({ who }) => who);
  expect(new Set(people).size).toBe(people.length);
}, 240_000);
