import { afterEach, expect, test } from "vitest";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

test("I1: a press is a fact, and a cut switches the relay off and is read back", async () => {
  rig = await radioHome();
  const { home, radio, said } = rig;
  home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
  home.walk("kitchen-motion");
  await said.next("motion-sensed", (fact) => fact.device === "kitchen-motion" && fact.moving);
  home.door("front-door").open();
  await said.next("contact-sensed", (fact) => fact.open);
  expect(await radio.givePower("stove-plug")).toMatchObject({ ok: true });
  home.stove.switchOn(1_800);
  await said.next("power-read", (fact) => fact.watts > 1_700);
  const cut = await radio.cutPower("stove-plug", "direct");
  expect(cut).toMatchObject({ ok: true });
  await until("relay off", () => !home.stove.relay.closed);
});

test("I5: the radio is back after the stick closed the connection", async () => {
  rig = await radioHome();
  const { home, said } = rig;
  said.clear();
  home.faults.cut("rst");
  await said.next("radio-lost");
  await said.next("radio-ready");
  home.press("bath-button");
  await said.next("button-pressed");
});
