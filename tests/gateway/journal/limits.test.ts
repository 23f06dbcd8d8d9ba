import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EntryWrite } from "../../../gateway/journal/encode.ts";
import { filesOf } from "../../../gateway/journal/files.ts";
import { openJournalFile } from "../../../gateway/journal/generation.ts";
import { type JournalLimits, journalLimits } from "../../../gateway/journal/limits.ts";
import { prune } from "../../../gateway/journal/prune.ts";
import { JournalStore } from "../../../gateway/journal/store.ts";
import { instant } from "../../../protocol/time.ts";
import { newDir, openRun, press } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => place.rm());

const hour = 3_600_000;

/** A store whose every event is an hour after the one before. */
function hourly(change: Partial<JournalLimits> = {}) {
  const limits = { ...journalLimits, ...change };
  const db = openJournalFile(join(place.dir, "journal.db"));
  const store = new JournalStore(db, limits);
  let at = 0;
  const add = (more: Partial<EntryWrite> = {}): readonly string[] => {
    at += hour;
    return store.commit([
      {
        kind: "entry",
        at,
        wall: { wall_ms: at, trusted: true },
        id: `e${at / hour}`,
        event: "device-heard",
        fact: "{}",
        outbox: [],
        opened: [],
        closed: [],
        ...more,
      },
    ]);
  };
  const message = (id: string, kind: string) => add({ outbox: [{ id, kind, body: "{}" }] });
  const snapshot = () => store.commit([{ kind: "snapshot", at, state: '{"machines":{}}' }]);
  const tidy = (): void => {
    while (prune(db, limits));
  };
  const seqs = () => store.events(0, 100_000).events.map(({ seq }) => seq);
  const pending = () => store.memory().pending.map(({ id }) => id);
  const snapshots = () =>
    db.prepare<[], number>("SELECT seq FROM snapshots ORDER BY seq").pluck().all();
  const leap = (ms: number): void => {
    at += ms;
  };
  const look = { now: () => at, seqs, pending, snapshots };
  return { db, store, add, leap, message, snapshot, tidy, ...look };
}

const days = (count: number): number => count * 24;

describe("I9: the journal is bounded, and says what gives way", () => {
  test("old events go up to a snapshot, which stays, so that the rest can be replayed", () => {
    const home = hourly({ keepDays: 10 });
    for (let n = 1; n <= days(30); n += 1) {
      home.add();
      if (n % 100 === 0) home.snapshot();
    }
    home.tidy();
    // The newest snapshot before the tenth day from the end, and every event since.
    expect(home.seqs()[0]).toBe(401);
    expect(home.seqs()).toHaveLength(320);
    expect(home.snapshots()).toEqual([400, 500, 600, 700]);
    home.db.close();
  });

  test("I5: the leap of a run that made its time up is no time: nothing goes for it", () => {
    const home = hourly({ keepDays: 10 });
    const stamp = (at: number) => ({
      at: instant(at),
      mono_ms: 0,
      boot: "b",
      wall: { wall_ms: at, trusted: true },
    });
    const run = (at: number) => home.store.commit([{ kind: "run", stamp: stamp(at) }]);
    const days = (count: number): void => {
      for (let n = 1; n <= count * 24; n += 1) {
        home.add();
        if (n % 24 === 0) home.snapshot();
      }
    };
    run(0);
    days(5);
    home.leap(Date.UTC(2025, 0, 1));
    run(home.now());
    days(3);
    home.tidy();
    expect(home.seqs()).toHaveLength(8 * 24);
    // Back again, behind the time that was made up; and six days more.
    home.leap(-Date.UTC(2024, 0, 1));
    run(home.now());
    days(6);
    home.tidy();
    // Ten days: six, three and one of the five.
    expect(home.seqs()[0]).toBeGreaterThan(3 * 24);
    expect(home.seqs()[0]).toBeLessThanOrEqual(4 * 24 + 1);
    home.db.close();
  });

  test("past so many events the oldest go, however young they are", () => {
    const home = hourly({ eventsMax: 150 });
    for (let n = 1; n <= 300; n += 1) {
      home.add();
      if (n % 50 === 0) home.snapshot();
    }
    home.tidy();
    expect(home.seqs()[0]).toBe(151);
    home.db.close();
  });

  test("without a snapshot nothing could be replayed, and twice as many are the end", () => {
    const home = hourly({ eventsMax: 100 });
    for (let n = 1; n <= 500; n += 1) home.add();
    home.tidy();
    expect(home.seqs()[0]).toBe(301);
    home.db.close();
  });

  test("I3: the evidence of an open alarm stays until a person has closed it", () => {
    const home = hourly({ keepDays: 1, evidenceMax: 5 });
    for (let n = 1; n <= 20; n += 1) home.add();
    home.snapshot();
    for (let n = 21; n <= 30; n += 1) home.add(n === 25 ? { opened: ["a"] } : {});
    for (let n = 31; n <= 200; n += 1) {
      home.add();
      if (n % 10 === 0) home.snapshot();
    }
    home.tidy();
    const evidence = [21, 22, 23, 24, 25, 26, 27, 28, 29, 30];
    expect(home.seqs().slice(0, 11)).toEqual([...evidence, 171]);
    expect(home.snapshots()).toContain(20);
    home.add({ closed: ["a"] });
    home.tidy();
    expect(home.seqs()[0]).toBe(171);
    expect(home.snapshots()).not.toContain(20);
    home.db.close();
  });

  test("of old snapshots one a day stays", () => {
    const home = hourly({ keepDays: 100 });
    for (let n = 1; n <= days(6); n += 1) {
      home.add();
      home.snapshot();
    }
    home.tidy();
    const lastDay = Array.from({ length: 25 }, (_, n) => 120 + n);
    expect(home.snapshots()).toEqual([1, 24, 48, 72, 96, ...lastDay]);
    home.db.close();
  });

  test("of the outbox the oldest message gives way, never an offer of custody or a closing", () => {
    const home = hourly({ outboxMax: 4 });
    expect(home.message("offer", "custody-offered")).toEqual([]);
    for (const id of ["f1", "f2", "f3"]) home.message(id, "fault");
    const said = home.message("closing", "closed");
    expect(said[0]).toContain("the outbox is full (4); 1 of the oldest messages");
    expect(home.pending()).toEqual(["offer", "f2", "f3", "closing"]);
    for (const id of ["o2", "o3", "o4", "o5"]) home.message(id, "custody-offered");
    expect(home.pending()).toEqual(["offer", "closing", "o2", "o3", "o4", "o5"]);
    home.db.close();
  });

  test("of the starts of the gateway the oldest are forgotten", async () => {
    for (let n = 0; n < 4; n += 1) {
      const run = await openRun({ dir: place.dir, limits: { runsMax: 2 } });
      await run.journal.close();
    }
    const db = openJournalFile(join(place.dir, "journal.db"), true);
    expect(db.prepare("SELECT run FROM runs").pluck().all()).toEqual([3, 4]);
    db.close();
  });

  test("of the generations the newest stay", async () => {
    const run = await openRun({ dir: place.dir, limits: { generationsMax: 2 } });
    for (let n = 0; n < 4; n += 1) {
      await run.say(press);
      await run.journal.tend(true);
    }
    await run.journal.close();
    const numbers = filesOf(place.dir, "generation").map((path) => /\d+(?=\.db)/.exec(path)?.[0]);
    expect(numbers).toEqual(["5", "4"]);
  });
});
