/** The desk and the helper's page as people use them: real service, real messages, real browser. */
import { TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SmsProvider } from "../../sim/demo/sms-provider.ts";
import { alarmOf, offerOf, type TestHome, until } from "../care/care-rig.ts";
import { type DeskRig, password, startStoryDesk, violations } from "./desk-rig.ts";

const patience = 30_000;

let desk: DeskRig;
let provider: SmsProvider;
let home: TestHome;

beforeAll(async () => {
  ({ desk, provider, home } = await startStoryDesk(6));
}, 120_000);

afterAll(async () => {
  await desk?.close();
  await provider?.close();
});

/** The newest message to this telephone since `from` messages were there. */
const message = (to: string, from: number) =>
  until(
    `a message to ${to}`,
    () => provider.messages.slice(from).find((one) => one.to === to),
    patience,
  );

async function raise(id: string): Promise<void> {
  home.send(offerOf(`m-${id}`, alarmOf(id, { room: "bath" })));
  await home.custody(id, patience);
}

async function closeAt(page: Page, id: string): Promise<void> {
  await page.goto(`${desk.origin}/care/#/alarm/weber/${id}`);
  await page.getByRole("button", { name: "Beenden", exact: true }).click();
  await page.getByLabel("Es war keine Hilfe nötig").check();
  await page.getByLabel("Was wurde vorgefunden, was wurde getan?").fill("War wohlauf.");
  await page.getByRole("button", { name: "Alarm beenden" }).click();
  await page.getByText("Dieser Alarm ist beendet.").waitFor({ timeout: patience });
}

describe("the door", () => {
  test("I10: a wrong password, or no code, lets nobody in, and says it in a sentence", async () => {
    const { secret: seed, context } = await desk.person("tuer", "staff");
    await context.close();
    const page = await (await desk.context()).newPage();
    await page.goto(`${desk.origin}/care/`);
    const enter = async (word: string, code: string): Promise<void> => {
      await page.getByLabel("Name").fill("tuer");
      await page.getByLabel("Passwort").fill(word);
      await page.getByLabel("Code aus der App").fill(code);
      await page.getByRole("button", { name: "Anmelden" }).click();
    };
    await enter("falsch und noch länger", "000000");
    await page.getByText("Name, Passwort oder Code stimmt nicht.").waitFor();
    await enter(password, "");
    expect(await page.getByRole("navigation").count()).toBe(0);
    // The code of the enrolment was used; the next one counts.
    const next = new TOTP({ secret: seed }).generate({ timestamp: Date.now() + 30_000 });
    await enter(password, next);
    await page.getByRole("navigation").waitFor({ timeout: patience });
    await page.context().close();
  }, 120_000);
});

describe("the story", () => {
  test("a helper declines, the next is silent, a professional accepts and closes", async () => {
    const from = provider.messages.length;
    provider.off.add("+4915100000002");
    const { page } = await desk.person("frau-maier", "lead");
    await raise("story");
    await page.locator(".card").filter({ hasText: "Notruf-Knopf" }).waitFor({ timeout: patience });
    const phone = await (await desk.context({ width: 390, height: 844 })).newPage();
    await phone.goto((await message("+4915100000001", from)).link);
    await phone.getByRole("heading", { name: /Notruf-Knopf gedrückt/ }).waitFor();
    expect(await violations(phone)).toEqual([]);
    await phone.getByRole("button", { name: "Ich kann nicht" }).click();
    await phone.getByText("Wir fragen die Nächsten.", { exact: false }).waitFor();
    // The neighbour's telephone is off: no receipt, and the chain goes on.
    await message("+4915100000002", from);
    await page.locator(".card a").filter({ hasText: "Notruf-Knopf" }).click();
    await page.getByRole("cell", { name: "Nachtdienst" }).waitFor({ timeout: patience });
    expect(await page.locator(".stage").first().textContent()).toContain("kann nicht");
    expect(await violations(page)).toEqual([]);
    expect(await page.getByText("Niemand hat zugesagt").count()).toBe(1);
    await page.getByRole("button", { name: "Ich übernehme" }).click();
    await page.getByText("Sie haben übernommen.").waitFor({ timeout: patience });
    // I2: the helper is told that somebody comes once somebody has accepted.
    await phone.getByText("Es kommt: frau-maier").waitFor({ timeout: patience });
    await until("the home hears who comes", () => home.bodies("accepted")[0], patience);
    await closeAt(page, "story");
    await phone.getByText("frau-maier hat den Alarm beendet.").waitFor({ timeout: patience });
    // What only those may know who are told of an open alarm is gone with it.
    expect(await phone.locator(".place").count()).toBe(0);
    await page.goto(`${desk.origin}/care/#/history`);
    const row = page.getByRole("row").filter({ hasText: "War wohlauf." });
    await row.waitFor({ timeout: patience });
    expect(await violations(page)).toEqual([]);
    await page.context().close();
    await phone.context().close();
  }, 180_000);

  test("I2: a helper who goes is named at the desk, and ends the alarm with an outcome", async () => {
    const from = provider.messages.length;
    await raise("goes");
    const phone = await (await desk.context({ width: 390, height: 844 })).newPage();
    await phone.goto((await message("+4915100000001", from)).link);
    await phone.getByRole("button", { name: "Ich gehe hin" }).click();
    await phone.getByText("Sie haben zugesagt", { exact: false }).waitFor({ timeout: patience });
    const coming = await until("the home hears it", () =>
      home.bodies("accepted").find(({ alarmId }) => alarmId === "goes"),
    );
    expect(coming.by.name).toBe("Anna Weber");
    await phone.getByText("Was ist geschehen?").click();
    await phone.getByRole("button", { name: "Alarm beenden" }).click();
    await phone.getByText("Bitte wählen Sie aus, wie es ausgegangen ist.").waitFor();
    await phone.getByLabel("Es wurde geholfen").check();
    await phone.getByLabel("Was haben Sie vorgefunden, was haben Sie getan?").fill("Im Bad.");
    await phone.getByRole("button", { name: "Alarm beenden" }).click();
    await phone.getByText("Anna Weber hat den Alarm beendet.").waitFor({ timeout: patience });
    await phone.context().close();
  }, 120_000);

  test("a link that nobody was given shows nothing", async () => {
    const page = await (await desk.context({ width: 390, height: 844 })).newPage();
    await page.goto(`${desk.origin}/h/${"A".repeat(43)}`);
    await page.getByText("Dieser Link gilt nicht mehr.").waitFor();
    expect(await page.textContent("body")).not.toContain("weber");
    await page.context().close();
  }, 60_000);
});

