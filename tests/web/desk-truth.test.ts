/** The desk in its bad moments: a line that breaks, a session that ends, a sound that is taken away. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { csrfHeader } from "../../protocol/care-http.ts";
import type { SmsProvider } from "../../sim/demo/sms-provider.ts";
import { alarmOf, offerOf, type TestHome, until } from "../care/care-rig.ts";
import { openChromium } from "../support/chromium.ts";
import { type DeskRig, startStoryDesk } from "./desk-rig.ts";

const patience = 30_000;

let desk: DeskRig;
let provider: SmsProvider;
let home: TestHome;

beforeAll(async () => {
  const push = { subject: "mailto:leitstelle@example.org" };
  ({ desk, provider, home } = await startStoryDesk(600, { push }));
}, 120_000);

afterAll(async () => {
  await desk?.close();
  await provider?.close();
});

async function raise(id: string): Promise<void> {
  home.send(offerOf(`m-${id}`, alarmOf(id, { room: "bath" })));
  await home.custody(id, patience);
}

/** What the page asks of the service, by this person. */
async function post(page: Page, path: string, data: object = {}): Promise<void> {
  const headers = { [csrfHeader]: "1" };
  const answer = await page.request.post(`${desk.origin}/api/${path}`, { headers, data });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
}

/** The newest message to this telephone since `from` messages were there. */
const messageTo = (to: string, from: number) =>
  until(
    `a message to ${to}`,
    () => provider.messages.slice(from).find((one) => one.to === to),
    patience,
  );

const close = (page: Page, id: string): Promise<void> =>
  post(page, `homes/weber/alarms/${id}/close`, { outcome: "helped", note: "Aufgeholfen." });

test("I2: whoever may not see alarms is not told that there are none", async () => {
  const { page, context } = await desk.person("technik", "technician");
  await page.getByRole("heading", { name: "Wohnungen" }).waitFor({ timeout: patience });
  expect(await page.locator(".calm").count()).toBe(0);
  await page.goto(`${desk.origin}/care/#/alarms`);
  await page.getByRole("heading", { name: "Wohnungen" }).waitFor({ timeout: patience });
  await context.close();
}, 60_000);

test("I2: a call that the line swallowed does not say that there is no number", async () => {
  const { page, context } = await desk.person("anruf", "staff");
  await raise("call");
  await page.goto(`${desk.origin}/care/#/alarm/weber/call`);
  const button = page.getByRole("button", { name: "Bewohner anrufen" });
  await button.waitFor({ timeout: patience });
  await page.route("**/alarms/call/call", (route) => route.abort());
  await button.click();
  await page.getByText("Es kam keine Antwort.", { exact: false }).waitFor({ timeout: patience });
  expect(await page.getByText("Keine Telefonnummer hinterlegt.").count()).toBe(0);
  await page.unroute("**/alarms/call/call");
  await button.click();
  await page.getByText("Jetzt anrufen: +49 711 5550100").waitFor({ timeout: patience });
  await close(page, "call");
  await context.close();
}, 60_000);

/** Somebody has an alarm before them that can be taken. */
async function before(name: string, id: string) {
  const person = await desk.person(name, "staff");
  await raise(id);
  await person.page.clock.install();
  await person.page.goto(`${desk.origin}/care/#/alarm/weber/${id}`);
  await person.page.reload();
  const take = person.page.getByRole("button", { name: "Ich übernehme" });
  await take.waitFor({ timeout: patience });
  return { ...person, take };
}

/** Somebody has taken an alarm, and the page's clock stands still: the taking settles for ever. */
async function settling(name: string, id: string) {
  const { page, context, take } = await before(name, id);
  await page.clock.pauseAt(Date.now() + 1_000);
  await take.click();
  await page.getByText("Sie haben übernommen.").waitFor({ timeout: patience });
  return { page, context };
}

