/** A person at the desk changes an agreement, and sees whom it would call then. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DeskRig, startDeskRig, violations } from "./desk-rig.ts";

const patience = 30_000;
const agreement = {
  version: 1,
  parties: [
    { id: "care", name: "Pflegedienst", kind: "service" },
    { id: "daughter", name: "Anna Weber", kind: "helper" },
    { id: "neighbour", name: "Herr Yilmaz", kind: "helper" },
  ],
  chains: [
    { name: "Dienst", for: ["emergency-call"], steps: [{ tell: ["care"], within_s: 60 }] },
    { name: "Familie", for: ["emergency-call"], steps: [{ tell: ["daughter"], within_s: 90 }] },
  ],
  fallback: [{ tell: ["neighbour"], within_s: 120 }],
};

let desk: DeskRig;
let page: Page;

beforeAll(async () => {
  desk = await startDeskRig({}, { agreement });
  ({ page } = await desk.person("frau-maier", "lead"));
  await page.goto(`${desk.origin}/care/#/agreement/weber`);
  await page.getByText("Fassung 1", { exact: true }).waitFor({ timeout: patience });
}, 120_000);

afterAll(() => desk?.close(), 60_000);

const chain = (name: string): Locator =>
  page.getByRole("group", { name: `Kette: ${name}`, exact: true });

interface Question {
  readonly day?: string;
  readonly time?: string;
  readonly ticked?: readonly string[];
}

/** The answer to "whom would we call then?": the chain, and each step in a line. */
async function called(question: Question = {}): Promise<readonly string[]> {
  const preview = page.getByRole("region", { name: "Wen würden wir rufen?" });
  await preview.getByLabel("Tag", { exact: true }).selectOption(question.day ?? "Sonntag");
  await preview.getByLabel("Uhrzeit").fill(question.time ?? "03:00");
  for (const name of ["Feiertag", "Vortag war Feiertag", "Bewohner abwesend"]) {
    const box = preview.getByRole("checkbox", { name, exact: true });
    await box.setChecked(question.ticked?.includes(name) ?? false);
  }
  // An answer is shown only beside the question that it answers.
  const answer = preview.locator("[role=status], [role=alert]");
  await answer.waitFor({ state: "detached", timeout: patience });
  await preview.getByRole("button", { name: "Nachsehen" }).click();
  await answer.first().waitFor({ timeout: patience });
  return answer.locator("p, li").allTextContents();
}

/** Saves, and comes again as somebody who has not seen it: what is on disk is what is shown. */
async function saved(version: number): Promise<void> {
  await page.getByRole("button", { name: "Als neue Fassung speichern" }).click();
  await page.getByText(`Fassung ${version}`, { exact: true }).waitFor({ timeout: patience });
  await page.reload();
  await page.getByText(`Fassung ${version}`, { exact: true }).waitFor({ timeout: patience });
}

const onDuty = ["Kette: Dienst", "Schritt 1, 60 Sekunden: Pflegedienst"];
const family = ["Kette: Familie", "Schritt 1, 90 Sekunden: Anna Weber"];
const fallback = ["Kette: Wenn keine Kette passt", "Schritt 1, 120 Sekunden: Herr Yilmaz"];

test("holidays: only on one, and a night belongs to the day on which it began", async () => {
  expect(await called()).toEqual(onDuty);
  await chain("Dienst").getByLabel("Feiertage").selectOption("gilt nur an Feiertagen");
  await chain("Dienst").getByLabel("Von", { exact: true }).fill("22:00");
  await chain("Dienst").getByLabel("Bis", { exact: true }).fill("06:00");
  await page.getByLabel("Welche Feiertage zählen").selectOption("Baden-Württemberg");
  await saved(2);
  expect(await called()).toEqual(family);
  expect(await called({ ticked: ["Feiertag"] })).toEqual(family);
  expect(await called({ ticked: ["Vortag war Feiertag"] })).toEqual(onDuty);
  expect(await called({ time: "23:00", ticked: ["Feiertag"] })).toEqual(onDuty);
  expect(await page.getByLabel("Welche Feiertage zählen").inputValue()).toBe("BW");
  await chain("Dienst").getByLabel("Feiertage").selectOption("gilt nie an Feiertagen");
  await saved(3);
  expect(await called({ ticked: ["Vortag war Feiertag"] })).toEqual(family);
  expect(await called()).toEqual(onDuty);
}, 120_000);

