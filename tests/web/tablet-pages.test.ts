/**
 * Each screen in each language and size, measured: contrast, targets, nothing cut off, also with
 * the text at 200 %. The page and its hub are real; what the home shows is chosen here.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GalleryHome, openGallery } from "./tablet-hub.ts";
import { axeFindings, sizeFindings, sizeText } from "./tablet-looks.ts";
import { pageScenes } from "./tablet-page-scenes.ts";
import { sizes } from "./tablet-rig.ts";
import { type Scene, scenes } from "./tablet-scenes.ts";

let home: GalleryHome;

beforeAll(async () => {
  home = await openGallery();
}, 120_000);

afterAll(() => home?.close());

const back = { de: "Zurück", en: "Back" } as const;

/** Presses until another page stands there: a screen that has just changed takes no press. */
async function press(page: Page, name: string): Promise<void> {
  const title = () => page.locator("h1").textContent();
  const before = await title();
  for (let tries = 0; tries < 20 && (await title()) === before; tries += 1) {
    await page.getByRole("button", { name }).first().click();
    await page.waitForTimeout(350);
  }
}

/** Goes to the home screen, then to the scene. */
async function enter(page: Page, scene: Scene, language: "de" | "en"): Promise<void> {
  home.show({});
  const backward = page.getByRole("button", { name: back[language] });
  await page.locator(".home, .page-head").first().waitFor();
  while ((await backward.count()) > 0) await press(page, back[language]);
  home.show(scene.view);
  for (const step of scene.way ?? []) {
    await press(page, step[language]);
  }
  await page.waitForTimeout(150);
}

describe.each(["de", "en"] as const)("in %s", (language) => {
  test("every screen is readable, in every size and with the text at 200 %", async () => {
    const page = await home.page({ language });
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.locator(".home").waitFor();
    await page.locator(".readiness.ready").waitFor();
    for (const scene of [...scenes, ...pageScenes]) {
      await enter(page, scene, language);
      for (const percent of [100, 200]) {
        await sizeText(page, percent);
        for (const size of sizes) {
          await page.setViewportSize({ ...size });
          const found = await sizeFindings(page);
          faults.push(...found.map((it) => `${scene.name} ${size.width} ${percent} %: ${it}`));
        }
      }
      await sizeText(page, 0);
      const found = await axeFindings(page);
      faults.push(...found.map((it) => `${scene.name}: ${it}`));
    }
    await page.context().close();
    expect(faults).toEqual([]);
  }, 120_000);
});