test("I2: a double click takes an alarm, and does not give it back", async () => {
  // The second click comes as soon as it can.
  const { page, context } = await settling("doppelt", "twice");
  const back = page.getByRole("button", { name: "Ich kann doch nicht" });
  expect(await back.isDisabled()).toBe(true);
  await page.clock.resume();
  await back.click();
  await page.getByText("Niemand hat zugesagt").waitFor({ timeout: patience });
  await close(page, "twice");
  await context.close();
}, 60_000);

test("I2: the Enter that takes an alarm may be held, and the keyboard keeps its place", async () => {
  const { page, context, take } = await before("gehalten", "held");
  await take.focus();
  const answers: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") answers.push(new URL(request.url()).pathname);
  });
  // A key that is held down is pressed again and again, far past the second press of a slip.
  for (let held = 0; held < 40; held += 1) {
    await page.keyboard.down("Enter");
    await page.waitForTimeout(40);
  }
  await page.keyboard.up("Enter");
  await page.getByText("Sie haben übernommen.").waitFor({ timeout: patience });
  expect(answers).toEqual(["/api/homes/weber/alarms/held/accept"]);
  expect(await page.locator(":focus").textContent()).toBe("Ich kann doch nicht");
  await close(page, "held");
  await context.close();
}, 60_000);

test("I2: what ends an alarm can be pressed while its taking is still settling", async () => {
  const { page, context } = await settling("eilig", "quick");
  await page.getByRole("button", { name: "Beenden", exact: true }).click();
  await page.getByLabel("Es war keine Hilfe nötig").check();
  const note = page.getByLabel("Was wurde vorgefunden, was wurde getan?");
  await note.fill("War wohlauf.");
  await note.press("Tab");
  expect(await page.locator(":focus").textContent()).toBe("Alarm beenden");
  await page.keyboard.press("Enter");
  await page.getByText("Dieser Alarm ist beendet.").waitFor({ timeout: patience });
  await context.close();
}, 60_000);

test("I2: a resident who calls again is seen at the desk", async () => {
  const { page, context } = await desk.person("nochmal", "staff");
  await raise("again");
  const noted = { kind: "noted", alarmId: "again", note: "pressed-again" } as const;
  home.send({ id: "n1", body: { ...noted, word: "w1", nth: 1 } });
  const card = page.locator(".card").filter({ hasText: "Notruf-Knopf" });
  await card.getByText(/noch einmal gerufen \d\d:\d\d/).waitFor({ timeout: patience });
  await close(page, "again");
  await context.close();
}, 60_000);

test("two who change one resident at a time keep each other's words", async () => {
  const { page, context } = await desk.person("erste", "lead");
  await page.goto(`${desk.origin}/care/#/home/krause`);
  const form = page.getByRole("region", { name: "Angaben" });
  await form.getByLabel("Gut zu wissen").fill("Hört schlecht.", { timeout: patience });
  const other = await desk.person("zweite", "lead");
  await other.page.goto(`${desk.origin}/care/#/home/krause`);
  await other.page.getByLabel("Telefon").fill("+49 711 999", { timeout: patience });
  await other.page.getByRole("button", { name: "Speichern" }).click();
  await other.page.getByText("Gespeichert.").waitFor({ timeout: patience });
  await form.getByRole("button", { name: "Speichern" }).click();
  await form.getByText("Gespeichert.").waitFor({ timeout: patience });
  expect(await form.getByLabel("Telefon").inputValue()).toBe("+49 711 999");
  await form.getByLabel("Telefon").fill("+49 711 998");
  // What is typed now is not saved, and nobody says so.
  expect(await form.getByText("Gespeichert.").count()).toBe(0);
  await context.close();
  await other.context.close();
}, 90_000);

