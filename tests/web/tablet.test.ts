/**
 * The tablet in the worst minute: real gateway, virtual home, care service and browser. Whatever
 * breaks, what the screen says is true at that moment.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../sim/demo/process.ts";
import { nightService } from "../e2e/house.ts";
import { root } from "../house/source.ts";
import { startTabletRig, type TabletRig } from "./tablet-rig.ts";

const patienceMs = 30_000;

let rig: TabletRig;
const open: Page[] = [];

beforeAll(async () => {
  rig = await startTabletRig();
}, 120_000);

afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  await rig.house.calm();
}, 90_000);

afterAll(() => rig?.close());

async function tablet(): Promise<Page> {
  const page = await rig.tablet();
  open.push(page);
  await page.locator(".readiness.ready").waitFor({ timeout: patienceMs });
  return page;
}

const help = (page: Page) => page.locator(".home .help").click();
const done = (page: Page, words: string) => page.locator(".step.done", { hasText: words });
const sees = (page: Page, words: string, withinMs = patienceMs) =>
  page.getByText(words).first().waitFor({ timeout: withinMs });

/** The open call for help, as the gateway's own journal has it, and nothing but it. */
const callOnDisk = () =>
  until("the call is on the disk", () => {
    const file = join(rig.house.rig.files.dataDir, "journal", "journal.db");
    const journal = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const sql = "SELECT id FROM alarms ORDER BY opened DESC LIMIT 1";
      const id: unknown = journal.prepare(sql).pluck().get();
      return typeof id === "string" ? id : undefined;
    } finally {
      journal.close();
    }
  });

/** Holds the journal's disk: nothing can be written until `release`. */
function holdDisk(): () => void {
  const file = join(rig.house.rig.files.dataDir, "journal", "journal.db");
  const journal = new Database(file, { fileMustExist: true });
  journal.exec("BEGIN IMMEDIATE");
  return () => {
    journal.exec("ROLLBACK");
    journal.close();
  };
}

describe("a call for help", () => {
  test("I2: each step stands on the screen when it is true and not before", async () => {
    const page = await tablet();
    const care = rig.house.since();
    // A slow tablet of 85 euros must be as true as a fast one.
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
    rig.house.rig.line.freeze();
    const release = holdDisk();
    await help(page);
    await sees(page, "Ihr Hilferuf wird gesendet.");
    await page.waitForTimeout(1_500);
    expect(await page.locator(".step.done").count()).toBe(0);
    release();
    await done(page, "Notruf ist gespeichert").waitFor({ timeout: patienceMs });
    const alarmId = await callOnDisk();
    expect(await done(page, "Pflegedienst hat ihn").count()).toBe(0);
    expect(care.raised("emergency-call")).toEqual([]);
    rig.house.rig.line.heal();
    await done(page, "Pflegedienst hat ihn").waitFor({ timeout: patienceMs });
    expect(care.raised("emergency-call")).toEqual([alarmId]);
    expect(await page.getByText("Frau Maier kommt").count()).toBe(0);
    await rig.house.desk.accept(alarmId, nightService);
    await done(page, "Frau Maier kommt").waitFor({ timeout: patienceMs });
    await page.reload();
    await done(page, "Frau Maier kommt").waitFor({ timeout: 5_000 });
    const closing = { by: nightService, outcome: "helped", note: "" } as const;
    await rig.house.desk.closeAlarm(alarmId, closing);
    await sees(page, "Beendet: Ihnen wurde geholfen (Frau Maier)");
    await page.locator(".home").waitFor();
  }, 120_000);

  test("I2, I5: kill -9 of the gateway in mid-alarm: the telephone, then the truth", async () => {
    const page = await tablet();
    await help(page);
    await done(page, "Pflegedienst hat ihn").waitFor({ timeout: patienceMs });
    await rig.house.rig.gateway.kill("SIGKILL");
    await sees(page, "Notruf geht gerade nicht.", 15_000);
    await sees(page, "0711 5550100");
    await sees(page, "So war es zuletzt.");
    await rig.house.comeBack();
    await page.locator("article.stale").waitFor({ state: "detached", timeout: 5_000 });
    await done(page, "Pflegedienst hat ihn").waitFor({ timeout: 10_000 });
    expect(await page.getByText("Notruf geht gerade nicht.").count()).toBe(0);
  }, 120_000);

  test("I4: pressed without a network it is kept, said so, and goes out once", async () => {
    const page = await tablet();
    const care = rig.house.since();
    await page.context().setOffline(true);
    await help(page);
    await sees(page, "Notruf geht gerade nicht.", 15_000);
    await sees(page, "Ihr Hilferuf ist hier gemerkt.");
    expect(await page.locator(".step.done").count()).toBe(0);
    await page.locator(".help").click();
    expect(care.raised("emergency-call")).toEqual([]);
    await page.context().setOffline(false);
    await done(page, "Notruf ist gespeichert").waitFor({ timeout: 5_000 });
    await done(page, "Pflegedienst hat ihn").waitFor({ timeout: patienceMs });
    expect(care.raised("emergency-call")).toHaveLength(1);
  }, 120_000);

  test("I3: a false alarm is asked once, told to people, and closed by them", async () => {
    const page = await tablet();
    await help(page);
    await done(page, "Pflegedienst hat ihn").waitFor({ timeout: patienceMs });
    // The screen has just changed: it takes no press for a moment.
    await page.waitForTimeout(1_600);
    await page.getByRole("button", { name: "Es war ein Versehen" }).click();
    await page.waitForTimeout(400);
    await page.getByRole("button", { name: "Ich brauche keine Hilfe" }).click();
    await sees(page, "Der Pflegedienst weiß, dass es ein Versehen war.");
    expect(rig.house.desk.openAlarms()).toHaveLength(1);
    await page.locator(".emergency").waitFor();
  }, 120_000);
});

