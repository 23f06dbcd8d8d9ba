/** Who is away is called for by another chain, as a person at the desk sets it. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { csrfHeader } from "../../protocol/care-http.ts";
import { alarmOf, maier, offerOf, type TestHome, until, yilmaz } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig, violations } from "./desk-rig.ts";

const patience = 30_000;
const category = "emergency-call";
const chainOf = (name: string, when: "absent" | "present", tell: string) => ({
  ...{ name, for: [category], while: when },
  steps: [{ tell: [tell], within_s: 600 }],
});
const agreement = {
  version: 1,
  parties: [
    { ...maier, kind: "helper" },
    { ...yilmaz, kind: "helper" },
    { id: "nobody", name: "Niemand", kind: "helper" },
  ],
  chains: [chainOf("verreist", "absent", yilmaz.id), chainOf("daheim", "present", maier.id)],
  fallback: [{ tell: ["nobody"], within_s: 600 }],
};

let desk: DeskRig;
let home: TestHome;

beforeAll(async () => {
  desk = await startDeskRig({}, { agreement });
  home = desk.rig.home("weber");
  await home.connected();
}, 120_000);

afterAll(() => desk?.close());

/** Raises an alarm and says who was told of it. */
async function toldOf(id: string): Promise<string | undefined> {
  home.send(offerOf(`m-${id}`, alarmOf(id)));
  const told = await desk.rig.event("told", ({ alarmId }) => alarmId === id);
  await home.custody(id, patience);
  return told.by?.name;
}

async function restart(): Promise<void> {
  await desk.rig.care.kill("SIGKILL");
  desk.rig.start();
  await desk.rig.ready();
}

const setAbsence = async (page: Page, until_wall: number | null): Promise<number> => {
  const answer = await page.request.post(`${desk.origin}/api/homes/weber/absence`, {
    headers: { [csrfHeader]: "1" },
    data: { until_wall },
  });
  return answer.status();
};

test("the preview at the agreement asks for absence, too", async () => {
  const { page } = await desk.person("herr-maier", "lead");
  await page.goto(`${desk.origin}/care/#/agreement/weber`);
  const preview = page.getByRole("region", { name: "Wen würden wir rufen?" });
  await preview.getByRole("button", { name: "Nachsehen" }).click({ timeout: patience });
  await preview.getByText("Kette: daheim").waitFor({ timeout: patience });
  await preview.getByLabel("Bewohner abwesend").check();
  await preview.getByRole("button", { name: "Nachsehen" }).click();
  await preview.getByText("Kette: verreist").waitFor({ timeout: patience });
  await page.context().close();
}, 120_000);

test("I2: an alarm of somebody who is away goes through the chain for it, and after it through the other", async () => {
  const { page } = await desk.person("frau-maier", "lead");
  expect(await toldOf("before")).toBe(maier.name);
  await page.goto(`${desk.origin}/care/#/home/weber`);
  const panel = page.getByRole("region", { name: "Abwesend", exact: true });
  await panel.getByLabel("Abwesend bis").fill("2099-12-24T18:00");
  await panel.getByRole("button", { name: "Abwesenheit beginnen" }).click();
  await panel.getByRole("button", { name: "Abwesenheit beenden" }).waitFor({ timeout: patience });
  await page.locator(".mark", { hasText: "abwesend" }).waitFor();
  expect(await violations(page)).toEqual([]);
  // The button works as ever: custody, and somebody is told.
  expect(await toldOf("away")).toBe(yilmaz.name);
  await page.goto(`${desk.origin}/care/#/homes`);
  const row = page.getByRole("row").filter({ hasText: "Frau Weber" });
  await row.locator(".mark", { hasText: "abwesend" }).waitFor({ timeout: patience });
  await page.goto(`${desk.origin}/care/#/alarm/weber/away`);
  await page.locator(".headline .mark", { hasText: "abwesend" }).waitFor({ timeout: patience });
  // I5: it is on disk when it was answered.
  await restart();
  expect(await toldOf("away-again")).toBe(yilmaz.name);
  await page.goto(`${desk.origin}/care/#/home/weber`);
  await panel.getByRole("button", { name: "Abwesenheit beenden" }).click({ timeout: patience });
  await page.locator(".mark", { hasText: "abwesend" }).waitFor({ state: "detached" });
  expect(await toldOf("back")).toBe(maier.name);
  // By itself, also while nobody is there to hear it end.
  const ends = Date.now() + 10_000;
  expect(await setAbsence(page, ends)).toBe(200);
  expect(await toldOf("short")).toBe(yilmaz.name);
  await desk.rig.care.kill("SIGKILL");
  await until("the absence is over", () => (Date.now() > ends ? true : undefined), patience);
  desk.rig.start();
  await desk.rig.ready();
  expect(await toldOf("over")).toBe(maier.name);
  await page.context().close();
}, 240_000);
