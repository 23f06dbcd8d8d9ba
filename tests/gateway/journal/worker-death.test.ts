import type { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import type { Write } from "../../../gateway/journal/encode.ts";
import { Keeper } from "../../../gateway/journal/keeper.ts";
import { journalLimits } from "../../../gateway/journal/limits.ts";
import { openStore } from "../../../gateway/journal/recover.ts";
import { seededRandom } from "../../support/random.ts";
import { motion, newDir, openRun, press } from "./home.ts";

const place = newDir();
const workers: Worker[] = [];
const seen = (worker: Worker): void => void workers.push(worker);
process.on("worker", seen);
afterEach(() => {
  process.off("worker", seen);
  place.rm();
});

test("I2: the worker dies over its batches; all is written once, in order, and it is said", async () => {
  const random = seededRandom(4);
  const run = await openRun({ dir: place.dir });
  const expected: string[] = [];
  for (let death = 0; death < 5; death += 1) {
    const all: Promise<string>[] = [];
    for (let n = 0; n < 40; n += 1) {
      all.push(run.say(n % 9 === 0 ? press : motion(true), random.chance(0.5) ? "now" : "soon"));
      if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
      if (n === 10 + random.int(25)) void workers.at(-1)?.terminate();
    }
    await workers.at(-1)?.terminate();
    all.push(run.say(press));
    expected.push(...(await Promise.all(all)));
  }
  expect(run.reports.join(" ")).toContain("its worker died");
  await run.journal.close();
  const { store, reports } = openStore(place.dir, journalLimits);
  const { events } = store.events(0, 10_000);
  store.db.close();
  expect(reports).toEqual([]);
  expect(events.map(({ event }) => event.id)).toEqual(expected);
});

test("I2: a batch that comes again with more in it adds what is new, and nothing twice", () => {
  const { dir, rm } = newDir();
  const keeper = new Keeper({ dir, limits: journalLimits });
  const entry = (id: string): Write => ({
    kind: "entry",
    at: 1,
    wall: { wall_ms: 1, trusted: true },
    id,
    event: "radio-ready",
    fact: "{}",
    outbox: [],
    opened: [],
    closed: [],
  });
  const commit = (resent: boolean, ...ids: string[]) =>
    keeper.answer({ kind: "commit", writes: ids.map(entry), resent });
  commit(false, "a", "b");
  commit(true, "a", "b", "c");
  commit(true, "d");
  commit(true, "d");
  commit(false, "e");
  expect(commit(true, "e", "f")).toMatchObject({ kind: "done", lost: [] });
  const reply = keeper.answer({ kind: "events", after: 0, limit: 100 });
  const events = reply.kind === "events" ? reply.page.events : [];
  expect(events.map(({ event }) => event.id)).toEqual(["a", "b", "c", "d", "e", "f"]);
  keeper.answer({ kind: "close" });
  rm();
});
