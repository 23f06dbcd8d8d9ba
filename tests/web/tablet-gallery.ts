/** One gallery for a file of tests, as every test finds it and leaves it. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type GalleryHome, galleryWall, openGallery } from "./tablet-hub.ts";
import type { TabletOptions } from "./tablet-rig.ts";

export interface Gallery {
  readonly home: GalleryHome;
  /** A small display whose page says that it is ready; it is closed with the test. */
  tablet(options?: TabletOptions): Promise<Page>;
}

/** Opens it before the tests of this file; after each the home is quiet again, on its first day. */
export function galleryForTests(): Gallery {
  let opened: GalleryHome | undefined;
  const pages: Page[] = [];
  const gallery: Gallery = {
    get home() {
      if (opened === undefined) throw new Error("the gallery is open within a test only");
      return opened;
    },
    async tablet(options = {}) {
      const page = await gallery.home.page({ size: { width: 800, height: 480 }, ...options });
      pages.push(page);
      await page.locator(".readiness.ready").waitFor();
      return page;
    },
  };
  beforeAll(async () => {
    opened = await openGallery();
  }, 120_000);
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
    gallery.home.wall.ms = galleryWall;
    gallery.home.show({});
  });
  afterAll(() => opened?.close());
  return gallery;
}
