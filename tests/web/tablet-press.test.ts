/**
 * How a hand of 85 presses, how the screen answers at once, and how it rests and wakes. The hub and
 * the page are real; time is moved on in the browser where a test would wait for minutes.
 */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { instant } from "../../protocol/time.ts";
import { galleryForTests } from "./tablet-gallery.ts";
import { galleryWall } from "./tablet-hub.ts";
import { alarmOf, stoveOf } from "./tablet-scenes.ts";

const gallery = galleryForTests();

const tablet = (kept: Readonly<Record<string, string>> = {}): Promise<Page> =>
  gallery.tablet({ kept });

/** Calls for help since this moment, each counted by its id. */
function calls(): () => number {
  const mark = gallery.home.requests.length;
  return () => {
    const since = gallery.home.requests
      .slice(mark)
      .filter(({ request }) => request.kind === "help");
    return new Set(since.map(({ id }) => id)).size;
  };
}

const middle = async (page: Page) => {
  const box = await page.locator(".home .help").boundingBox();
  if (box === null) throw new Error("there is no button for help");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, right: box.x + box.width };
};

type Gesture = (page: Page, at: Awaited<ReturnType<typeof middle>>) => Promise<void>;

const gestures: readonly (readonly [string, Gesture])[] = [
  ["a plain press", ({ mouse }, { x, y }) => mouse.click(x, y)],
  ["a long touch", ({ mouse }, { x, y }) => mouse.click(x, y, { delay: 2_500 })],
  ["a double touch", ({ mouse }, { x, y }) => mouse.dblclick(x, y, { delay: 60 })],
  [
    "five touches of a tremor",
    async ({ mouse }, { x, y }) => {
      for (let nth = 0; nth < 5; nth += 1) await mouse.click(x + nth * 7, y - nth * 5);
    },
  ],
  [
    "a slide that ends on it",
    async ({ mouse }, { x, y }) => {
      await mouse.move(x + 300, y - 100);
      await mouse.down();
      await mouse.move(x, y, { steps: 12 });
      await mouse.up();
    },
  ],
  [
    "a touch that slips off its edge",
    async ({ mouse }, { y, right }) => {
      await mouse.move(right - 8, y);
      await mouse.down();
      await mouse.move(right + 25, y + 6, { steps: 6 });
      await mouse.up();
    },
  ],
  ["a finger", ({ touchscreen }, { x, y }) => touchscreen.tap(x, y)],
  [
    "the keyboard, or a switch",
    async (page) => {
      await page.locator(".home .help").focus();
      await page.keyboard.press("Enter");
    },
  ],
  [
    "a screen reader",
    (page) => page.getByRole("button", { name: /^Hilfe/ }).dispatchEvent("click"),
  ],
];

describe("the button for help", () => {
  test.each(gestures)("%s is one call", async (_name, gesture) => {
    const page = await tablet();
    const since = calls();
    await gesture(page, await middle(page));
    await page.locator(".emergency").waitFor();
    await expect.poll(since).toBe(1);
    await page.waitForTimeout(300);
    expect(since()).toBe(1);
  });

  test("I1: the screen answers at once, before the home has said anything", async () => {
    const page = await tablet();
    gallery.home.answer = undefined;
    await page.locator(".home .help").click();
    await page.getByText("Ihr Hilferuf wird gesendet.").first().waitFor({ timeout: 1_000 });
    expect(await page.locator(".step.done").count()).toBe(0);
    await page.getByText("Das dauert länger als sonst.").waitFor();
    await page.getByText("0711 5550100").waitFor();
    gallery.home.answer = () => ({ taken: true, why: "" });
  });

  test("the second touch of a hand that pressed takes nothing back", async () => {
    const page = await tablet();
    const mark = gallery.home.requests.length;
    const { x, y } = await middle(page);
    await page.mouse.click(x, y);
    gallery.home.show({
      alarms: [alarmOf({ reason: "help-requested", device: null, room: null })],
    });
    const mistake = page.getByRole("button", { name: "Es war ein Versehen" });
    await mistake.click();
    await page.waitForTimeout(300);
    expect(await page.getByText("Brauchen Sie wirklich keine Hilfe?").count()).toBe(0);
    expect(gallery.home.requests.slice(mark).every(({ request }) => request.kind === "help")).toBe(
      true,
    );
  });
});

