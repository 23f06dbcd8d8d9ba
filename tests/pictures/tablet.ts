/** The resident's tablet: a real hub and page, before which a home shows one scene after another. */
import { type GalleryHome, openGallery } from "../web/tablet-hub.ts";
import { pageScenes } from "../web/tablet-page-scenes.ts";
import { scenes } from "../web/tablet-scenes.ts";
import { enter } from "../web/tablet-way.ts";
import { type Language, languages, type Play, type Take } from "./picture.ts";

/** A tablet, a Pi's own display, and a telephone. */
const tabletSizes = ["wide", "display", "narrow"] as const;

async function inLanguage(home: GalleryHome, take: Take, language: Language): Promise<void> {
  const only = { language, sizes: tabletSizes };
  for (const scene of [...scenes, ...pageScenes]) {
    if (!take.wants(`tablet-${scene.name}`, only)) continue;
    // A new page each time: one that saw the scene before remembers how its alarm ended.
    home.show({});
    const page = await home.page({ language });
    await page.locator(".readiness.ready").waitFor();
    await enter({ home, page, language }, scene);
    await take(`tablet-${scene.name}`, page, only);
    await page.context().close();
  }
}

export const tabletPlay: Play = async (take) => {
  const home = await openGallery();
  try {
    for (const language of languages) await inLanguage(home, take, language);
  } finally {
    await home.close();
  }
};
