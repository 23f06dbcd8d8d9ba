/** The stick as most homes have it: a serial device that may be pulled out. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRadio } from "../../../gateway/radio/radio.ts";
import { quiet, type RadioHome, radioHome, settingsFor, until } from "./radio-home.ts";
import { hasSerial, plugIn, type SerialLine } from "./serial-line.ts";

let folder: string;
let rig: RadioHome;
let line: SerialLine;

const device = (): string => join(folder, "stick");

async function start(isStarted = true): Promise<void> {
  rig = await radioHome({
    start: isStarted,
    port: async (home) => {
      line = await plugIn(home.port, device());
      return device();
    },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-serial-"));
});
afterEach(async () => {
  await rig.close();
  await line.pull();
  rmSync(folder, { recursive: true });
});

async function pressIsHeard(): Promise<void> {
  rig.said.clear();
  rig.home.press("bath-button");
  await rig.said.next("button-pressed", (fact) => fact.device === "bath-button");
}

test.skipIf(!hasSerial)(
  "H 6.1: a stick that is pulled out is missed, and found again",
  async () => {
    await start();
    await pressIsHeard();
    await quiet(rig);
    const { radio, said } = rig;
    expect(await radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: true });
    said.clear();
    await line.pull();
    await said.next("radio-lost");
    expect(await radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: false });
    line = await plugIn(rig.home.port, device());
    await said.next("radio-ready");
    await pressIsHeard();
    expect(line.open()).toBe(1);
  },
);

test.skipIf(!hasSerial)("H 6.1: a serial port is released, whenever the radio stops", async () => {
  await start(false);
  for (const after_ms of [0, 1, 5, 20, 100, 2_000]) {
    const { radio } = rig.again();
    radio.start();
    await new Promise((resolve) => setTimeout(resolve, after_ms));
    await radio.stop();
    await until(`the port is released after ${after_ms} ms`, () => line.open() === 0);
  }
  // What was being opened at a stop must not open later.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(line.open()).toBe(0);
});

test.skipIf(!hasSerial)(
  "H 6.1: a stop while the port is being opened leaves it closed",
  async () => {
    await start(false);
    let stopped: Promise<void> | undefined;
    const log = pino(
      { level: "debug" },
      {
        write: (words: string) => {
          if (!words.includes("Opening SerialPort")) return;
          // The stack says so just before it opens: in the next microtask the opening is under way.
          queueMicrotask(() => {
            stopped ??= radio.stop();
          });
        },
      },
    );
    const settings = settingsFor(rig.home.plan, device(), rig.dir);
    const radio = createRadio({ settings, hear: () => undefined, log });
    radio.start();
    await until("it is stopped", () => stopped !== undefined);
    await stopped;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(line.open()).toBe(0);
  },
);
