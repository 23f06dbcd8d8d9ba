/** H 6.1: some promises of the stack never settle, and some settle when nobody waits any more. */
import { expect, test } from "vitest";
import { attempt, pause, within } from "../../../gateway/radio/deadline.ts";

test("I9: a promise that never settles ends at our deadline, in words", async () => {
  const never = new Promise<never>(() => {});
  expect(await attempt(10, "the stick", () => never)).toEqual({
    ok: false,
    why: "the stick gave no answer within 10 ms",
  });
});

test("a rejection after the deadline is nobody's", async () => {
  const unhandled: unknown[] = [];
  const note = (thrown: unknown): void => {
    unhandled.push(thrown);
  };
  process.on("unhandledRejection", note);
  let fail: (thrown: Error) => void = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  await expect(within(5, "it", late)).rejects.toThrow(/no answer within 5 ms/);
  fail(new Error("too late"));
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("a call that throws at once is a failure like any other", async () => {
  const thrown = await attempt(1_000, "it", () => {
    throw new Error("not initialized yet");
  });
  expect(thrown).toEqual({ ok: false, why: "not initialized yet" });
});

test("a pause is cut short, also when it was cut before it began", async () => {
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
  await pause(60_000, stop.signal);
});
