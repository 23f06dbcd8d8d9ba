/**
 * What goes wrong only after days: a device that sleeps, a clock that is set, a lock that is taken
 * back, a screen that draws itself for ever. The hub and the page are real.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { instant } from "../../protocol/time.ts";
import { root } from "../house/source.ts";
import { galleryForTests } from "./tablet-gallery.ts";
import { type GalleryHome, galleryWall } from "./tablet-hub.ts";
import { sizeText } from "./tablet-looks.ts";
import { offers, orderOf } from "./tablet-page-scenes.ts";
import { alarmOf } from "./tablet-scenes.ts";

const gallery = galleryForTests();

test("an open alarm costs the tablet no more drawing than its clock", async () => {
  const before = `
    window.frames = 0;
    const ask = window.requestAnimationFrame;
    window.requestAnimationFrame = (draw) => { window.frames += 1; return ask(draw); };`;
  const page = await gallery.tablet({ before });
  gallery.home.show({ alarms: [alarmOf()] });
  await page.locator(".emergency").waitFor();
  await page.waitForTimeout(500);
  await page.evaluate("window.frames = 0");
  await page.waitForTimeout(2_000);
  expect(await page.evaluate<number>("window.frames")).toBeLessThan(20);
});

test("I2, I6: a tablet that slept says nothing of before until the home is heard again", async () => {
  const page = await gallery.tablet({ ownClock: true });
  const session = await page.context().newCDPSession(page);
  await page.clock.pauseAt(await page.evaluate<number>("Date.now() + 1_000"));
  await page.locator(".readiness.ready").waitFor();
  // Nothing is heard from here on; the page's own time stands still, as in a sleep.
  await session.send("Network.enable");
  await page.context().setOffline(true);
  await page.clock.setSystemTime(galleryWall + 365 * 86_400_000);
  await page.clock.runFor(600);
  await page.getByText("Die Verbindung wird geprüft.").waitFor();
  expect(await page.locator("time").count()).toBe(0);
  expect(await page.locator(".readiness.ready").count()).toBe(0);
});

test("a display that was allowed to sleep on a low battery is kept awake again", async () => {
  const before = `
    window.locks = [];
    const request = async () => {
      const lock = { released: window.locks.length === 0, release: async () => undefined };
      window.locks.push(lock);
      if (window.locks.length === 1) throw new DOMException("low battery", "NotAllowedError");
      return lock;
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });`;
  const page = await gallery.tablet({ before, ownClock: true });
  const asked = () => page.evaluate<number>("window.locks.length");
  expect(await asked()).toBe(1);
  await page.clock.fastForward(61_000);
  await expect.poll(asked).toBe(2);
  await page.clock.fastForward(61_000);
  await page.waitForTimeout(100);
  expect(await asked()).toBe(2);
  await page.evaluate("window.locks[1].released = true");
  await page.clock.fastForward(61_000);
  await expect.poll(asked).toBe(3);
});

test("the first sentence has a voice, although a browser finds its voices only when asked", async () => {
  const before = `
    window.spoken = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    let voices = [];
    const found = () => { voices = [{ lang: "de-DE", localService: true }]; };
    Object.defineProperty(window, "speechSynthesis", { value: {
      getVoices: () => { setTimeout(found, 50); return voices; },
      cancel() {}, speak: ({ text }) => window.spoken.push(text),
    } });`;
  const page = await gallery.tablet({ before });
  await page.waitForTimeout(200);
  gallery.home.show({ alarms: [alarmOf()] });
  await expect
    .poll(() => page.evaluate<string[]>("window.spoken"), { timeout: 10_000 })
    .toEqual(["Notruf ist gespeichert."]);
});

test("a screen at rest hides neither the daily question nor that no call goes out", async () => {
  const page = await gallery.tablet({ ownClock: true });
  const pass = async (): Promise<void> => {
    await page.clock.fastForward(6_000);
    gallery.home.show({ ...shown, pause: { until: instant(gallery.home.now()) } });
    await page.waitForTimeout(100);
  };
  let shown: Parameters<GalleryHome["show"]>[0] = { link: { care: "lost" } };
  gallery.home.wall.ms = galleryWall + 14 * 3_600_000;
  for (let passed = 0; passed < 20; passed += 1) await pass();
  await page.getByText("Notruf geht gerade nicht.").first().waitFor();
  shown = { question: { kind: "daily-sign", until: instant(gallery.home.now() + 3_600_000) } };
  for (let passed = 0; passed < 20; passed += 1) await pass();
  await page.getByText("Guten Tag. Geht es Ihnen gut?").waitFor();
  shown = {};
  for (let passed = 0; passed < 30; passed += 1) await pass();
  await page.locator(".resting.night").waitFor();
});

test("I3: whether it was a mistake is asked for a minute, and not answered hours later", async () => {
  const page = await gallery.tablet({ ownClock: true });
  const alarms = [alarmOf()];
  gallery.home.show({ alarms });
  const mistake = page.getByRole("button", { name: "Es war ein Versehen" });
  await mistake.waitFor();
  await page.clock.fastForward(2_000);
  await mistake.click();
  await page.getByText("Brauchen Sie wirklich keine Hilfe?").waitFor();
  for (let passed = 0; passed < 11; passed += 1) {
    await page.clock.fastForward(6_000);
    gallery.home.show({ alarms, pause: { until: instant(gallery.home.now()) } });
    await page.waitForTimeout(100);
  }
  await mistake.waitFor();
  expect(gallery.home.requests.some(({ request }) => request.kind === "false-alarm")).toBe(false);
});

test("I9: long lists of the home, within its bounds, do not end the line", async () => {
  const page = await gallery.tablet();
  const note = "ä".repeat(400);
  const orders = Array.from({ length: 60 }, (_, nth) =>
    orderOf({ id: `order-${nth}`, day: "2026-12-24", note }),
  );
  const many = Array.from({ length: 30 }, (_, nth) => ({
    ...offers[0],
    id: `offer-${nth}`,
    about: { de: "ö".repeat(160), en: "o".repeat(160) },
  }));
  gallery.home.show({ services: { offers: many as typeof offers, orders } });
  await page.getByRole("button", { name: "Dienste" }).click();
  await page.getByText("ä".repeat(100)).first().waitFor();
  await page.reload();
  await page.locator(".readiness.ready").waitFor();
});

test("the number calls at a telephone, and opens nothing elsewhere", async () => {
  const agent = "Mozilla/5.0 (Linux; Android 10; K) Chrome/150.0.0.0 Mobile Safari/537.36";
  const before = `Object.defineProperty(navigator, "userAgent", { value: "${agent}" });`;
  const [telephone, display] = [await gallery.tablet({ before }), await gallery.tablet()];
  gallery.home.show({ link: { care: "lost" } });
  await telephone.locator("a.number[href='tel:07115550100']").waitFor();
  await display.locator("p.number").waitFor();
  expect(await display.locator("a").count()).toBe(0);
});

test("several devices with one fault are one sentence, and Hilfe stays in sight", async () => {
  const page = await gallery.tablet();
  const alarms = Array.from({ length: 8 }, (_, nth) =>
    alarmOf({ id: `f-${nth}`, category: "fault", reason: "sos-button-silent", stage: "with-care" }),
  );
  gallery.home.show({ alarms });
  await page.locator(".faults").waitFor();
  expect(await page.locator(".faults p").count()).toBe(1);
  const box = await page.locator(".help-word").boundingBox();
  expect((box?.y ?? 480) + (box?.height ?? 0)).toBeLessThan(480);
});

test("Hilfe never leaves the display, whatever is told at once and however large the letters", async () => {
  const page = await gallery.tablet();
  const question = { kind: "daily-sign", until: instant(gallery.home.now() + 3_600_000) } as const;
  const fault = { category: "fault", reason: "sos-button-silent", stage: "with-care" } as const;
  const great = page.locator(".help.great .help-word");
  const edge = page.locator(".help.edge");
  const isOnDisplay = async (): Promise<boolean> => {
    const seen = (await edge.count()) > 0 ? edge.locator(".help-word") : great;
    const box = await seen.boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= 480;
  };
  expect([await edge.count(), await isOnDisplay()]).toEqual([0, true]);
  gallery.home.show({ alarms: [alarmOf(), alarmOf({ id: "fault", ...fault })], question });
  await page.locator(".emergency").waitFor();
  gallery.home.show({ alarms: [alarmOf({ id: "fault", ...fault })], question });
  await page.locator(".endings").waitFor();
  await page.locator(".question").waitFor();
  await expect.poll(isOnDisplay).toBe(true);
  for (const percent of [200, 0]) {
    await sizeText(page, percent);
    await expect.poll(isOnDisplay).toBe(true);
  }
  await sizeText(page, 200);
  await edge.waitFor();
  // It does not lie on what it would hide: the last of the page can be scrolled above it.
  await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
  const last = await page.locator(".tiles button").last().boundingBox();
  const bar = await page.locator(".help-edge").boundingBox();
  expect((last?.y ?? 480) + (last?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  const before = gallery.home.requests.length;
  await edge.click();
  await expect.poll(() => gallery.home.requests.length).toBe(before + 1);
  expect(gallery.home.requests.at(-1)?.request).toMatchObject({ kind: "help" });
});

/** The pages as a later build would make them: another script, by another name. */
function laterPages(folder: string): void {
  cpSync(join(root, "dist/web/tablet"), folder, { recursive: true });
  const [script = ""] = readdirSync(join(folder, "assets")).filter((file) => file.endsWith(".js"));
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/\.(br|gz)$/.test(file)) rmSync(join(folder, file));
  }
  renameSync(join(folder, "assets", script), join(folder, "assets", `later-${script}`));
  const index = join(folder, "index.html");
  writeFileSync(index, readFileSync(index, "utf8").replace(script, `later-${script}`));
}

