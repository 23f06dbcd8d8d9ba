/** The page when the home's hub dies, and when there is no home to load it from. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GalleryHome, openGallery } from "./tablet-hub.ts";
import { alarmOf } from "./tablet-scenes.ts";

let home: GalleryHome;

beforeAll(async () => {
  home = await openGallery({ entry: new URL("../gateway/hub/mortal-worker.ts", import.meta.url) });
}, 120_000);

afterAll(() => home?.close());

test("I5: the hub's worker dies in mid-alarm, and the screen is right again by itself", async () => {
  const page = await home.page();
  home.show({ alarms: [alarmOf({ stage: "with-care" })] });
  const done = page.locator(".step.done", { hasText: "Pflegedienst hat ihn" });
  await done.waitFor();
  const shown = page.locator(".step.done", { hasText: "Frau Maier kommt" });
  home.announce("pause-begun", { please: "please-die" });
  home.show({ alarms: [alarmOf({ stage: "coming", acceptedBy: ["Frau Maier"] })] });
  await shown.waitFor({ timeout: 10_000 });
  expect(await page.getByText("Notruf geht gerade nicht.").count()).toBe(0);
  await page.context().close();
  home.show({});
}, 60_000);

test("I2: opened while the home is gone, the page opens and names the telephone", async () => {
  const page = await home.page({ trusts: true });
  await page.locator(".readiness.ready").waitFor();
  // Kept are the page and each file that it names.
  const isKept = "caches.match('/tablet/').then((kept) => kept !== undefined)";
  await expect.poll(() => page.evaluate<boolean>(isKept), { timeout: 20_000 }).toBe(true);
  await home.stop();
  await page.reload();
  await page.getByText("Einen Moment. Die Verbindung wird geprüft.").waitFor();
  expect(await page.locator(".readiness.ready").count()).toBe(0);
  await page.getByText("Notruf geht gerade nicht.").first().waitFor({ timeout: 15_000 });
  await page.getByText("0711 5550100").waitFor();
  await page.getByText("Uhrzeit unbekannt").waitFor();
  await page.locator(".home .help").click();
  await page.getByText("Ihr Hilferuf ist hier gemerkt.").waitFor();
  await page.context().close();
}, 60_000);
