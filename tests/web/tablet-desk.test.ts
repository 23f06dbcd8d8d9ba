/**
 * From a finger at the tablet to a person at the desk and back, in real processes: what was ordered,
 * and what the resident would do without. What the tablet shows is true at every moment.
 */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ServicesAnswer } from "../../protocol/care-living-views.ts";
import { exampleServices } from "../../sim/demo/catalogue.ts";
import { until } from "../../sim/demo/process.ts";
import type { Browser } from "../care/office/office-rig.ts";
import { enterOffice, officePages } from "../e2e/office.ts";
import { startTabletRig, type TabletRig } from "./tablet-rig.ts";

const patienceMs = 40_000;

let rig: TabletRig;
let office: Browser;
let page: Page;

beforeAll(async () => {
  const pages = await officePages();
  rig = await startTabletRig({
    care: { office: pages.office, services: exampleServices() },
    confirms: ["stove-guard"],
  });
  office = await enterOffice(rig.house.rig, pages);
  page = await rig.tablet();
  await page.locator(".readiness.ready").waitFor({ timeout: patienceMs });
}, 120_000);

afterEach(() => rig.house.calm(), 120_000);

afterAll(async () => {
  office?.close();
  await rig?.close();
}, 60_000);

/** Presses once it can be pressed: a screen that has just changed takes no press. */
async function press(name: string): Promise<void> {
  await page.waitForTimeout(350);
  await page.getByRole("button", { name, exact: true }).first().click({ timeout: patienceMs });
}

const sees = (words: string | RegExp) =>
  page.getByText(words, { exact: true }).first().waitFor({ timeout: patienceMs });

/** A page that nobody touches goes back to the home screen after a minute. */
async function at(title: string, ...way: readonly string[]): Promise<void> {
  if ((await page.locator("h1", { hasText: title }).count()) > 0) return;
  while ((await page.getByRole("button", { name: "Zurück" }).count()) > 0) await press("Zurück");
  for (const name of way) await press(name);
}

const isAt = {
  services: () => at("Dienste", "Dienste"),
  stoveGuard: () => at("Herdwache", "Mehr", "Was Obhut für Sie tut", "Herdwache: Mehr dazu"),
};

async function waiting(): Promise<ServicesAnswer> {
  const { json } = await office.get("/api/services");
  return json as unknown as ServicesAnswer;
}

async function answer(what: "orders" | "wishes", body: object): Promise<void> {
  const { status, text } = await office.post(`/api/homes/weber/${what}`, body);
  expect(status, text).toBe(200);
}

test("I2: what was ordered is promised when a person has promised it, and not before", async () => {
  const { line } = rig.house.rig;
  await isAt.services();
  await press("Essen: Bestellen");
  await press("Morgen");
  await press("Mittags");
  line.cut();
  await press("Ja, bestellen");
  await sees("Noch nicht beim Pflegedienst. Es wird gesendet.");
  expect((await waiting()).orders).toEqual([]);
  line.heal();
  const order = await until("the order", async () => (await waiting()).orders[0], patienceMs);
  expect(order).toMatchObject({ home: "weber", service: "essen", part: "noon", state: "asked" });
  await isAt.services();
  await sees("Bestellt. Der Pflegedienst hat noch nicht zugesagt.");

  line.cut();
  const { id, nth } = order;
  const promise = { from: "11:45", who: "Herr Kern", note: "" };
  await answer("orders", { order: id, nth, answer: "confirmed", ...promise });
  await isAt.services();
  expect(await page.locator(".order-state").allTextContents()).toEqual([
    "Bestellt. Der Pflegedienst hat noch nicht zugesagt.",
  ]);
  line.heal();
  await sees("Zugesagt");
  await page.reload();
  await isAt.services();
  await sees("Zugesagt");
  await sees("Ab 11:45 Uhr");
  await sees("Es kommt: Herr Kern");
}, 180_000);

test("I2: a module that the agreement confirms is off when a person has said so, and not before", async () => {
  const headline = (words: string) =>
    page.locator(".headline", { hasText: words }).waitFor({ timeout: patienceMs });
  const ask = async (): Promise<string> => {
    await isAt.stoveGuard();
    await press("Ausschalten");
    await press("Ja, den Pflegedienst fragen");
    await sees("Der Pflegedienst ist gefragt. Bis er antwortet, bleibt es eingeschaltet.");
    const wish = await until("the wish", async () => (await waiting()).wishes[0], patienceMs);
    expect(wish).toMatchObject({ home: "weber", module: "stove-guard", on: false });
    await headline("Eingeschaltet");
    return wish.ask;
  };
  const refused = "Bitte sprechen Sie erst mit Frau Maier.";
  await answer("wishes", { ask: await ask(), granted: false, note: refused });
  await sees(refused);
  await sees(/^Nicht ausgeschaltet/);
  await headline("Eingeschaltet");

  await answer("wishes", { ask: await ask(), granted: true, note: "Wir haben gesprochen." });
  await headline("Ausgeschaltet");
  await sees("Wir haben gesprochen.");
  await sees("Entschieden von frau-maier");
}, 180_000);