test("what is typed while the form is being saved is kept, and not said to be saved", async () => {
  const { page, context } = await desk.person("schnell", "lead");
  await page.goto(`${desk.origin}/care/#/home/krause`);
  const form = page.getByRole("region", { name: "Angaben" });
  await form.getByLabel("Gut zu wissen").fill("Sieht schlecht.", { timeout: patience });
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const sent: unknown[] = [];
  await page.route("**/api/homes/krause", async (route) => {
    if (route.request().method() === "PUT") {
      sent.push(route.request().postDataJSON());
      await held;
    }
    await route.continue();
  });
  const save = form.getByRole("button", { name: "Speichern" });
  await save.click();
  await save.click({ force: true });
  await form.getByLabel("Adresse").fill("Gartenweg 7");
  const saved = page.waitForResponse((one) => one.request().method() === "GET");
  answer();
  await saved;
  await save.and(page.locator('[aria-disabled="false"]')).waitFor({ timeout: patience });
  expect(await form.getByText("Gespeichert.").count()).toBe(0);
  expect(await form.getByLabel("Adresse").inputValue()).toBe("Gartenweg 7");
  await save.click();
  await form.getByText("Gespeichert.").waitFor({ timeout: patience });
  // Nobody's newer words are written over by what was saved before.
  expect(sent).toEqual([{ notes: "Sieht schlecht." }, { address: "Gartenweg 7" }]);
  await context.close();
}, 60_000);

test("a page that found no office shows itself once the office answers", async () => {
  const { page, context } = await desk.person("geduld", "lead");
  await page.route("**/api/homes/krause", (route) => route.abort());
  await page.goto(`${desk.origin}/care/#/home/krause`);
  await page.getByText("Der Server antwortet nicht.").waitFor({ timeout: patience });
  await page.unroute("**/api/homes/krause");
  await page.getByRole("region", { name: "Angaben" }).waitFor({ timeout: patience });
  expect(await page.getByText("Der Server antwortet nicht.").count()).toBe(0);
  await context.close();
}, 60_000);

test("a home that is newer than the list on the screen is shown", async () => {
  const { page, context } = await desk.person("liste", "lead");
  const older = { json: { homes: [] } };
  await page.route("**/api/homes", (route) => route.fulfill(older), { times: 1 });
  await page.goto(`${desk.origin}/care/#/homes`);
  await page.getByText("Keine Wohnung gefunden.").waitFor({ timeout: patience });
  await raise("newer");
  await page.locator('a[href="#/home/weber"]').waitFor({ timeout: patience });
  await close(page, "newer");
  await context.close();
}, 60_000);

test("a slip of the hand cuts no home off: the button asks back", async () => {
  const { page, context } = await desk.person("verwaltung", "administrator");
  await page.goto(`${desk.origin}/care/#/home/krause`);
  const panel = page.getByRole("region", { name: "Zugang des Gateways" });
  const revoke = panel.getByRole("button", { name: "Zugang sperren" });
  await revoke.waitFor({ timeout: patience });
  await revoke.dblclick();
  await page.getByRole("heading", { name: "Zugang des Gateways" }).click();
  await panel.getByRole("button", { name: "Zugang sperren", exact: true }).waitFor();
  expect(await panel.getByText("Ein Zugang ist ausgestellt.").count()).toBe(1);
  await revoke.click();
  await panel.getByRole("button", { name: "Wirklich: Zugang sperren?" }).click();
  await panel.getByText("Der Zugang ist gesperrt.").waitFor({ timeout: patience });
  await context.close();
}, 60_000);

test("I2: the desk says that its sound is on only while it is", async () => {
  const { page, context } = await desk.person("ton", "staff");
  await context.addInitScript(() => {
    const made: AudioContext[] = [];
    const Real = AudioContext;
    Reflect.set(globalThis, "made", made);
    globalThis.AudioContext = class extends Real {
      constructor() {
        super();
        made.push(this);
      }
    };
  });
  await page.reload();
  await page.getByRole("button", { name: "Ton ist aus – einschalten" }).click();
  await page.getByRole("button", { name: "Ton ist an" }).waitFor({ timeout: patience });
  await page.evaluate("made[0].suspend()");
  await page.getByRole("button", { name: "Ton ist aus – einschalten" }).waitFor();
  await context.close();
}, 60_000);

