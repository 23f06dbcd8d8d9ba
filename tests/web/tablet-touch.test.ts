/**
 * Fingers as a touch display tells them, not a mouse: they rest too long, and they tremble. The hub
 * and the page are real.
 */
import type { CDPSession, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { instant } from "../../protocol/time.ts";
import { galleryForTests } from "./tablet-gallery.ts";
import { galleryWall } from "./tablet-hub.ts";
import { stoveOf } from "./tablet-scenes.ts";

const gallery = galleryForTests();

interface Place {
  readonly x: number;
  readonly y: number;
}

class Finger {
  readonly page: Page;
  readonly #session: CDPSession;

  constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.#session = session;
  }

  async #say(type: "touchStart" | "touchMove" | "touchEnd", at?: Place): Promise<void> {
    const touchPoints = at === undefined ? [] : [at];
    await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints });
  }

  /** Goes down here, over these places, and up; `restMs` before it goes up. */
  async draw(places: readonly Place[], restMs = 0): Promise<void> {
    const [first, ...others] = places;
    await this.#say("touchStart", first);
    for (const place of others) {
      await this.#say("touchMove", place);
      await this.page.waitForTimeout(20);
    }
    await this.page.waitForTimeout(restMs);
    await this.#say("touchEnd");
  }

  /** Two fingers that go apart. */
  async spread({ x, y }: Place): Promise<void> {
    for (let by = 20; by <= 120; by += 20) {
      const touchPoints = [-by, by].map((at) => ({ x: x + at, y }));
      const type = by === 20 ? "touchStart" : "touchMove";
      await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints });
      await this.page.waitForTimeout(20);
    }
    await this.#say("touchEnd");
  }

  /** A press that wanders by a few millimetres. */
  async tremble({ x, y }: Place): Promise<void> {
    const steps = [0, 8, 16, 24, 28, 24, 18];
    await this.draw(steps.map((by) => ({ x: x + by / 2, y: y + by })));
  }

  async middleOf(name: RegExp): Promise<Place> {
    const box = await this.page.getByRole("button", { name }).first().boundingBox();
    if (box === null) throw new Error(`there is no button ${name}`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
}

async function finger(ownClock = false): Promise<Finger> {
  const page = await gallery.tablet({ ownClock });
  return new Finger(page, await page.context().newCDPSession(page));
}

/** Kinds of what was asked since this moment, each request once. */
function asked(): () => readonly string[] {
  const mark = gallery.home.requests.length;
  return () => {
    const since = gallery.home.requests
      .slice(mark)
      .map(({ id, request }) => [id, request.kind] as const);
    return [...new Map(since).values()];
  };
}

describe("a finger", () => {
  test("I1: that rests on Hilfe is one call, and no menu of the browser comes between", async () => {
    const hand = await finger();
    const since = asked();
    await hand.page.evaluate(
      "window.addEventListener('contextmenu', (it) => { window.menu = it.defaultPrevented; })",
    );
    // What a display makes of a long touch, a headless browser makes of the other button only.
    const { x, y } = await hand.middleOf(/^Mehr/);
    await hand.page.mouse.click(x, y, { button: "right" });
    expect(await hand.page.evaluate("window.menu")).toBe(true);
    await hand.draw([await hand.middleOf(/^Hilfe/)], 1_500);
    await hand.page.locator(".emergency").waitFor();
    await expect.poll(since).toEqual(["help"]);
  });

  test("I1: that slides to Hilfe from anywhere is one call", async () => {
    const hand = await finger();
    const since = asked();
    const { x, y } = await hand.middleOf(/^Hilfe/);
    const way = [0, 0.2, 0.4, 0.6, 0.8, 1];
    await hand.draw(way.map((part) => ({ x: 780 + part * (x - 780), y: 20 + part * (y - 20) })));
    await hand.page.locator(".emergency").waitFor();
    await expect.poll(since).toEqual(["help"]);
  });

  test("that trembles on a button has pressed it, once", async () => {
    const hand = await finger();
    await hand.tremble(await hand.middleOf(/^Mehr/));
    await hand.page.getByRole("heading", { name: "Mehr" }).waitFor();
    await hand.page.waitForTimeout(400);
    const since = asked();
    await hand.tremble(await hand.middleOf(/Zurück/));
    await hand.page.locator(".home").waitFor();
    await hand.page.waitForTimeout(400);
    await hand.tremble(await hand.middleOf(/Mir geht es gut/));
    await expect.poll(since).toEqual(["wellbeing"]);
  });

  test("that scrolls a long page presses nothing", async () => {
    const hand = await finger();
    await hand.draw([await hand.middleOf(/^Mehr/)]);
    await hand.page.waitForTimeout(400);
    await hand.draw([await hand.middleOf(/^Sprache/)]);
    await hand.page.waitForTimeout(400);
    const { x, y } = await hand.middleOf(/Deutsch/);
    const up = [0, 20, 40, 60, 80].map((by) => ({ x, y: y - by }));
    await hand.draw(up);
    await hand.draw(up.map((place) => ({ ...place, x: 600 })));
    await hand.page.waitForTimeout(300);
    expect(await hand.page.locator("html").getAttribute("lang")).toBe("de");
    expect(await hand.page.evaluate<number>("window.scrollY")).toBeGreaterThan(20);
  });

  test("that trembles is heard at the stove's warning, also where the page is long", async () => {
    const hand = await finger();
    const since = asked();
    const cutAt = instant(gallery.home.now() + 60_000);
    gallery.home.show({ stove: stoveOf({ phase: "warned", presence: "absent", cutAt }) });
    await hand.page.locator(".stove-warning").waitFor();
    await hand.tremble(await hand.middleOf(/Ich bin da/));
    await expect.poll(since).toEqual(["presence"]);
  });

  test("that gropes over the screen at rest wakes it, and presses nothing", async () => {
    gallery.home.wall.ms = galleryWall + 14 * 3_600_000;
    const hand = await finger(true);
    const since = asked();
    for (let tries = 0; tries < 60; tries += 1) {
      await hand.page.clock.fastForward(6_000);
      gallery.home.show({ pause: { until: instant(tries + 1) } });
      await hand.page.waitForTimeout(150);
      if ((await hand.page.locator(".resting").count()) > 0) break;
    }
    // The hour stands in one line.
    const clock = await hand.page.locator(".resting-clock").boundingBox();
    expect(clock?.height ?? 480).toBeLessThan(clock?.width ?? 0);
    await hand.tremble({ x: 150, y: 300 });
    await hand.page.locator(".home").waitFor();
    await hand.page.waitForTimeout(300);
    expect(since()).toEqual([]);
  });
});

test("two fingers do not make the page larger than the screen", async () => {
  const hand = await finger();
  await hand.spread({ x: 400, y: 240 });
  expect(await hand.page.evaluate<number>("window.visualViewport.scale")).toBe(1);
});
