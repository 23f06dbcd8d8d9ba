import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Reply, Request } from "../../../gateway/journal/line.ts";
import { runReplay } from "../../../gateway/journal/replay.ts";
import { replayJournal } from "../../../gateway/journal/rerun.ts";
import { seal } from "../../../gateway/journal/schema.ts";
import { findMemory } from "../../../gateway/journal/take-up.ts";
import { countOf, machines, motion, newDir, openRun, plan, press, testTime } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => {
  process.removeAllListeners("worker");
  place.rm();
});

const journal = (): string => join(place.dir, "journal.db");

/** Nobody can open or copy what stands in the place of the file. */
function hide(): void {
  renameSync(journal(), `${journal()}.away`);
  mkdirSync(journal());
}
function unhide(): void {
  rmdirSync(journal());
  renameSync(`${journal()}.away`, journal());
}

/** Workers that die over requests of this kind, as many as `times` says. */
function dyingOver(kind: Request["kind"], times: number): { died: number } {
  const count = { died: 0 };
  process.on("worker", (worker: Worker) => {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (request: Request) => {
      if (request.kind !== kind || count.died >= times) return post(request);
      count.died += 1;
      void worker.terminate();
    };
  });
  return count;
}

/** Thirty events behind the last snapshot, as after a crash. */
async function withTail(): Promise<number> {
  const run = await openRun({ dir: place.dir });
  for (let n = 0; n < 30; n += 1) await run.say(n % 10 === 3 ? press : motion(true));
  await run.journal.close();
  return countOf(run.state())?.heard ?? 0;
}

const snapshots = (): number => {
  const db = new Sqlite(journal(), { readonly: true });
  const count = db.prepare("SELECT count(*) FROM snapshots").pluck().get();
  db.close();
  return Number(count);
};

describe("I5: events that cannot be read at a start are not buried by it", () => {
  test("a worker that dies over a page is asked again, and nothing is missing", async () => {
    const heard = await withTail();
    const count = dyingOver("events", 2);
    const run = await openRun({ dir: place.dir, boot: "r2" });
    expect(count.died).toBe(2);
    expect(run.resumed.blind).toBe(false);
    expect(countOf(run.resumed.state)?.heard).toBe(heard);
    await run.journal.close();
  });

  test("a tail that nobody can read: the rules start from the snapshot, and write none", async () => {
    const heard = await withTail();
    const before = snapshots();
    dyingOver("events", Number.POSITIVE_INFINITY);
    const half = await openRun({ dir: place.dir, boot: "r2" });
    expect(half.resumed).toMatchObject({ blind: true, gapMs: null });
    expect(half.resumed.reports.join()).toContain("the rules start from those before");
    expect(countOf(half.resumed.state)?.heard).toBe(0);
    expect(half.resumed.pending).toHaveLength(3);
    await half.say(press);
    process.removeAllListeners("worker");
    await half.journal.close();
    expect(snapshots()).toBe(before);
    const next = await openRun({ dir: place.dir, boot: "r3" });
    expect(countOf(next.resumed.state)?.heard).toBe(heard + 1);
    await next.journal.close();
  });

  test("I1: a memory that another version wrote: the home is watched without it", async () => {
    await withTail();
    const db = new Sqlite(journal());
    const [seq, at] = db
      .prepare("SELECT seq, at FROM snapshots ORDER BY seq DESC LIMIT 1")
      .raw()
      .get() as [number, number];
    const state = "{}";
    db.prepare("UPDATE snapshots SET state = ?, crc = ? WHERE seq = ?").run(
      state,
      seal(seq, at, state),
      seq,
    );
    db.close();
    const run = await openRun({ dir: place.dir, boot: "r2" });
    expect(run.resumed).toMatchObject({ blind: true, state: undefined });
    expect(run.resumed.reports.join()).toContain("is of another version");
    expect(run.resumed.pending).toHaveLength(3);
    await run.say(press);
    await run.journal.close();
  });

  test("I1: a plan that another version wrote: the home is watched without its memory", async () => {
    await withTail();
    const db = new Sqlite(journal());
    const rows = db.prepare("SELECT seq, rules FROM plans").raw().all() as [number, string][];
    const text = "home: weber";
    for (const [seq, rules] of rows) {
      const cells = [text, seal(seq, rules, text), seq];
      db.prepare("UPDATE plans SET plan = ?, crc = ? WHERE seq = ?").run(...cells);
    }
    db.close();
    const run = await openRun({ dir: place.dir, boot: "r2" });
    expect(run.resumed).toMatchObject({ blind: true, state: undefined });
    await run.say(press);
    await run.journal.close();
  });

  test("I1: a memory that takes longer than a start may wait is started without", async () => {
    await withTail();
    const run = await openRun({ dir: place.dir, boot: "r2", limits: { openWithinMs: 0 } });
    expect(run.resumed).toMatchObject({ blind: true, state: undefined, gapMs: null });
    await run.say(press);
    await run.journal.close();
  });
});

