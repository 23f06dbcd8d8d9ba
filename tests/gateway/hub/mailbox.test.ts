import { expect, test } from "vitest";
import type { Mail } from "../../../gateway/hub/mail.ts";
import { Mailbox } from "../../../gateway/hub/mailbox.ts";

const mail = (topic: string, payload: string): Mail => ({ topic, payload, retain: false, qos: 1 });
const payloads = (mails: readonly Mail[]): readonly string[] => mails.map((one) => one.payload);
const limits = { credits: 3, promises: 4, events: 2 };

test("I9: of one part only the latest state waits, and mail leaves by credit", () => {
  const box = new Mailbox(limits);
  for (const payload of ["1", "2", "3"]) box.put("state", mail("home/state/stove", payload));
  box.put("state", mail("home/state/link", "up"));
  expect(payloads(box.take())).toEqual(["3", "up"]);
  box.put("state", mail("home/state/stove", "4"));
  box.put("event", mail("home/event/x", "event"));
  expect(payloads(box.take())).toEqual(["4"]);
  expect(box.unhandled).toBe(3);
  expect(box.take()).toEqual([]);
  box.handled(2);
  expect(payloads(box.take())).toEqual(["event"]);
});

test("I9: announcements go first, events last; past a bound the oldest gives way", () => {
  const box = new Mailbox(limits);
  box.handled(0);
  for (const payload of ["e1", "e2", "e3"]) box.put("event", mail("e", payload));
  box.put("state", mail("s", "state"));
  for (const payload of ["a1", "a2", "a3", "a4", "a5"]) box.put("promise", mail("a", payload));
  expect(box.lost).toEqual({ promises: 1, events: 1 });
  expect(payloads(box.take())).toEqual(["a2", "a3", "a4"]);
  box.handled(3);
  expect(payloads(box.take())).toEqual(["a5", "state", "e2"]);
  box.handled(3);
  expect(payloads(box.take())).toEqual(["e3"]);
});

test("I5: what a dead worker had waits again in order; older state does not win", () => {
  const box = new Mailbox(limits);
  box.put("promise", mail("a", "a1"));
  box.put("state", mail("s", "old"));
  box.put("event", mail("e", "e1"));
  expect(payloads(box.take())).toEqual(["a1", "old", "e1"]);
  box.put("promise", mail("a", "a2"));
  box.put("state", mail("s", "new"));
  box.recall();
  expect(box.unhandled).toBe(0);
  expect(payloads(box.take())).toEqual(["a1", "a2", "new"]);
  box.recall();
  expect(payloads(box.take())).toEqual(["a1", "a2", "new"]);
  expect(box.lost).toEqual({ promises: 0, events: 1 });
});