describe("without anybody pressing", () => {
  test("I2: a lost care service is told with the number, and its return as well", async () => {
    const page = await tablet();
    rig.house.rig.line.cut();
    await sees(page, "Notruf geht gerade nicht.", 20_000);
    await sees(page, "0711 5550100");
    rig.house.rig.line.heal();
    await page.locator(".readiness.ready").waitFor({ timeout: patienceMs });
  }, 120_000);

  test("the forgotten pan: a warning over everything, and her presence counts", async () => {
    const page = await tablet();
    await rig.house.giveStovePower();
    await rig.house.rig.home.ask("walk", "kitchen-motion", 1_000);
    await rig.house.rig.home.ask("stove", "on", 1_800);
    await sees(page, "Der Herd ist an. Sind Sie da?");
    await page.getByRole("button", { name: "Ich bin da" }).click();
    await page.locator(".stove-warning").waitFor({ state: "detached" });
    const { relayOn } = (await rig.house.rig.home.status()).stove;
    expect(relayOn).toBe(true);
    await sees(page, "Der Herd ist ausgeschaltet und bleibt aus.", 2 * patienceMs);
    await page.getByRole("button", { name: "Herd" }).click();
    await sees(page, "Der Herd ist ausgeschaltet und bleibt aus.");
    await sees(page, "Warum? Niemand war in der Küche.");
  }, 120_000);
});

describe("setting up", () => {
  test("I10: a code makes a tablet, once, and the tablet before it is out", async () => {
    const { homeFile } = rig.house.rig.files;
    const pairing = execFileSync(
      process.execPath,
      ["gateway/cli.ts", "pair", "tablet", "--config", homeFile],
      { cwd: root, encoding: "utf8" },
    );
    const code = /#pair=([\w-]+)/.exec(pairing)?.[0] ?? "";
    const old = await tablet();
    const context = await rig.browser.newContext({ ignoreHTTPSErrors: true, locale: "de-DE" });
    const fresh = await context.newPage();
    open.push(fresh);
    await fresh.goto(`${rig.origin}/tablet/`);
    await sees(fresh, "Dieses Tablet ist noch nicht eingerichtet.");
    await fresh.goto(`${rig.origin}/tablet/${code}`);
    await fresh.reload();
    await fresh.locator(".readiness.ready").waitFor({ timeout: patienceMs });
    expect(new URL(fresh.url()).hash).toBe("");
    await sees(old, "Die Wohnung kennt dieses Tablet nicht mehr.");
    await sees(old, "0711 5550100");
  }, 120_000);
});
