/** Services and wishes at the desk as people use it: real service, real homes' uplink, real browser. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { wallAt } from "../../care/local-time.ts";
import type { OrderWord } from "../../protocol/living.ts";
import type { UpBody } from "../../protocol/messages.ts";
import { exampleServices } from "../../sim/demo/catalogue.ts";
import { type TestHome, until } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig, violations } from "./desk-rig.ts";

const patience = 30_000;

let desk: DeskRig;
let home: TestHome;

beforeAll(async () => {
  desk = await startDeskRig({}, { services: exampleServices() });
  home = desk.rig.home("weber");
  await home.connected();
}, 120_000);

afterAll(() => desk?.close());

const tomorrow = new Date(Date.now() + 36 * 3_600_000).toISOString().slice(0, 10);
let nth = 0;

async function say(body: UpBody): Promise<void> {
  nth += 1;
  const id = `m${nth}`;
  home.send({ id, body });
  await until("the receipt", () => home.settled.find((of) => of === id), patience);
}
function order(orderId: string, act: OrderWord["act"], service = "essen"): Promise<void> {
  const word: OrderWord = { orderId, act, service, day: tomorrow, part: "noon" };
  return say({ kind: "order", order: word, nth: nth + 1 });
}
const stands = (id: string, state: string) =>
  until(
    `${id} is ${state} at the home`,
    () => {
      const list = home.bodies("orders").at(-1)?.orders ?? [];
      return list.find((one) => one.id === id && one.state === state);
    },
    patience,
  );

test("an order is promised with a name and a time, called off by the resident, and seen as such", async () => {
  await order("o1", "ask");
  const { page, context } = await desk.person("frau-maier", "staff");
  await page.getByRole("link", { name: "Dienste" }).click();
  const card = page.locator(".order").filter({ hasText: "Essen" });
  await card.getByText("neu").waitFor({ timeout: patience });
  expect(await violations(page)).toEqual([]);
  // Nothing is promised without a name, and nothing refused without a sentence.
  expect(await card.getByRole("button", { name: "Zusagen" }).isDisabled()).toBe(true);
  expect(await card.getByRole("button", { name: "Das geht nicht" }).isDisabled()).toBe(true);
  await card.getByLabel("Ab wann").fill("11:45");
  await card.getByLabel("Wer kommt").fill("Herr Kern");
  await card.getByRole("button", { name: "Zusagen" }).click();
  const told = await stands("o1", "confirmed");
  expect(told).toMatchObject({ who: "Herr Kern", day: tomorrow, title: { de: "Essen" } });
  expect(told.from_ms).toBe(wallAt("Europe/Berlin", tomorrow, "11:45"));
  await card.getByText("11:45 Essen, Herr Kern zugesagt").waitFor({ timeout: patience });
  await order("o1", "cancel");
  await page.reload();
  await card.getByText("möchte absagen").waitFor({ timeout: patience });
  await card.getByRole("button", { name: "Absage annehmen" }).click();
  await stands("o1", "cancelled");
  await card.getByText("vom Bewohner abgesagt").waitFor({ timeout: patience });
  await context.close();
}, 120_000);

test("a refusal reaches the home with its sentence", async () => {
  await order("o2", "ask", "friseur");
  const { page, context } = await desk.person("herr-lang", "staff");
  await page.goto(`${desk.origin}/care/#/services`);
  const card = page.locator(".order").filter({ hasText: "Friseur" });
  await card.getByLabel("Satz für den Bewohner").fill("Der Friseur hat Urlaub.");
  await card.getByRole("button", { name: "Das geht nicht" }).click();
  expect(await stands("o2", "declined")).toMatchObject({ note: "Der Friseur hat Urlaub." });
  await context.close();
}, 120_000);

test("I10: a wish to drop a module waits for the lead; the home hears the answer", async () => {
  await say({ kind: "module-wish", ask: "w1", module: "stove-guard", on: false });
  const staff = await desk.person("frau-klein", "staff");
  await staff.page.goto(`${desk.origin}/care/#/services`);
  await staff.page
    .getByText("Frau Weber möchte Herdwache abwählen.")
    .waitFor({ timeout: patience });
  await staff.page.getByText("Das entscheidet die Leitung.").waitFor();
  expect(await staff.page.getByRole("button", { name: "Einverstanden" }).count()).toBe(0);
  await staff.context.close();
  const { page, context } = await desk.person("herr-berg", "lead");
  await page.goto(`${desk.origin}/care/#/services`);
  await page.getByLabel("Satz für den Bewohner").first().fill("Wir haben darüber gesprochen.");
  await page.getByRole("button", { name: "Einverstanden" }).click();
  const answer = await until("the answer", () => home.bodies("module-answer")[0], patience);
  expect(answer).toMatchObject({ ask: "w1", granted: true, by: { name: "herr-berg" } });
  expect(answer.note).toBe("Wir haben darüber gesprochen.");
  await context.close();
}, 120_000);

test("the home's page says what is off, until when a pause lasts, and who comes this week", async () => {
  await order("o3", "ask", "fahrdienst");
  const at = performance.now();
  const pausedUntil_at_ms = at + 3_600_000;
  await say({ kind: "choices", nth: 1, dropped: ["stove-guard"], pausedUntil_at_ms });
  await say({ kind: "wellbeing", at_ms: at });
  const { page, context } = await desk.person("frau-wolf", "lead");
  await page.goto(`${desk.origin}/care/#/home/weber`);
  const panel = page.getByRole("region", { name: "Alltag" });
  await panel.getByText("Abgewählt: Herdwache").waitFor({ timeout: patience });
  expect(await panel.textContent()).toMatch(/Zuletzt „Mir geht es gut“: \d\d:\d\d/);
  expect(await panel.textContent()).toMatch(/Pause bis .*\d\d:\d\d\./);
  await panel.getByText("mittags Fahrdienst").waitFor();
  expect(await violations(page)).toEqual([]);
  await context.close();
}, 120_000);

test("I11: the resident is told who looked, and not again with each look", async () => {
  const [first, ...more] = home.bodies("looks");
  const said = (first?.looks ?? []).map(({ who, role, what }) => `${who} ${role} ${what}`);
  expect(said).toContain("frau-maier staff services");
  expect(more).toEqual([]);
});
