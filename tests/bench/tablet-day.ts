/** Two days of the home's words at one page, as fast as it takes them: does the page grow by them? */
import type { CDPSession, Page } from "playwright-core";
import { instant } from "../../protocol/time.ts";
import type { AlarmView } from "../../protocol/view.ts";
import { type GalleryHome, openGallery } from "../web/tablet-hub.ts";
import { alarmOf, stoveOf } from "../web/tablet-scenes.ts";
import { pause } from "./house.ts";

/** Beats every five seconds, and what a lively home says besides, in 24 hours. */
const wordsPerDay = 17_280 + 5_000;
const callsPerDay = 24;
/** Half a day fills what the page remembers, up to its bounds; growth is counted from here on. */
const settledAfter = wordsPerDay / 2;
const days = 2;

/** Live memory of the page's script after a collection, in bytes. */
async function heap(session: CDPSession): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await session.send("HeapProfiler.collectGarbage");
    await pause(100);
  }
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

const stages = ["calling", "stored", "with-care", "coming"] as const;

/** One call through all its stages, with what is said of it aloud, and its end. */
async function call(home: GalleryHome, nth: number): Promise<void> {
  const id = `call-${nth}`;
  for (const stage of stages) {
    const names = stage === "coming" ? ["Frau Maier"] : [];
    const alarm: AlarmView = alarmOf({ id, stage, acceptedBy: names, told: ["Anna Weber"] });
    home.show({ alarms: [alarm] });
    home.announce("help-stored", {}, id);
    await pause(20);
  }
  home.announce("alarm-closed", { outcome: "helped", name: "Frau Maier" }, id);
  home.show({});
}

export interface Day {
  readonly words: number;
  readonly early: number;
  readonly late: number;
}

export async function aDay(part: number, tell: (words: string) => void): Promise<Day> {
  const home = await openGallery();
  try {
    const page: Page = await home.page({ language: "de" });
    await page.locator(".readiness.ready").waitFor();
    const session = await page.context().newCDPSession(page);
    const words = Math.round(days * wordsPerDay * part);
    const callEvery = Math.round(wordsPerDay / callsPerDay);
    let early = Number.NaN;
    for (let nth = 1; nth <= words; nth += 1) {
      home.show({ stove: stoveOf({ powerW: nth % 2_000, since: instant(98_000_000 + nth) }) });
      if (nth % callEvery === 0) await call(home, nth);
      if (nth === Math.round(settledAfter * part)) early = await heap(session);
      if (nth % 20 === 0) await pause(10);
      if (nth % 1_000 === 0) tell(`a day at the page: word ${nth} of ${words}`);
    }
    await pause(1_000);
    return { words, early, late: await heap(session) };
  } finally {
    await home.close();
  }
}
