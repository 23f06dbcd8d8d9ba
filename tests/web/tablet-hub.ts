/**
 * A real hub with the built page and a browser before it; what the home shows is chosen by the
 * test. For looks, words and sizes; what is true is tested with the real gateway.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openHub } from "../../gateway/hub/hub.ts";
import type { Announcement, Hub } from "../../gateway/ports.ts";
import { issueCredential } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import type { TabletAnswer, TabletRequest } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";
import { buildPages } from "../../sim/demo/pages.ts";
import { openChromium } from "../support/chromium.ts";
import { quietView } from "../support/test-hub.ts";
import { pairedContext, type TabletOptions } from "./tablet-rig.ts";

const dist = fileURLToPath(new URL("../../dist/web/tablet", import.meta.url));

/** 2026-11-27, a Friday, 10:05 in Berlin: when every gallery begins. */
export const galleryWall = Date.UTC(2026, 10, 27, 9, 5);

export interface GalleryHome {
  /** Shows this of the home, the rest quiet. */
  show(view: Partial<HomeView>): void;
  announce(key: Announcement["key"], words?: Announcement["words"], alarmId?: string): void;
  /** Gateway time now, in ms. */
  now(): number;
  /** What the tablet asked, in order. */
  readonly requests: readonly TabletRequest[];
  /** How requests are answered from now on; undefined: not at all. */
  answer: ((request: TabletRequest) => Omit<TabletAnswer, "of"> | undefined) | undefined;
  /** The home's wall clock, and whether it is trusted. */
  wall: { ms: number; trusted: boolean };
  readonly browser: Browser;
  page(options?: TabletOptions): Promise<Page>;
  /** The gateway is gone. */
  stop(): Promise<void>;
  /** The gateway is there again at the same address, with the pages of this folder. */
  startAgain(pagesDir: string): Promise<void>;
  close(): Promise<void>;
}

/** Gateway time at the start: a day and a bit, so that things can be long ago. */
const startAt = 100_000_000;

export interface GalleryOptions {
  /** Another worker of the hub, in tests of its death. */
  readonly entry?: URL;
  /** A folder with other pages than those of this tree. */
  readonly pagesDir?: string;
}

export async function openGallery(options: GalleryOptions = {}): Promise<GalleryHome> {
  const { entry, pagesDir = dist } = options;
  if (pagesDir === dist) buildPages();
  const folder = mkdtempSync(join(tmpdir(), "obhut gallery-"));
  const credential = issueCredential();
  const began = performance.now();
  const now = (): number => startAt + performance.now() - began;
  const requests: TabletRequest[] = [];
  const contexts: BrowserContext[] = [];
  let hub: Hub | undefined;
  let announced = 0;
  const tls = await serverCertificate(folder, "gallery");
  // As the installer starts a kiosk (docs/tablet.md): only so does a browser keep the page.
  const browser = await openChromium([`--ignore-certificate-errors-spki-list=${tls.keyHash}`]);
  const gallery: GalleryHome = {
    requests,
    browser,
    wall: { ms: galleryWall, trusted: true },
    answer: () => ({ taken: true, why: "" }),
    now,
    show: (view) => hub?.showState({ ...quietView, ...view }),
    announce(key, words = {}, alarmId) {
      announced += 1;
      const id = `said-${announced}`;
      const at_ms = now();
      hub?.announce({ id, key, words, at_ms, ...(alarmId === undefined ? {} : { alarmId }) });
    },
    async page(options = {}) {
      const client = { client: "tablet", secret: credential.secret };
      const context = await pairedContext(browser, origin, client, options);
      contexts.push(context);
      const page = await context.newPage();
      if (options.ownClock === true) await page.clock.install();
      await page.goto(`${origin}/tablet/`);
      return page;
    },
    async stop() {
      await hub?.close();
      hub = undefined;
    },
    async startAgain(pages) {
      await gallery.stop();
      await start(pages, ports.websocket);
      gallery.show({});
    },
    async close() {
      await browser.close();
      await hub?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const start = async (pages: string, websocket = 0) => {
    const opened = await openHub({
      home: "gallery",
      resident: "Frau Weber",
      phone: "0711 5550100",
      timezone: "Europe/Berlin",
      boot: "boot-1",
      clock: {
        now: () => instant(now()),
        wall: () => ({
          wall_ms: gallery.wall.ms + performance.now() - began,
          trusted: gallery.wall.trusted,
        }),
      },
      settings: {
        host: "127.0.0.1",
        ports: { mqtt: 0, websocket },
        tls: { cert: tls.cert, key: tls.key },
        folder: join(folder, "hub"),
        pagesDir: pages,
        clients: [{ name: "tablet", kind: "tablet", local: true, sha256: credential.sha256 }],
      },
      listener: {
        request: (client, request) => {
          requests.push(request);
          const answer = gallery.answer?.(request);
          if (answer !== undefined) hub?.answer(client, { of: request.id, ...answer });
        },
        wish: () => undefined,
        intrusion: () => undefined,
      },
      say: () => undefined,
      ...(entry === undefined ? {} : { entry }),
    });
    hub = opened.hub;
    return opened.ports;
  };
  const ports = await start(pagesDir);
  const origin = `https://127.0.0.1:${ports.websocket}`;
  gallery.show({});
  return gallery;
}
