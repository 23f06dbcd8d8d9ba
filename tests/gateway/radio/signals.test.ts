/**
 * Which pattern a siren is told, and when again. At the object, because the times are minutes: the
 * siren's own command is proved on the wire in comfort.test.ts.
 */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Models } from "zigbee-herdsman";
import type { Recognition } from "../../../gateway/radio/recognise.ts";
import { Signals } from "../../../gateway/radio/signals.ts";

let told: string[];
let refuses: boolean;
let signals: Signals;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  refuses = false;
  const set = (_device: unknown, _key: string, value: { readonly mode: string }): Promise<void> => {
    told.push(value.mode);
    return refuses ? Promise.reject(new Error("no answer")) : Promise.resolve();
  };
  signals = new Signals({
    lights: () => new Map(),
    sirens: () => new Map([["siren", {} as Models.Device]]),
    recognition: { set } as unknown as Recognition,
    isCutting: () => false,
  });
});
afterEach(() => {
  signals.stop();
  vi.useRealTimers();
});

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1_000);

test("I3: an alarm that is asked for again and again sounds without a gap", async () => {
  signals.show("alarm");
  for (let passed_s = 0; passed_s < 900; passed_s += 60) {
    await seconds(60);
    signals.show("alarm");
  }
  // A siren sounds for 180 s: it is told every 150 s.
  expect(told).toEqual(Array.from({ length: 7 }, () => "emergency"));
});

test("I3: an alarm has tries of its own after those of a warning failed", async () => {
  refuses = true;
  signals.show("warning");
  await seconds(2.5);
  expect(told).toEqual(["burglar", "burglar", "burglar"]);
  signals.show("alarm");
  refuses = false;
  await seconds(2);
  expect(told).toEqual(["burglar", "burglar", "burglar", "emergency"]);
});

test("I3: a new call in the pause after the last failed try has tries of its own", async () => {
  refuses = true;
  signals.show("alarm");
  await seconds(2.5);
  expect(told).toHaveLength(3);
  signals.show("none");
  signals.show("alarm");
  refuses = false;
  await seconds(2);
  expect(told.at(-1)).toBe("emergency");
  expect(told).toHaveLength(4);
});

test("I9: a siren that never answers is left alone after three tries, and told again later", async () => {
  refuses = true;
  signals.show("alarm");
  await seconds(100);
  expect(told).toHaveLength(3);
  await seconds(60);
  expect(told).toHaveLength(6);
});
