/** The desk by the keyboard alone: an alarm handed over, an agreement changed. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alarmOf, offerOf, type TestHome } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig } from "./desk-rig.ts";

const patience = 30_000;

let desk: DeskRig;
let home: TestHome;

beforeAll(async () => {
  desk = await startDeskRig();
  home = desk.rig.home("weber");
  await home.connected();
}, 120_000);

afterAll(() => desk?.close(), 60_000);

/** What has the focus, in the words that are read aloud. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `(() => {
      const at = document.activeElement;
      const label = at.labels?.[0]?.textContent ?? "";
      return (label || at.textContent || "").trim();
    })()`,
  );

/** Goes on with the tabulator until this has the focus; a page has no trap and no dead end. */
async function reach(page: Page, name: RegExp, steps = 80): Promise<void> {
  for (let nth = 0; nth < steps; nth += 1) {
    await page.keyboard.press("Tab");
    if (name.test(await focused(page))) return;
  }
  throw new Error(`no way by the keyboard to ${name.source}`);
}

test("keyboard alone: an alarm is handed over", async () => {
  const other = await desk.person("Herr Brandt", "staff");
  await other.context.close();
  const { page, context } = await desk.person("tastatur", "lead");
  home.send(offerOf("m-keys", alarmOf("keys")));
  await home.custody("keys", patience);
  await page.goto(`${desk.origin}/care/#/alarm/weber/keys`);
  await page.getByRole("button", { name: "Übergeben" }).waitFor({ timeout: patience });
  await reach(page, /^Übergeben$/);
  await page.keyboard.press("Enter");
  await reach(page, /^Übergeben an/);
  await page.keyboard.type("Herr");
  await reach(page, /^Jetzt übergeben$/);
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: "Herr Brandt" }).waitFor({ timeout: patience });
  await context.close();
}, 120_000);

test("keyboard alone: a step is added to an agreement, and saved", async () => {
  const { page, context } = await desk.person("tasten", "lead");
  await page.goto(`${desk.origin}/care/#/agreement/weber`);
  await page.getByText("Fassung 1", { exact: true }).waitFor({ timeout: patience });
  await reach(page, /^Schritt hinzufügen$/);
  await page.keyboard.press("Enter");
  // The new step stands before the button that made it.
  const tick = page.getByRole("group", { name: "Wen" }).last().getByRole("checkbox").last();
  await tick.waitFor();
  for (let nth = 0; nth < 20; nth += 1) {
    await page.keyboard.press("Shift+Tab");
    if (await tick.evaluate((at) => at === document.activeElement)) break;
  }
  await page.keyboard.press("Space");
  expect(await tick.isChecked()).toBe(true);
  await reach(page, /^Als neue Fassung speichern$/);
  await page.keyboard.press("Enter");
  await page.getByText("Fassung 2", { exact: true }).waitFor({ timeout: patience });
  await context.close();
}, 120_000);
