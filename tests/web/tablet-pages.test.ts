/**
 * Each screen in each language and size, measured: contrast, targets, nothing cut off, also with
 * the text at 200 %. The page and its hub are real; what the home shows is chosen here.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GalleryHome, openGallery } from "./tablet-hub.ts";
import { axeFindings, sizeFindings, sizeText } from "./tablet-looks.ts";
import { pageScenes } from "./tablet-page-scenes.ts";
import { sizes } from "./tablet-rig.ts";
import { scenes } from "./tablet-scenes.ts";
import { enter } from "./tablet-way.ts";

let home: GalleryHome;

beforeAll(async () => {
  home = await openGallery();
}, 120_000);

afterAll(() => home?.close());

describe.each(["de", "en"] as const)("in %s", (language) => {
  test("every screen is readable, in every size and with the text at 200 %", async () => {
    const page = await home.page({ language });
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.locator(".home").waitFor();
    await page.locator(".readiness.ready").waitFor();
    for (const scene of [...scenes, ...pageScenes]) {
      await enter({ home, page, language }, scene);
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
