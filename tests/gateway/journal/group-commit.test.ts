import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { motion, newDir, openRun, press } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => place.rm());

/** What another process sees in the file. */
function inFile(sql: string): unknown[] {
  const db = new Sqlite(join(place.dir, "journal.db"), { readonly: true });
  const rows = db.prepare(sql).pluck().all();
  db.close();
  return rows;
}

const ids = (): unknown[] => inFile("SELECT id FROM events ORDER BY seq");

describe("group commit", () => {
  test("I2: when the promise resolves, the entry is in the file for everybody to read", async () => {
    const run = await openRun({ dir: place.dir });
    for (let n = 0; n < 20; n += 1) {
      const id = await run.say(n % 5 === 0 ? press : motion(true));
      expect(ids().at(-1)).toBe(id);
    }
    await run.journal.close();
  });

  test("an urgent entry takes along all that waits, in the order in which it was said", async () => {
    const run = await openRun({ dir: place.dir });
    const order: string[] = [];
    const note = (said: Promise<string>): Promise<unknown> => said.then((id) => order.push(id));
    const waiting = [1, 2, 3].map(() => note(run.say(motion(true), "soon")));
    await Promise.all([...waiting, note(run.say(press))]);
    expect(order).toEqual(["r1-1", "r1-2", "r1-3", "r1-4"]);
    expect(ids()).toEqual(order);
    await run.journal.close();
  });

  test("routine reports wait for company: nothing of them is in the file before", async () => {
    const run = await openRun({ dir: place.dir });
    await run.say(press);
    const soon = run.say(motion(true), "soon");
    await new Promise((resolve) => setImmediate(resolve));
    expect(ids()).toEqual(["r1-1"]);
    await run.journal.close();
    expect(await soon).toBe("r1-2");
    expect(ids()).toEqual(["r1-1", "r1-2"]);
  });

  test("what is said while a commit is under way shares the next one", async () => {
    const run = await openRun({ dir: place.dir });
    await run.say(press);
    // Another process holds the file: the commit of the next entry takes as long as that.
    const holder = new Sqlite(join(place.dir, "journal.db"));
    holder.exec("BEGIN IMMEDIATE");
    const first = run.say(motion(true));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const rest = Array.from({ length: 50 }, () => run.say(motion(false)));
    holder.exec("COMMIT");
    const written = holder.pragma("data_version", { simple: true });
    await first;
    expect(holder.pragma("data_version", { simple: true })).not.toBe(written);
    await Promise.all(rest);
    expect(ids()).toHaveLength(52);
    holder.close();
    await run.journal.close();
  });

  test("close writes what waits, and gateway time goes on from there", async () => {
    const run = await openRun({ dir: place.dir });
    void run.say(motion(true), "soon");
    void run.journal.snapshot(run.state());
    await run.journal.close();
    const next = await openRun({ dir: place.dir });
    expect(next.resumed.now).toBeGreaterThanOrEqual(1_000);
    expect(next.resumed.state).toEqual(run.state());
    await next.journal.close();
  });

  test("a row that cannot be stored holds up nobody else's, and is named", async () => {
    const run = await openRun({ dir: place.dir });
    await run.say(press);
    const event = { kind: "radio-ready", id: "odd", at: Number.NaN } as never;
    const wall = run.clock.wall();
    const entry = { event, wall, decisions: [], effects: [], outbox: [] };
    const odd = expect(run.journal.append(entry, "soon")).rejects.toThrow("cannot be stored");
    await run.say(press);
    await odd;
    expect(ids()).toEqual(["r1-1", "r1-2"]);
    expect(run.reports.join(" ")).toContain("It is lost: event odd (radio-ready)");
    await run.journal.close();
  });
});