describe("the page of the desk", () => {
  test("keyboard alone: accept and close without a mouse", async () => {
    const { page } = await desk.person("tastatur", "lead");
    await raise("keys");
    const card = page.locator(".card a").filter({ hasText: "Notruf-Knopf" });
    await card.waitFor({ timeout: patience });
    const reach = async (name: RegExp): Promise<void> => {
      for (let steps = 0; steps < 60; steps += 1) {
        // The page itself has the focus before anything in it has.
        const at = await page
          .locator(":focus:not(body)")
          .textContent({ timeout: 500 })
          .catch(() => "");
        if (name.test(at ?? "")) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`no way by the keyboard to ${name.source}`);
    };
    await reach(/Notruf-Knopf/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Ich übernehme" }).waitFor();
    await reach(/^Ich übernehme$/);
    await page.keyboard.press("Enter");
    await page.getByText("Sie haben übernommen.").waitFor({ timeout: patience });
    await reach(/^Beenden$/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Alarm beenden" }).waitFor();
    // Into the group of outcomes, the first of them, the note, and the button behind it.
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press("Tab");
      if ((await page.locator("input[type=radio]:focus").count()) > 0) break;
    }
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Alles gut.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Dieser Alarm ist beendet.").waitFor({ timeout: patience });
    await page.context().close();
  }, 180_000);

  test("every section, German and English, wide and narrow: axe finds nothing", async () => {
    const { page } = await desk.person("leitung", "lead");
    const admin = await desk.person("verwaltung", "administrator");
    // A page is only seen with something on it.
    await raise("seen");
    const places = [
      "alarm/weber/seen",
      "alarms",
      "homes",
      "home/weber",
      "agreement/weber",
      "faults",
      "history",
      "statistics",
    ];
    const look = async (who: Page, place: string): Promise<void> => {
      await who.goto(`${desk.origin}/care/#/${place}`);
      await who.locator("main h1").waitFor({ timeout: patience });
      await who.waitForLoadState("networkidle");
      expect([place, await violations(who)]).toEqual([place, []]);
      // WCAG 1.4.10: nothing is cut off at the side, but what scrolls by itself.
      const wide = await who.evaluate<readonly string[]>(
        `[...document.querySelectorAll("body *")]
          .filter((one) => !one.closest(".scroll, svg, .unseen"))
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
          .map((one) => one.outerHTML.slice(0, 120))`,
      );
      expect([place, wide]).toEqual([place, []]);
      const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect([place, await who.evaluate<number>(over)]).toEqual([place, 0]);
    };
    for (const width of [1_280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const place of places) await look(page, place);
    }
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "Statistics" }).waitFor();
    for (const place of places) await look(page, place);
    await look(admin.page, "accounts");
    // Who may not hear of alarms has no line to lose.
    await admin.page.waitForTimeout(5_000);
    expect(await admin.page.locator(".lost").count()).toBe(0);
    await page.context().close();
    await admin.context.close();
  }, 240_000);

  test("an address of two lines is still one of two lines after saving", async () => {
    const { page } = await desk.person("adresse", "lead");
    await page.goto(`${desk.origin}/care/#/home/krause`);
    const address = page.getByLabel("Adresse");
    await address.fill("Lindenstraße 7\n70180 Stuttgart", { timeout: patience });
    await page.getByRole("button", { name: "Speichern" }).click();
    await page.getByText("Gespeichert.").waitFor({ timeout: patience });
    await page.reload();
    await page.getByRole("heading", { name: "Herr Krause" }).waitFor({ timeout: patience });
    expect(await address.inputValue()).toBe("Lindenstraße 7\n70180 Stuttgart");
    await page.context().close();
  }, 60_000);

  test("I6: a desk that does not hear its server says so in red, and is right again after", async () => {
    const { page } = await desk.person("verloren", "staff");
    await page.locator("main h1").waitFor();
    await desk.rig.care.kill("SIGKILL");
    await page.getByText("KEINE VERBINDUNG ZUM SERVER", { exact: false }).waitFor({
      timeout: patience,
    });
    desk.rig.start();
    await desk.rig.ready();
    await page.locator(".lost").waitFor({ state: "detached", timeout: 2 * patience });
    await page.context().close();
  }, 180_000);
});
