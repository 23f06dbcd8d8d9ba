/** The stick is lost and found again: the same process, for ever. */
import { afterEach, expect, test } from "vitest";
import { subsystems } from "../../../sim/coordinator/frame.ts";
import type { FrameEvent } from "../../../sim/line.ts";
import { quiet, type RadioHome, radioHome, until } from "./radio-home.ts";
import { openTurnstile, type Turnstile } from "./turnstile.ts";

let rig: RadioHome;
let door: Turnstile | undefined;
afterEach(async () => {
  await rig.close();
  await door?.close();
  door = undefined;
});

/** The issue allows 5 s for a reconnection, and 15 s to notice silence. */
const back_ms = 5_000;
const noticed_ms = 15_000;

/** A radio that reaches its stick through a door that counts. */
async function throughDoor(start = true): Promise<Turnstile> {
  let opened: Turnstile | undefined;
  rig = await radioHome({
    start,
    port: async (home) => {
      opened = await openTurnstile(home.port);
      return opened.address;
    },
  });
  if (opened === undefined) throw new Error("the door did not open");
  door = opened;
  return opened;
}

/** SYS_OSAL_NV_READ_EXT: the stack reads what network the stick holds. */
const readMemory = 0x1c;

/** Runs once, at the first frame of the host that holds. */
function atFrame(holds: (event: FrameEvent) => boolean, act: () => void): void {
  const stop = rig.home.onFrame((event) => {
    if (event.direction !== "from-host" || !holds(event)) return;
    stop();
    act();
  });
}

async function pressIsHeard({ home, said }: RadioHome): Promise<void> {
  said.clear();
  home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
}

test.each(["fin", "rst"] as const)("H 6.1: back after %s, and a press is heard", async (how) => {
  rig = await radioHome();
  const { home, said } = rig;
  said.clear();
  const began_ms = performance.now();
  home.faults.cut(how);
  await said.next("radio-ready");
  expect(performance.now() - began_ms).toBeLessThan(back_ms);
  expect(said.all[0]).toMatchObject({ kind: "radio-lost" });
  expect(said.of("radio-lost")).toHaveLength(1);
  await pressIsHeard(rig);
});

test("H 6.1: a silent stick is noticed, and left behind", { timeout: 60_000 }, async () => {
  const { open } = await throughDoor();
  const { home, said } = rig;
  said.clear();
  const began_ms = performance.now();
  home.faults.silent(true);
  await said.next("radio-lost");
  expect(performance.now() - began_ms).toBeLessThan(noticed_ms);
  await until("the port is released", () => open() === 0);
  home.faults.silent(false);
  await said.next("radio-ready");
  await pressIsHeard(rig);
  expect(open()).toBe(1);
});

test("H 6.1: one lost serial reply is no silence", async () => {
  rig = await radioHome();
  await quiet(rig);
  rig.said.clear();
  // The next to ask is the heartbeat; the stack gives its reply up after 6 s.
  rig.home.faults.loseReplies(1);
  await until("the reply was lost", () => rig.home.trouble.lostReplies === 0);
  await new Promise((resolve) => setTimeout(resolve, 7_500));
  expect(rig.said.of("radio-lost")).toHaveLength(0);
  await pressIsHeard(rig);
});

test("H 6.1: the radio stops within 5 s and releases its port, also when the stick is silent", {
  timeout: 60_000,
}, async () => {
  const { open } = await throughDoor();
  rig.home.faults.silent(true);
  const began_ms = performance.now();
  await rig.radio.stop();
  expect(performance.now() - began_ms).toBeLessThan(5_000);
  await until("the port is released", () => open() === 0);
  rig.home.faults.silent(false);
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
});

test("H 6.1: a stick that restarted by itself is started again", async () => {
  rig = await radioHome();
  const { home, said } = rig;
  said.clear();
  home.faults.reset();
  expect(await said.next("radio-lost")).toMatchObject({
    cause: expect.stringMatching(/restarted/),
  });
  await said.next("radio-ready");
  await pressIsHeard(rig);
});

