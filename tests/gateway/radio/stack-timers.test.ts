/** What the stack would do by itself every few minutes, on the thread of the alarms. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RadioHome, radioHome } from "./radio-home.ts";

/** The stack saves its database that often, with an fsync. */
const save_ms = 300_000;

const original = globalThis.setInterval;
let made: NodeJS.Timeout[];
let rig: RadioHome;

beforeEach(() => {
  made = [];
  const noted = (callback: () => void, delay_ms?: number): NodeJS.Timeout => {
    const timer = original(callback, delay_ms);
    if (delay_ms === save_ms) made.push(timer);
    return timer;
  };
  globalThis.setInterval = Object.assign(noted, original);
});
afterEach(async () => {
  globalThis.setInterval = original;
  await rig.close();
});

/** Node keeps no public word for it: a timer that was cleared is in no list of the loop. */
function isCleared(timer: NodeJS.Timeout): boolean {
  return Reflect.get(timer, "_destroyed") === true;
}

test("I1: the stack's own saves are stopped, also after a reconnection", async () => {
  rig = await radioHome();
  rig.said.clear();
  rig.home.faults.cut("rst");
  await rig.said.next("radio-ready");
  expect(made).toHaveLength(2);
  expect(made.filter(isCleared)).toHaveLength(2);
});