describe("I5: a blind start is taken up", () => {
  test("once all can be read, the process is to start anew", async () => {
    await withTail();
    hide();
    const ends: string[] = [];
    const run = await openRun({ dir: place.dir, boot: "r2", fail: (why) => ends.push(why) });
    expect(run.resumed.blind).toBe(true);
    void run.say(press);
    unhide();
    await expect.poll(() => ends, { timeout: 20_000 }).toHaveLength(1);
    expect(ends[0]).toContain("can be read again; starting anew with it");
    await run.journal.close();
  });

  test("a home that never had a memory is not started anew, and remembers from now on", async () => {
    mkdirSync(journal());
    const ends: string[] = [];
    const run = await openRun({ dir: place.dir, fail: (why) => ends.push(why) });
    expect(run.resumed.blind).toBe(true);
    const said = [
      run.say({ kind: "gateway-started", boot: "r1", gapMs: null, blind: true }),
      run.say(press),
    ];
    rmdirSync(journal());
    await Promise.all(said);
    const snapshot = async (): Promise<string> => {
      const written = run.journal.snapshot(run.state()).then(
        () => "written",
        () => "refused",
      );
      await run.say(motion(true));
      return written;
    };
    await expect.poll(snapshot, { timeout: 20_000 }).toBe("written");
    expect(ends).toEqual([]);
    await run.journal.close();
  });

  test("alarms of the run without memory are open in the next, whatever the memory says", async () => {
    await withTail();
    hide();
    const blind = await openRun({ dir: place.dir, boot: "r2" });
    const said = [
      blind.say({ kind: "gateway-started", boot: "r2", gapMs: null, blind: true }),
      blind.say(press),
      blind.say(motion(true)),
    ];
    unhide();
    await Promise.all(said);
    await blind.journal.close();
    const next = await openRun({ dir: place.dir, boot: "r3" });
    expect(next.resumed.adrift.map(({ id }) => id)).toEqual(["r2-2:counter:alarm"]);
    // Its time was made up: nobody knows how long ago the last run was.
    expect(next.resumed.gapMs).toBeNull();
    await next.say({ kind: "gateway-started", boot: "r3", gapMs: null });
    await next.journal.close();
    const last = await openRun({ dir: place.dir, boot: "r4" });
    expect(last.resumed).toMatchObject({ adrift: [], blind: false });
    await last.journal.close();
  });

  test("I11: replay proves nothing of a run that knew less than the record does", async () => {
    await withTail();
    hide();
    const blind = await openRun({ dir: place.dir, boot: "r2" });
    const said = [
      blind.say({ kind: "gateway-started", boot: "r2", gapMs: null, blind: true }),
      blind.say(press),
    ];
    unhide();
    await Promise.all(said);
    await blind.journal.close();
    const replay = replayJournal(journal(), { machines });
    let found = replay.next();
    while (found.done !== true) found = replay.next();
    expect(found.value).toMatchObject({ events: 32, differences: 0, unproved: 2 });
  });

  test("a time that runs behind that of a blind run goes on from the latest all the same", async () => {
    const time = testTime();
    const first = await openRun({ dir: place.dir, time });
    await first.say(press);
    await first.journal.close();
    hide();
    const blind = await openRun({ dir: place.dir, time, boot: "r2" });
    const said = blind.say({ kind: "gateway-started", boot: "r2", gapMs: null, blind: true });
    unhide();
    await said;
    await blind.journal.close();
    const third = await openRun({ dir: place.dir, time, boot: "r3" });
    const far = third.resumed.now;
    await third.journal.close();
    hide();
    // A kernel that believes it is earlier than the blind run did.
    time.set({ boot: "boot-b", mono_ms: 5, wall: { wall_ms: 0, trusted: false } });
    const again = await openRun({ dir: place.dir, time, boot: "r4" });
    const more = again.say({ kind: "gateway-started", boot: "r4", gapMs: null, blind: true });
    unhide();
    await more;
    await again.journal.close();
    const last = await openRun({ dir: place.dir, time, boot: "r5" });
    expect(last.resumed.now).toBeGreaterThanOrEqual(far);
    await last.journal.close();
  });

  test("nobody is asked once the line has ended", async () => {
    let asked = 0;
    const line = {
      isEnded: false,
      ask: (): Promise<Reply> => {
        asked += 1;
        line.isEnded = true;
        return Promise.reject(new Error("the worker died"));
      },
    };
    const home = { dir: place.dir, machines, plan };
    expect(await findMemory(line, home)).toBeUndefined();
    expect(asked).toBe(1);
  });
});

describe("I5: time without a stamp", () => {
  test("a journal whose runs are lost does not begin at zero, with deadlines far ahead", async () => {
    const time = testTime();
    const first = await openRun({ dir: place.dir, time });
    await first.say(press);
    await first.journal.close();
    const db = new Sqlite(journal());
    db.exec("DELETE FROM runs");
    db.close();
    const second = await openRun({ dir: place.dir, time, boot: "r2" });
    expect(second.resumed.gapMs).toBeNull();
    expect(second.resumed.now).toBeGreaterThan(Date.UTC(2024, 0, 1));
    await second.journal.close();
  });
});

test("I11: a number that is taken is never given to another event", async () => {
  const run = await openRun({ dir: place.dir });
  await run.say(press);
  const db = new Sqlite(journal());
  db.exec(
    "INSERT INTO events SELECT seq + 1, at, wall, trusted, decided, 'x', kind, fact, crc FROM events",
  );
  db.close();
  await expect(run.say(motion(true))).rejects.toThrow("cannot be stored");
  const ids = new Sqlite(journal(), { readonly: true });
  expect(ids.prepare("SELECT id FROM events ORDER BY seq").pluck().all()).toEqual(["r1-1", "x"]);
  ids.close();
  await run.journal.close();
  expect(await runReplay(journal(), () => undefined)).not.toBe(70);
});