test("H 6.1: a stop in the midst of a start opens no port, or releases it", async () => {
  const { open } = await throughDoor(false);
  // While the files are put in order.
  rig.radio.start();
  await rig.radio.stop();
  // While the stick is asked.
  const second = rig.again();
  second.radio.start();
  await until("the port is open", () => open() === 1);
  await second.radio.stop();
  await until("the port is released", () => open() === 0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(open()).toBe(0);
  expect(second.said.of("radio-ready")).toHaveLength(0);
});

test("H 6.5: a stick that closes in the midst of a start is tried again at once", async () => {
  rig = await radioHome({ start: false });
  const { home, radio, said } = rig;
  const began_ms = performance.now();
  // It has answered before; the stack itself would wait 6 s for the next reply.
  atFrame(
    ({ frame }) => frame.subsystem === subsystems.sys && frame.command === readMemory,
    () => home.faults.cut("fin"),
  );
  radio.start();
  await said.next("radio-lost");
  await said.next("radio-ready");
  expect(performance.now() - began_ms).toBeLessThan(back_ms);
  await pressIsHeard(rig);
});

/** One frame on the air, which its button does not repeat. */
function pressOnce(name: string, sequence: number): void {
  const { nwk } = rig.home.device(name).plan;
  const payload = Buffer.from([0x09, sequence, 0, 1, 0, 0, 0, 0, 0]);
  const zone = { cluster: 0x0500, sourceEndpoint: 1, targetEndpoint: 1 };
  rig.home.stick.heard(nwk, { ...zone, payload }, 120);
}

test("I1: a press in the midst of a restart is heard, once", async () => {
  rig = await radioHome();
  const { home, said } = rig;
  said.clear();
  atFrame(
    () => true,
    () => pressOnce("bath-button", 77),
  );
  home.faults.cut("rst");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  await quiet(rig);
  expect(said.of("button-pressed")).toHaveLength(1);
  expect(said.of("radio-lost")).toHaveLength(1);
});

test("I1: a press in a start that failed is heard in the next; an old report is not", async () => {
  rig = await radioHome();
  const { home, said } = rig;
  const { nwk } = home.device("stove-plug").plan;
  said.clear();
  atFrame(
    () => true,
    () => {
      pressOnce("bath-button", 78);
      const report = { cluster: 6, sourceEndpoint: 1, targetEndpoint: 1 };
      const payload = Buffer.from([0x18, 9, 0x0a, 0, 0, 0x10, 1]);
      home.stick.heard(nwk, { ...report, payload }, 120);
      home.faults.cut("fin");
    },
  );
  home.faults.cut("rst");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  await quiet(rig);
  expect(said.of("relay-read").filter((fact) => fact.on)).toHaveLength(0);
});

test("H 6.1: a line that breaks while the heartbeat waits for its answer is back at once", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, said } = rig;
  said.clear();
  home.faults.loseReplies(1);
  await until("the heartbeat's reply was lost", () => home.trouble.lostReplies === 0);
  const began_ms = performance.now();
  home.faults.cut("rst");
  await said.next("radio-ready");
  expect(performance.now() - began_ms).toBeLessThan(back_ms);
});

test("H 6.1: what waits behind a lost reply when the line breaks ends all the same", async () => {
  rig = await radioHome();
  await quiet(rig);
  const { home, radio } = rig;
  await radio.givePower("stove-plug");
  // The first waits for its reply, the others behind it: the stack forgets those for ever.
  home.faults.loseReplies(1);
  const asked = [
    radio.wish("living-light", 100),
    radio.wish("bedroom-shutter", 100),
    radio.permitJoin(60),
    radio.cutPower("stove-plug", "direct"),
  ];
  home.faults.cut("rst");
  for (const outcome of await Promise.all(asked)) expect(outcome).toMatchObject({ ok: false });
  await until("the relay is open", () => !home.stove.relay.closed);
});

test("H 6.5: a port that refuses for a while is tried until it opens", async () => {
  rig = await radioHome({ start: false });
  const { home, radio, said } = rig;
  await home.faults.refuse(true);
  radio.start();
  await said.next("radio-lost");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // The same cause is told once, however often it is met.
  expect(said.of("radio-lost")).toHaveLength(1);
  const began_ms = performance.now();
  await home.faults.refuse(false);
  await said.next("radio-ready");
  expect(performance.now() - began_ms).toBeLessThan(back_ms);
  await pressIsHeard(rig);
});

test("H 6.5: a port that accepts and says nothing is left after seconds", async () => {
  rig = await radioHome({ start: false });
  const { home, radio, said } = rig;
  home.faults.silent(true);
  radio.start();
  await said.next("radio-lost");
  home.faults.silent(false);
  await said.next("radio-ready");
  await pressIsHeard(rig);
});

test("H 6.1: many losses in a row leave nothing behind", { timeout: 60_000 }, async () => {
  const { open } = await throughDoor();
  const { home, said } = rig;
  for (let nth = 1; nth <= 4; nth += 1) {
    said.clear();
    home.faults.cut(nth % 2 === 0 ? "fin" : "rst");
    await said.next("radio-ready");
  }
  home.press("bath-button");
  await said.next("button-pressed");
  home.press("neck-button");
  await said.next("button-pressed", (fact) => fact.device === "neck-button");
  // One controller at a time: a second one would have heard the first press as well.
  expect(said.of("button-pressed")).toHaveLength(2);
  await until("one port is open", () => open() === 1);
});

test("I1: a cut while the radio is lost is told, and done as soon as it is back", async () => {
  rig = await radioHome();
  const { home, radio, said } = rig;
  await radio.givePower("stove-plug");
  await home.faults.refuse(true);
  await said.next("radio-lost");
  const outcome = await radio.cutPower("stove-plug", "direct");
  expect(outcome).toMatchObject({ ok: false, detail: expect.stringMatching(/does not reach/) });
  said.clear();
  await home.faults.refuse(false);
  await until("the relay is open", () => !home.stove.relay.closed);
  await said.next("relay-read", (fact) => !fact.on);
});
