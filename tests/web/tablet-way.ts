/** The way to a scene: what a finger presses, one button after the other. */
import type { Page } from "playwright-core";
import type { GalleryHome } from "./tablet-hub.ts";
import type { Scene } from "./tablet-scenes.ts";

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

export interface Finger {
  readonly home: GalleryHome;
  readonly page: Page;
  readonly language: "de" | "en";
}

/** Goes to the home screen, then to the scene. */
export async function enter({ home, page, language }: Finger, scene: Scene): Promise<void> {
  home.show({});
  const backward = page.getByRole("button", { name: back[language] });
  await page.locator(".home, .page-head").first().waitFor();
  while ((await backward.count()) > 0) await press(page, back[language]);
  home.show(scene.view);
  for (const step of scene.way ?? []) await press(page, step[language]);
  await page.waitForTimeout(150);
}
