/** The stick is lost and found again: the same process, for ever. */
import { afterEach, expect, test } from "vitest";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => {
  await rig.close();
});

/**
 * The issue allows 5 s for a reconnection and 15 s to notice silence; doubled for a laden machine.
 */
const back_ms = 10_000;
const noticed_ms = 30_000;

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
  rig = await radioHome();
  const { home, said } = rig;
  said.clear();
  const began_ms = performance.now();
  home.faults.silent(true);
  await said.next("radio-lost");
  expect(performance.now() - began_ms).toBeLessThan(noticed_ms);
  home.faults.silent(false);
  await said.next("radio-ready");
  await pressIsHeard(rig);
});

test("H 6.1: the radio stops within 5 s although the stick is silent", async () => {
  rig = await radioHome();
  rig.home.faults.silent(true);
  const began_ms = performance.now();
  await rig.radio.stop();
  expect(performance.now() - began_ms).toBeLessThan(5_000);
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
  rig = await radioHome();
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
