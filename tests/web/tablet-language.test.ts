/** Another language is one file: it is put beside the others, and the page is built. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TabletWords } from "../../web/tablet/words/words.ts";
import { root } from "../house/source.ts";
import { type GalleryHome, openGallery } from "./tablet-hub.ts";
import { modules } from "./tablet-page-scenes.ts";

const folder = mkdtempSync(join(tmpdir(), "obhut-language-"));
let home: GalleryHome;

/** The English sentences with some French ones, in the file in which a translator would put them. */
function writeFrench(): void {
  const words = join(folder, "web/tablet/words");
  const english = JSON.parse(readFileSync(join(words, "en.json"), "utf8")) as TabletWords;
  const { frame, emergency } = english;
  const french: TabletWords = {
    ...english,
    name: "Français",
    locale: "fr-FR",
    frame: { ...frame, back: "Retour", help: "Au secours" },
    emergency: { ...emergency, calling: "Votre appel est en cours." },
  };
  writeFileSync(join(words, "fr.json"), JSON.stringify(french, null, 2));
}

beforeAll(async () => {
  for (const part of ["web", "protocol", "package.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const part of ["pages.config.js", "pack.js"]) {
    cpSync(join(root, "deploy", part), join(folder, "deploy", part));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFrench();
  const env = { ...process.env, OBHUT_PAGE: "tablet" };
  const build = ["node_modules/vite/bin/vite.js", "build", "--config", "deploy/pages.config.js"];
  execFileSync(process.execPath, build, { cwd: folder, env, stdio: "ignore" });
  home = await openGallery({ pagesDir: join(folder, "dist/web/tablet") });
}, 120_000);

afterAll(async () => {
  await home?.close();
  rmSync(folder, { recursive: true });
});

test("a language is chosen, spoken and kept although nothing but its file was added", async () => {
  const page = await home.page({ language: "de" });
  home.show({ modules });
  await page.getByRole("button", { name: "Mehr" }).click();
  await page.waitForTimeout(400);
  await page.getByRole("button", { name: "Sprache und Schrift" }).click();
  await page.waitForTimeout(400);
  expect(await page.locator("button[lang]").allTextContents()).toEqual([
    "Deutsch",
    "English",
    "Français",
  ]);
  await page.getByRole("button", { name: "Français" }).click();
  await page.getByRole("button", { name: "Retour" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Au secours" }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("fr");
  await page.getByText("vendredi 27 novembre").waitFor();
  // What the home itself names it names in two languages only.
  await page.getByRole("button", { name: "More" }).click();
  await page.waitForTimeout(400);
  await page.getByRole("button", { name: "What Obhut does for you" }).click();
  await page.getByRole("heading", { name: "Stove guard" }).waitFor();
  await page.context().close();
});
