/** The page when the home's hub dies, and when there is no home to load it from. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serverCertificate } from "../../platform/tls.ts";
import { root } from "../house/source.ts";
import { openChromium } from "../support/chromium.ts";
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

/** What the browser must know of a file. */
const kinds: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

/** A home of which the page answers and, once it is `silent`, a new script of it never does. */
async function halfHome() {
  const folder = mkdtempSync(join(tmpdir(), "obhut-half-"));
  const { cert, key, keyHash } = await serverCertificate(folder, "half");
  const state = { silent: false };
  const server = createServer({ cert, key }, ({ url = "" }, answer) => {
    const name = url === "/tablet/" ? "index.html" : url.replace("/tablet/", "");
    if (name.startsWith("assets/new-")) return;
    const file = join(root, "dist/web/tablet", name);
    if (!existsSync(file)) {
      answer.writeHead(404).end();
      return;
    }
    const text = readFileSync(file, "utf8");
    answer.setHeader("content-type", kinds[name.split(".").at(-1) ?? ""] ?? "text/plain");
    answer.end(state.silent ? text.replace(/(src="\/tablet\/assets\/)/, "$1new-") : text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  };
  return { state, keyHash, close, url: `https://127.0.0.1:${port}/tablet/` };
}

test("I2: a home that falls silent between its page and a new file keeps no kept page waiting", async () => {
  const half = await halfHome();
  const browser = await openChromium([`--ignore-certificate-errors-spki-list=${half.keyHash}`]);
  try {
    const page = await browser.newPage({ locale: "de-DE" });
    const stands = page.getByText("Dieses Tablet ist noch nicht eingerichtet.");
    await page.goto(half.url);
    await stands.waitFor();
    const isKept = "caches.match('/tablet/').then((kept) => kept !== undefined)";
    await expect.poll(() => page.evaluate<boolean>(isKept), { timeout: 20_000 }).toBe(true);
    half.state.silent = true;
    await page.reload({ waitUntil: "commit", timeout: 20_000 });
    await stands.waitFor();
  } finally {
    await browser.close();
    half.close();
  }
}, 60_000);