test("absence: a chain for those who are away, and for those who are not", async () => {
  const presence = chain("Familie").getByLabel("Ob jemand da ist");
  await presence.selectOption("gilt nur bei Abwesenheit");
  await saved(4);
  expect(await called({ time: "12:00" })).toEqual(fallback);
  expect(await called({ time: "12:00", ticked: ["Bewohner abwesend"] })).toEqual(family);
  await presence.selectOption("gilt nur bei Anwesenheit");
  await saved(5);
  expect(await called({ time: "12:00" })).toEqual(family);
  expect(await called({ time: "12:00", ticked: ["Bewohner abwesend"] })).toEqual(fallback);
}, 120_000);

test("duty: who is off duty is passed over, and without hours is told always", async () => {
  const service = page.getByRole("group", { name: "Pflegedienst", exact: true });
  const helper = page.getByRole("group", { name: "Anna Weber", exact: true });
  // A helper has a chain for some hours, not a roster.
  expect(await helper.getByRole("button", { name: "Dienstzeit hinzufügen" }).count()).toBe(0);
  await service.getByRole("button", { name: "Dienstzeit hinzufügen" }).click();
  await service.getByRole("checkbox", { name: "Sonntag" }).uncheck();
  await service.getByLabel("Von", { exact: true }).fill("");
  await page.getByRole("button", { name: "Als neue Fassung speichern" }).click();
  // The server's sentence, and nothing is lost of what was typed.
  const fault = page.getByText("Beteiligte 1, Dienstzeit 1, Von:", { exact: false });
  await fault.waitFor({ timeout: patience });
  await page.getByText("Fassung 5", { exact: true }).waitFor();
  await service.getByLabel("Von", { exact: true }).fill("20:00");
  await service.getByLabel("Bis", { exact: true }).fill("04:00");
  await saved(6);
  // The night before Sunday began on a Saturday; the one before Monday on the free Sunday.
  expect(await called()).toEqual(onDuty);
  // A chain in which nobody is on duty serves nobody.
  expect(await called({ time: "05:00" })).toEqual(fallback);
  expect(await called({ day: "Montag" })).toEqual(fallback);
  await chain("Dienst").getByRole("checkbox", { name: "Anna Weber" }).check();
  expect(await called({ day: "Montag" })).toEqual([
    "Kette: Dienst",
    "Schritt 1, 60 Sekunden: Anna Weber (nicht im Dienst: Pflegedienst)",
  ]);
  await chain("Dienst").getByRole("checkbox", { name: "Anna Weber" }).uncheck();
  expect(await violations(page)).toEqual([]);
  await service.getByRole("button", { name: "Dienstzeit 1 entfernen" }).click();
  await saved(7);
  expect(await called({ day: "Montag" })).toEqual(onDuty);
}, 120_000);

test("each step says until when its message must have arrived", async () => {
  const within = chain("Familie").getByLabel("Sekunden, bis die Nachricht ankommen muss");
  expect(await within.inputValue()).toBe("30");
  await within.fill("2");
  await page.getByRole("button", { name: "Als neue Fassung speichern" }).click();
  const fault = page.getByText("Kette 2, Schritt 1, Sekunden, bis die Nachricht", { exact: false });
  await fault.waitFor({ timeout: patience });
  await within.fill("45");
  await saved(8);
  expect(await within.inputValue()).toBe("45");
  const answer = await page.request.get(`${desk.origin}/api/homes/weber/agreement`);
  const { agreement: written } = (await answer.json()) as { agreement: typeof agreement };
  expect(written.chains[1]?.steps).toEqual([
    { tell: ["daughter"], within_s: 90, delivered_within_s: 45 },
  ]);
}, 120_000);

test("in English too", async () => {
  await page.getByRole("button", { name: "English" }).click();
  const night = page.getByRole("group", { name: "Chain: Dienst", exact: true });
  const chosen = (label: string): Promise<string | null> =>
    night.getByLabel(label).locator("option:checked").textContent();
  expect(await chosen("Public holidays")).toBe("never serves on public holidays");
  expect(await chosen("Whether somebody is there")).toBe("serves always");
  expect(await violations(page)).toEqual([]);
}, 60_000);