test("I2: a helper whose answer arrived without an answer is not told that it is lost", async () => {
  const from = provider.messages.length;
  await raise("lost-answer");
  const told = await messageTo("+4915100000001", from);
  const context = await desk.context({ width: 390, height: 844 });
  const phone = await context.newPage();
  await phone.route("**/answer", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await phone.clock.install();
  await phone.goto(told.link);
  const go = phone.getByRole("button", { name: "Ich gehe hin" });
  await go.waitFor({ timeout: patience });
  await phone.clock.pauseAt(Date.now() + 1_000);
  await go.click();
  await phone.getByText("Sie haben zugesagt", { exact: false }).waitFor({ timeout: patience });
  // A second tap finds another button at the same place.
  expect(await phone.getByRole("button", { name: "Ich kann doch nicht" }).isDisabled()).toBe(true);
  await phone.clock.resume();
  expect(await phone.locator(".wrong").count()).toBe(0);
  await context.close();
}, 90_000);

test("a helper's phone can be woken: the worker is one of the page behind the link", async () => {
  const from = provider.messages.length;
  await raise("wakes");
  const { link } = await messageTo("+4915100000001", from);
  // A worker is not taken from a certificate that nobody vouches for, whatever the page may do.
  const browser = await openChromium(["--ignore-certificate-errors"]);
  const context = await browser.newContext({ locale: "de-DE" });
  await context.grantPermissions(["notifications"]);
  const phone = await context.newPage();
  await phone.goto(link);
  await phone.getByRole("button", { name: "Beim nächsten Mal", exact: false }).click();
  const scope = "navigator.serviceWorker.getRegistration().then((found) => found?.scope)";
  const found = await until("a worker", () => phone.evaluate<string | undefined>(scope), patience);
  expect(found).toBe(`${desk.origin}/h/`);
  await browser.close();
}, 90_000);

test("I10: who could not be logged out is not shown the door", async () => {
  const { page, context } = await desk.person("bleibt", "staff");
  await page.route("**/api/logout", (route) => route.abort());
  await page.getByRole("button", { name: "Abmelden" }).click();
  await page.getByText("Es kam keine Antwort.", { exact: false }).waitFor({ timeout: patience });
  expect(await page.getByRole("heading", { name: "Anmelden" }).count()).toBe(0);
  await page.unroute("**/api/logout");
  await page.getByRole("button", { name: "Abmelden" }).click();
  await page.getByRole("heading", { name: "Anmelden" }).waitFor({ timeout: patience });
  await context.close();
}, 60_000);

test("I6: who is logged out is told so, in red, and comes in again", async () => {
  const { page, context } = await desk.person("abgemeldet", "staff");
  await page.locator("main h1").waitFor();
  // In another window of the same browser.
  await post(page, "logout");
  await page.getByText("SIE SIND ABGEMELDET.", { exact: false }).waitFor({ timeout: patience });
  await page.locator(".lost").getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  await context.close();
}, 60_000);

test("I6: a desk that lost its server is not green, and a new page waits for it", async () => {
  const { page, context } = await desk.person("allein", "lead");
  await close(page, "lost-answer");
  await close(page, "wakes");
  await page.getByText("Kein offener Alarm.").waitFor({ timeout: patience });
  const other = await context.newPage();
  await desk.rig.care.kill("SIGKILL");
  await page.locator(".lost").waitFor({ timeout: patience });
  expect(await page.locator(".calm").count()).toBe(0);
  await page.getByText("Solange die Verbindung stand", { exact: false }).waitFor();
  desk.rig.start();
  await desk.rig.ready();
  await other.route("**/api/me", (route) => route.abort());
  await other.goto(`${desk.origin}/care/`);
  await other.getByText("KEINE VERBINDUNG", { exact: false }).waitFor({ timeout: patience });
  expect(await other.getByRole("heading", { name: "Anmelden" }).count()).toBe(0);
  await other.unroute("**/api/me");
  await other.getByRole("navigation").waitFor({ timeout: patience });
  await context.close();
}, 120_000);