test("after an update the tablet takes the new page over while it rests by day, and not before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "obhut-later-"));
  const page = await gallery.tablet({ ownClock: true });
  const script = () =>
    page.evaluate<string>("document.querySelector('script[type=module]').src.split('/').at(-1)");
  const before = await script();
  laterPages(folder);
  try {
    await gallery.home.startAgain(folder);
    await page.locator(".readiness.ready").waitFor();
    // A busy machine may be late with three of them before the page believes the home silent.
    const pass = async (): Promise<void> => {
      await page.clock.fastForward(2_000);
      gallery.home.show({ pause: { until: instant(gallery.home.now()) } });
      await page.waitForTimeout(50);
    };
    gallery.home.wall.ms = galleryWall + 14 * 3_600_000;
    for (let passed = 0; passed < 40; passed += 1) await pass();
    await page.locator(".resting.night").waitFor();
    expect(await script()).toBe(before);
    gallery.home.wall.ms = galleryWall + 22 * 3_600_000;
    await expect
      .poll(async () => [await pass(), await script().catch(() => "")].at(-1), { timeout: 120_000 })
      .toBe(`later-${before}`);
    await page.locator(".readiness.ready").waitFor();
  } finally {
    rmSync(folder, { recursive: true });
    await gallery.home.startAgain(join(root, "dist/web/tablet"));
  }
}, 180_000);