test("I3: another press takes back that it was a mistake, and the screen says so", async () => {
  const page = await tablet();
  const said = alarmOf({ stage: "with-care", falseAlarmSaid: true });
  gallery.home.show({ alarms: [{ ...said, falseAlarmSaid: false }] });
  const mistake = page.getByRole("button", { name: "Es war ein Versehen" });
  await mistake.waitFor();
  await page.waitForTimeout(1_600);
  await mistake.click();
  await page.waitForTimeout(400);
  await page.getByRole("button", { name: "Ich brauche keine Hilfe" }).click();
  gallery.home.show({ alarms: [said] });
  await page.getByText("Wird dem Pflegedienst gesagt.").waitFor();
  gallery.home.show({ alarms: [{ ...said, falseAlarmSaid: false }] });
  await mistake.waitFor();
});

describe("the stove", () => {
  test("I7: power comes back only by two deliberate steps, and only where it is allowed", async () => {
    const page = await tablet();
    const mark = gallery.home.requests.length;
    gallery.home.show({
      stove: stoveOf({ phase: "proved-off", cutBecause: "total", resetAllowed: true }),
    });
    await page.getByRole("button", { name: "Herd" }).click();
    await page.waitForTimeout(400);
    await page.getByRole("button", { name: "Herd wieder einschalten" }).dblclick();
    await page.getByText("sind alle Knöpfe auf null?").waitFor();
    await page.waitForTimeout(400);
    expect(gallery.home.requests.length).toBe(mark);
    await page.getByRole("button", { name: "Ja, Strom einschalten" }).click();
    await page.getByText("Das ist angekommen.").waitFor();
    expect(gallery.home.requests.slice(mark).map(({ request }) => request.kind)).toEqual([
      "stove-reset",
    ]);
    gallery.home.show({ stove: stoveOf({ phase: "cut", resetRefusedBecause: "unknown" }) });
    await page.getByText("Es ist nicht sicher, ob noch Strom fließt.").waitFor();
    expect(await page.getByRole("button", { name: "Herd wieder einschalten" }).count()).toBe(0);
  });
});

describe("rest and return", () => {
  /** Minutes pass at the tablet while the home goes on being heard. */
  async function pass(page: Page, seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 6) {
      await page.clock.fastForward(6_000);
      gallery.home.show({ pause: { until: instant(left) } });
      // Until it is heard: what is not, is silence to a page whose clock runs ahead.
      await page.waitForTimeout(150);
    }
  }

  /** Until the screen rests. On a busy machine the home may have been silent too long meanwhile. */
  async function rest(page: Page): Promise<void> {
    for (let tries = 0; tries < 4; tries += 1) {
      await pass(page, 66);
      if ((await page.locator(".resting.night").count()) > 0) return;
    }
    throw new Error("the screen does not rest");
  }

  async function tabletAt(wall: number): Promise<Page> {
    gallery.home.wall = { ...gallery.home.wall, ms: wall };
    return gallery.tablet({ ownClock: true });
  }

  test("after a minute without a touch every page goes back to the home screen", async () => {
    const page = await tabletAt(galleryWall);
    await page.getByRole("button", { name: "Mehr" }).click();
    await page.getByRole("heading", { name: "Mehr" }).waitFor();
    await pass(page, 54);
    await page.getByRole("heading", { name: "Mehr" }).waitFor();
    await pass(page, 12);
    await page.locator(".home").waitFor();
    expect(await page.locator(".resting").count()).toBe(0);
  });

  test("by night it rests, wanders, and wakes by a touch that presses nothing", async () => {
    const page = await tabletAt(galleryWall + 14 * 3_600_000);
    const mark = gallery.home.requests.length;
    await rest(page);
    const clock = page.locator(".resting.night .resting-clock");
    const before = await clock.boundingBox();
    gallery.home.wall = { ...gallery.home.wall, ms: gallery.home.wall.ms + 17 * 60_000 };
    gallery.home.show({});
    await pass(page, 12);
    expect(await clock.boundingBox()).not.toEqual(before);
    // Just where the great red button stands beneath.
    await page.mouse.dblclick(150, 300);
    await page.locator(".home").waitFor();
    const light = () => page.evaluate("getComputedStyle(document.querySelector('.home')).filter");
    expect(await light()).toBe("brightness(0.8)");
    await page.waitForTimeout(300);
    expect(gallery.home.requests.slice(mark)).toEqual([]);
  });

  test("an alarm wakes it", async () => {
    const page = await tabletAt(galleryWall + 14 * 3_600_000);
    await rest(page);
    gallery.home.show({ alarms: [alarmOf()] });
    await page.locator(".emergency").waitFor();
    expect(await page.locator(".resting").count()).toBe(0);
  });
});

