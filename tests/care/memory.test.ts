import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HomeLink, type HomeLinkListener } from "../../care/home-link.ts";
import type { OutboxMessage } from "../../gateway/ports.ts";
import type { DownMessage } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { careTopics } from "../../protocol/topics.ts";
import { until } from "../../sim/demo/process.ts";
import { alarmOf, maier, offerOf } from "./care-rig.ts";
import { entryOf, importOf, type Opened, openedStore } from "./store/places.ts";

let folder: string;
let one: Opened;
let link: HomeLink;
let receipts: string[];
let heard: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "obhut-memory-"));
  const place = { sqliteFile: join(folder, "care.db") };
  const before = await openedStore(place, { imports: [importOf("weber")] });
  await before.write(entryOf("weber", { message: "m1" }));
  await before.close();
  one = await openedStore(place);
  receipts = [];
  heard = [];
  link = new HomeLink({
    home: "weber",
    kept: one.homes[0],
    clock: { now: () => instant(performance.now()), wall: () => ({ wall_ms: 1, trusted: true }) },
    boot: "boot",
    store: one.store,
    publish: (topic, text) => {
      const { body } = JSON.parse(text) as DownMessage;
      if (topic === careTopics("weber").down && body.kind === "receipt") receipts.push(body.of);
    },
    warn: (words) => {
      throw new Error(words);
    },
  });
});

afterEach(async () => {
  link.stop();
  await one.close();
  rmSync(folder, { recursive: true, force: true });
});

const listener: HomeLinkListener = {
  message: ({ id }, durable) => {
    heard.push(id);
    durable();
  },
  beat: () => undefined,
  holds: () => [],
};

function say({ id, body }: OutboxMessage): void {
  const head = { home: "weber", boot: "h", at_ms: 1, wall_ms: 1, wall_trusted: true };
  const text = JSON.stringify({ id, ...head, body });
  link.receive(careTopics("weber").up, Buffer.from(text), listener);
}

const coming = (id: string): OutboxMessage => ({
  id,
  body: { kind: "accepted", alarmId: "a1", by: maier, nth: 1 },
});

test("I5: what was taken before a restart is not heard again, but gets its receipt", async () => {
  say(coming("m1"));
  say(coming("m2"));
  await until("both have a receipt", () => (receipts.length === 2 ? true : undefined));
  expect(receipts).toEqual(["m1", "m2"]);
  expect(heard).toEqual(["m2"]);
});

test("I1: an alarm does not wait until the memory is read", () => {
  say(coming("m2"));
  say(offerOf("m3", alarmOf("a1")));
  expect(heard).toEqual(["m3"]);
});

test("I1: without an answer of the disk the home is heard all the same", async () => {
  await one.store.close();
  say(coming("m2"));
  await until("it is heard", () => (heard.includes("m2") ? true : undefined));
});
