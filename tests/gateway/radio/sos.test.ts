/** Presses on the wire: garbage, retries, repeats, frames nobody knows, and listeners that fail. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatDatabase, parseDatabase } from "../../../gateway/radio/database.ts";
import { subsystems } from "../../../sim/coordinator/frame.ts";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
beforeEach(async () => {
  rig = await radioHome();
});
afterEach(async () => await rig.close());

const panel = { endpoint: 1, cluster: 0x0501, payload: Buffer.alloc(0), fromServer: false };

test("I1: a press, a motion and an open door become facts", async () => {
  const { home, said } = rig;
  home.press("bath-button");
  home.press("neck-button");
  home.walk("kitchen-motion");
  home.door("front-door").open();
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  await said.next("button-pressed", (fact) => fact.device === "neck-button");
  await said.next("motion-sensed", (fact) => fact.device === "kitchen-motion" && fact.moving);
  await said.next("contact-sensed", (fact) => fact.device === "front-door" && fact.open);
});

const noises: readonly (readonly [string, number[]])[] = [
  ["a start byte and length 255", [0xfe, 0xff]],
  ["the head of a frame", [0xfe, 0x20, 0x44, 0x81]],
  ["bytes without a start", Array.from({ length: 2_000 }, () => 0x41)],
];
test.each(noises)("H 6.3: %s on the line costs no press", async (_name, bytes) => {
  const { home, said } = rig;
  home.faults.garbage(Buffer.from(bytes));
  home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  home.press("neck-button");
  await said.next("button-pressed", (fact) => fact.device === "neck-button");
});

test("H 6.3: a press after each of ten bursts of random bytes is heard", async () => {
  const { home, said } = rig;
  for (let nth = 1; nth <= 10; nth += 1) {
    home.faults.garbage(2_000);
    home.press(nth % 2 === 0 ? "bath-button" : "neck-button");
    await said.next("button-pressed", () => true, nth);
  }
  expect(said.of("radio-lost")).toHaveLength(0);
});

test("H 6.3: a press whose frame was lost in the air comes by the button's own retry", async () => {
  const { home, said } = rig;
  home.faults.radio({ drop: 1 }, "bath-button");
  home.press("bath-button");
  home.faults.radio(undefined, "bath-button");
  expect(said.of("button-pressed")).toHaveLength(0);
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
});

test("H 6.6: a frame that came twice is one press, the next press is a second", async () => {
  const { home, said } = rig;
  home.faults.radio({ duplicate: 1 }, "neck-button");
  home.press("neck-button");
  await said.next("button-pressed");
  home.faults.radio(undefined, "neck-button");
  home.press("neck-button");
  await said.next("button-pressed", () => true, 2);
  home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  expect(said.of("button-pressed")).toHaveLength(3);
});

test("H 6.6: an emergency repeated with new numbers is heard each time", async () => {
  const { home, said } = rig;
  for (let nth = 1; nth <= 3; nth += 1) {
    home.device("neck-button").tell({ ...panel, command: 2 });
    await said.next("button-pressed", () => true, nth);
  }
});

test("I6: a frame of an SOS device that nobody understands is a fact with its bytes", async () => {
  const { home, said } = rig;
  const device = home.device("neck-button");
  device.tell({ ...panel, command: 0x00, payload: Buffer.from([3, 0, 0]) });
  const arm = await said.next("button-unclear");
  expect(arm).toMatchObject({ device: "neck-button", frame: expect.stringMatching(/commandArm/) });
  device.tell({
    endpoint: 1,
    cluster: 0xfc57,
    command: 0x42,
    payload: Buffer.from([9]),
    fromServer: true,
  });
  await said.next("button-unclear", () => true, 2);
  expect(said.of("button-pressed")).toHaveLength(0);
});

test("H 6.6: a listener that throws ends nothing", async () => {
  const { home, said } = rig;
  said.throwNext = true;
  home.press("bath-button");
  await said.next("button-pressed");
  home.press("neck-button");
  await said.next("button-pressed", (fact) => fact.device === "neck-button");
});

test("smoke and water are hazards, and their end is told", async () => {
  const { home, said } = rig;
  home.device("kitchen-smoke").act("alarm");
  home.device("bath-leak").act("alarm");
  await said.next("hazard-sensed", (fact) => fact.hazard === "smoke" && fact.present);
  await said.next("hazard-sensed", (fact) => fact.hazard === "leak" && fact.present);
  home.device("kitchen-smoke").act("clear");
  await said.next("hazard-sensed", (fact) => fact.hazard === "smoke" && !fact.present);
});

const pressFrame = Buffer.from([0x09, 1, 0, 1, 0, 0, 0, 0, 0]);
const fromButton = { cluster: 0x0500, sourceEndpoint: 1, targetEndpoint: 1 };

/** The button has another address than the database says: it rejoined while nobody listened. */
function moved(dir: string): void {
  const file = join(dir, "database.db");
  const { ieee, nwk } = rig.home.device("bath-button").plan;
  const rows = parseDatabase(readFileSync(file, "utf8")).rows.map((row) =>
    row["ieeeAddr"] === ieee ? { ...row, nwkAddr: nwk + 0x0a00 } : row,
  );
  writeFileSync(file, formatDatabase(rows));
}

test("H 6.6: a button that changed its address asleep is heard at its first press", async () => {
  await rig.radio.stop();
  moved(rig.dir);
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  // One frame, which the button does not repeat.
  const { nwk } = rig.home.device("bath-button").plan;
  rig.home.stick.heard(nwk, { ...fromButton, payload: pressFrame }, 120);
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  rig.home.press("bath-button");
  await said.next("button-pressed", () => true, 2);
});

test("H 6.6: an address that did not answer once is asked again", { timeout: 60_000 }, async () => {
  await rig.radio.stop();
  moved(rig.dir);
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  let questions = 0;
  rig.home.onFrame(({ direction, frame }) => {
    const isIeeeRequest = frame.subsystem === subsystems.zdo && frame.command === 0x01;
    if (direction === "from-host" && isIeeeRequest) questions += 1;
  });
  const { nwk } = rig.home.device("bath-button").plan;
  rig.home.faults.device("bath-button", "dead");
  // What it said arrives, and then it sleeps: nobody answers the question who it is.
  rig.home.stick.heard(nwk, { ...fromButton, payload: pressFrame }, 120);
  await until("the question was asked", () => questions > 0);
  rig.home.faults.device("bath-button", "well");
  const press = setInterval(() => rig.home.press("bath-button"), 1_000);
  try {
    await said.next("button-pressed", (fact) => fact.device === "bath-button");
  } finally {
    clearInterval(press);
  }
});