describe("the voice", () => {
  /** A voice that writes down what it is to say. */
  const fakeVoice = `
    window.spoken = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const voices = [{ lang: "de-DE", localService: true }];
    Object.defineProperty(window, "speechSynthesis", { value: {
      getVoices: () => voices, cancel() {}, speak: ({ text }) => window.spoken.push(text),
    } });`;

  test("I2: it says each step once when it is true, and again within thirty seconds", async () => {
    const page = await gallery.tablet({ before: fakeVoice, ownClock: true });
    const spoken = () => page.evaluate<string[]>("window.spoken.splice(0)");
    const says = (...sentences: readonly string[]) => expect.poll(spoken).toEqual(sentences);
    gallery.home.show({ alarms: [alarmOf()] });
    gallery.home.announce("help-stored", {}, "call-1");
    await says("Notruf ist gespeichert.");
    gallery.home.show({ alarms: [alarmOf({ stage: "with-care" })] });
    await says("Der Pflegedienst hat Ihren Notruf.");
    const coming = { alarms: [alarmOf({ stage: "coming", acceptedBy: ["Frau Maier"] })] };
    gallery.home.show(coming);
    gallery.home.announce("help-coming", { name: "Frau Maier" }, "call-1");
    await says("Frau Maier kommt.");
    await page.waitForTimeout(300);
    await says();
    for (let passed = 0; passed < 30; passed += 5) {
      await page.clock.fastForward(5_000);
      gallery.home.show({ ...coming, pause: { until: instant(passed + 1) } });
      await page.waitForTimeout(60);
    }
    await says("Frau Maier kommt.");
  });
});

describe("what breaks", () => {
  test("a page that fails takes neither help nor the way back with it", async () => {
    const page = await tablet();
    const since = calls();
    gallery.home.show({ modules: [null as never] });
    await page.getByRole("button", { name: "Mehr" }).click();
    await page.waitForTimeout(400);
    await page.getByRole("button", { name: "Was Obhut für Sie tut" }).click();
    await page.getByText("Diese Seite geht gerade nicht.").waitFor();
    await page.locator(".page-head .help").click();
    await expect.poll(since).toBe(1);
  });

  test("what fails outside of a page names the telephone and starts anew", async () => {
    const page = await tablet();
    gallery.home.show({ alarms: [null as never] });
    await page.getByText("Das Tablet startet gleich neu.").waitFor();
    await page.getByText("0711 5550100").waitFor();
    gallery.home.show({});
    await page.locator(".readiness.ready").waitFor();
  });
});

describe("what is not heard", () => {
  test("I6: a clock that is not trusted is not shown", async () => {
    gallery.home.wall = { ...gallery.home.wall, trusted: false };
    const page = await tablet();
    await page.getByText("Uhrzeit unbekannt").waitFor();
    expect(await page.locator("time").count()).toBe(0);
    gallery.home.wall = { ...gallery.home.wall, trusted: true };
  });
});
