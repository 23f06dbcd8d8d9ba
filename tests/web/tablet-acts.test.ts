/** What a finger does on the pages behind the home screen, and what the home is asked by it. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import type { FixtureView } from "../../protocol/view.ts";
import { type GalleryHome, openGallery } from "./tablet-hub.ts";
import { modules, offers, orderOf, orders } from "./tablet-page-scenes.ts";

let home: GalleryHome;
let page: Page;

beforeAll(async () => {
  home = await openGallery();
  page = await home.page({ language: "de" });
  await page.locator(".readiness.ready").waitFor();
}, 120_000);

afterEach(async () => {
  home.show({});
  while ((await page.getByRole("button", { name: "Zurück" }).count()) > 0) await press("Zurück");
});

afterAll(() => home?.close());

/** A screen that has just changed takes no press; the same button twice within a second is one. */
async function press(name: string): Promise<void> {
  await page.waitForTimeout(350);
  await page.getByRole("button", { name, exact: true }).first().click();
}

const asked = (): TabletRequest["request"] | undefined => home.requests.at(-1)?.request;

test("a light is asked for by its name, and shown as the home says and not as was pressed", async () => {
  const lamp: FixtureView = {
    id: "lamp",
    kind: "light",
    room: "living",
    level: 0,
    since: instant(1),
  };
  home.show({ fixtures: [lamp] });
  await press("Zuhause");
  await press("Licht, Wohnzimmer: An");
  await expect.poll(asked).toEqual({ kind: "level", device: "lamp", level: 100 });
  expect(await page.locator(".fixture-state").textContent()).toBe("Aus");
  home.show({ fixtures: [{ ...lamp, level: 100 }] });
  await expect.poll(() => page.locator(".fixture-state").textContent()).toBe("An");
});

test("what is not known of a door is not told as closed", async () => {
  home.show({ fixtures: [{ id: "d", kind: "door", room: "hall", level: null, since: null }] });
  await press("Zuhause");
  await expect.poll(() => page.locator(".fixture-state").textContent()).toBe("Nicht bekannt");
});

test("a pause is asked for in minutes, and ended at once", async () => {
  await press("Mehr");
  await press("Pause für Besuch");
  await press("1 Tag");
  await expect.poll(asked).toEqual({ kind: "pause", minutes: 1_440 });
  expect(await page.getByText("Jetzt ist keine Pause.").count()).toBe(1);
  home.show({ pause: { until: instant(home.now() + 86_400_000) } });
  await page.getByText("Die Pause endet am Samstag um 10:0").waitFor();
  await press("Pause jetzt beenden");
  await expect.poll(asked).toEqual({ kind: "pause", minutes: 0 });
  await press("Zurück");
});

test("a module is added by one press, and dropped only after a question", async () => {
  home.show({ modules });
  await press("Mehr");
  await press("Was Obhut für Sie tut");
  await press("Tagesgruß: Mehr dazu");
  await press("Einschalten");
  await expect.poll(asked).toEqual({ kind: "module-choice", module: "daily-sign", on: true });
  await press("Zurück");
  await press("Herdwache: Mehr dazu");
  const before = home.requests.length;
  await press("Ausschalten");
  await press("Nein, es bleibt");
  await page.waitForTimeout(1_100);
  await press("Ausschalten");
  expect(home.requests).toHaveLength(before);
  await press("Ja, den Pflegedienst fragen");
  await expect.poll(asked).toEqual({ kind: "module-choice", module: "stove-guard", on: false });
  // Nobody has answered: it is on, whatever was pressed.
  expect(await page.locator(".headline").textContent()).toBe("Eingeschaltet");
});

test("the emergency call has no button to drop it", async () => {
  home.show({ modules });
  await press("Mehr");
  await press("Was Obhut für Sie tut");
  await press("Notruf: Mehr dazu");
  await page.getByText("Das bleibt immer eingeschaltet.").waitFor();
  expect(await page.getByRole("button", { name: "Ausschalten" }).count()).toBe(0);
});

test("an order is a service, a day and a part of it; changed and cancelled by its id", async () => {
  home.show({ services: { offers, orders: [orderOf({ day: "2026-11-28" })] } });
  await press("Dienste");
  await press("Friseur: Bestellen");
  await press("Montag, 30. November");
  await press("Morgens");
  await page.getByText("Friseur: Montag, 30. November, morgens. Ist das richtig?").waitFor();
  await press("Ja, bestellen");
  await expect.poll(asked).toMatchObject({
    kind: "order",
    order: { act: "ask", service: "hairdresser", day: "2026-11-30", part: "morning" },
  });
  await press("Ändern");
  await press("Morgen");
  await press("Abends");
  await press("Ja, ändern");
  const change = { orderId: "order-1", act: "change", day: "2026-11-28", part: "evening" };
  await expect.poll(asked).toMatchObject({ kind: "order", order: change });
  await press("Absagen");
  await press("Ja, absagen");
  const cancel = { orderId: "order-1", act: "cancel", service: "meals" };
  await expect.poll(asked).toMatchObject({ kind: "order", order: cancel });
});

test("I2: what the care service has not agreed to is not told as coming", async () => {
  home.show({ services: { offers, orders } });
  await press("Dienste");
  const states = await page.locator(".order-state").allTextContents();
  expect(states).toEqual([
    "Zugesagt",
    "Bestellt. Der Pflegedienst hat noch nicht zugesagt.",
    "Noch nicht beim Pflegedienst. Es wird gesendet.",
    "Das geht leider nicht.",
  ]);
  expect(await page.getByText("Es kommt:").count()).toBe(1);
});

test("the daily question stands on a page that was reloaded, until the home has the answer", async () => {
  home.show({ question: { kind: "daily-sign", until: instant(home.now() + 1_800_000) } });
  await page.reload();
  await page.getByText("Guten Tag. Geht es Ihnen gut?").waitFor();
  await page.waitForTimeout(350);
  await page.locator(".question").getByRole("button", { name: "Mir geht es gut" }).click();
  await expect.poll(asked).toEqual({ kind: "wellbeing" });
  expect(await page.locator(".question").count()).toBe(1);
  home.show({});
  await expect.poll(() => page.locator(".question").count()).toBe(0);
});

test("without a clock that is trusted nothing is ordered for a day that may be another", async () => {
  home.wall.trusted = false;
  home.show({ services: { offers, orders: [] } });
  await press("Dienste");
  await press("Friseur: Bestellen");
  await page.getByText("Die Uhrzeit ist gerade nicht bekannt.").waitFor();
  home.wall.trusted = true;
});
