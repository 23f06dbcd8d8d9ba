/** What the sensors said around an alarm, as the desk shows it: real service, real browser. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { alarmOf, offerOf, type TestHome, until } from "../care/care-rig.ts";
import { type DeskRig, startDeskRig, storyAgreement, violations } from "./desk-rig.ts";
import { ghost, morning } from "./morning.ts";

const patience = 30_000;

let desk: DeskRig;
let home: TestHome;

beforeAll(async () => {
  desk = await startDeskRig({}, { agreement: storyAgreement(600) });
  home = desk.rig.home("weber");
  await home.connected();
}, 120_000);
afterAll(() => desk?.close(), 60_000);

test("the last hours are drawn and listed in words, wide and narrow, and axe finds nothing", async () => {
  home.send(offerOf("m1", alarmOf("a1", { room: "bath" })));
  await home.custody("a1", patience);
  const { page } = await desk.person("frau-maier", "lead");
  await page.goto(`${desk.origin}/care/#/alarm/weber/a1`);
  await page.getByText("Die Wohnung hat dazu nichts gesendet.").waitFor({ timeout: patience });
  const points = [...morning(), ghost()];
  home.send({ id: "c1", body: { kind: "context", alarmId: "a1", points } });
  await until("its receipt", () => (home.settled.includes("c1") ? true : undefined));
  const drawing = page.getByRole("img", { name: "Was die Sensoren sagen" });
  await drawing.waitFor({ timeout: patience });
  const panel = page.getByRole("region", { name: "Was die Sensoren sagen" });
  await panel.getByText("Bad: Notruf-Knopf gedrückt, vor 1 Minute").waitFor();
  await panel.getByText("Flur: Tür geschlossen, vor 3 Stunden").waitFor();
  // Every mark but those of the meter, which is a curve.
  expect(await drawing.locator(".mark").count()).toBe(points.length - 3);
  expect(await drawing.locator(".mark.urgent").count()).toBe(1);
  expect(await drawing.locator(".curve").count()).toBe(1);
  await panel.getByText("Als Liste").click();
  const items = panel.locator("ol.points li");
  expect(await items.count()).toBe(points.length);
  // What nobody has words for is said in its own.
  expect(await items.first().textContent()).toContain("attic: ghost-sensed pale (attic-eye)");
  for (const width of [1_280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.waitForTimeout(100);
    expect(await violations(page)).toEqual([]);
    const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate<number>(over)).toBe(0);
    const place = await drawing.boundingBox();
    expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(width);
  }
  await page.context().close();
}, 120_000);
