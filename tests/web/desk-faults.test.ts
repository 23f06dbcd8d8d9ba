/** Work orders about strangers at the desk: our own words in both languages, and how they end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestHome, until } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig, violations } from "./desk-rig.ts";

const patience = 30_000;

let desk: DeskRig;
let home: TestHome;

beforeAll(async () => {
  desk = await startDeskRig();
  home = desk.rig.home("weber");
  await home.connected();
}, 120_000);

afterAll(() => desk?.close());

async function say(id: string, cleared: boolean): Promise<void> {
  const fault = { subject: "hub", what: "intrusion", blind: [] } as const;
  home.send({ id, body: { kind: "fault", fault: { ...fault, blind: [] }, cleared } });
  await until("the receipt", () => home.settled.find((of) => of === id), patience);
}

test("I10: a stranger at a home is a work order in plain words, and over after a quiet day", async () => {
  await say("f1", false);
  const { page, context } = await desk.person("herr-tom", "technician");
  await page.goto(`${desk.origin}/care/#/faults`);
  const order = page.locator("main li");
  await order.getByText("Jemand ohne Berechtigung hat versucht").waitFor({ timeout: patience });
  expect(await order.getByText("Bitte das WLAN-Kennwort prüfen").count()).toBe(1);
  expect(await violations(page)).toEqual([]);
  await say("f2", true);
  await page.reload();
  await order.getByText("seit einem Tag nicht mehr versucht").waitFor({ timeout: patience });
  await page.getByRole("button", { name: "English" }).click();
  await order.getByText("somebody without a right tried").waitFor({ timeout: patience });
  await order.getByText("not tried again for a day").waitFor({ timeout: patience });
  await context.close();
}, 120_000);
