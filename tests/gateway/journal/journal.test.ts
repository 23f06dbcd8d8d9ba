import { mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Machine } from "../../../rules/machine.ts";
import { countOf, machines, motion, newDir, openRun, press, testTime } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => place.rm());

describe("a journal in a real file, with a real worker", () => {
  test("a new home has no memory and nothing to report", async () => {
    const run = await openRun({ dir: place.dir });
    const nothing = { state: undefined, pending: [], adrift: [], reports: [] };
    expect(run.resumed).toEqual({ ...nothing, blind: false, now: 0, gapMs: 0 });
    await run.journal.close();
    expect(run.reports).toEqual([]);
  });

  test("I5: after a restart the rules know all that was appended", async () => {
    const first = await openRun({ dir: place.dir });
    for (let n = 0; n < 5; n += 1) await first.say(motion(n % 2 === 0));
    await first.say(press);
    await first.journal.close();
    const second = await openRun({ dir: place.dir });
    expect(second.resumed.state).toEqual(first.state());
    expect(countOf(second.resumed.state)?.presses).toBe(1);
    expect(second.resumed.pending.map(({ id }) => id)).toEqual(["r1-6/0"]);
    expect(second.reports).toEqual([]);
    await second.journal.close();
  });

  test("a settled message does not come back", async () => {
    const first = await openRun({ dir: place.dir });
    await first.say(press);
    await first.say(press);
    first.journal.settle("r1-1/0");
    await first.journal.close();
    const second = await openRun({ dir: place.dir });
    expect(second.resumed.pending.map(({ id }) => id)).toEqual(["r1-2/0"]);
    await second.journal.close();
  });

  test("I9: files are for their owner only", async () => {
    const run = await openRun({ dir: place.dir, time: testTime() });
    await run.say(press);
    expect(statSync(`${place.dir}/journal.db`).mode & 0o777).toBe(0o600);
    expect(statSync(`${place.dir}/journal.db-wal`).mode & 0o777).toBe(0o600);
    await run.journal.close();
  });

  test("I5: gateway time goes on over restarts, whatever wall time does", async () => {
    const time = testTime();
    const first = await openRun({ dir: place.dir, time });
    await first.say(press);
    await first.journal.close();
    // A time server sets the clock three weeks back; the kernel runs on.
    time.pass(90_000);
    time.set({ wall: { wall_ms: Date.UTC(2025, 4, 10), trusted: true } });
    const second = await openRun({ dir: place.dir, time, boot: "r2" });
    expect(second.resumed.gapMs).toBe(90_000);
    expect(second.resumed.now).toBe(91_000);
    await second.say(press);
    await second.journal.close();
    // A power cut; the clock starts years ago and nobody has set it yet.
    time.set({ boot: "boot-b", mono_ms: 4_000, wall: { wall_ms: 0, trusted: false } });
    const third = await openRun({ dir: place.dir, time, boot: "r3" });
    expect(third.resumed.gapMs).toBe(null);
    expect(third.resumed.now).toBe(92_000);
    time.pass(500);
    expect(third.clock.now()).toBe(92_500);
    await third.journal.close();
  });

  test("a rule that throws on an old event does not keep the home from starting", async () => {
    const first = await openRun({ dir: place.dir });
    await first.say(press);
    await first.say(motion(true));
    // As after a crash: the last snapshot lies before both.
    await first.journal.close();
    const list = {
      counter: {
        ...machines["counter"],
        step: (...[state, event, around]: Parameters<Machine<unknown>["step"]>) => {
          if (event.kind === "motion-sensed") throw new Error("a fault of the program");
          return machines["counter"]?.step(state, event, around);
        },
      },
    } as typeof machines;
    const second = await openRun({ dir: place.dir, list });
    expect(countOf(second.resumed.state)?.presses).toBe(1);
    expect(second.resumed.reports[0]).toContain("a rule failed on 1 of the last events");
    await second.journal.close();
  });

  test("I5: a place that is a file, not a directory: the home is watched, and it is said", async () => {
    const path = `${place.dir}/taken`;
    writeFileSync(path, "");
    const run = await openRun({ dir: path });
    expect(run.resumed.state).toBe(undefined);
    expect(run.resumed.reports.length).toBeGreaterThan(0);
    void run.say(press).catch(() => undefined);
    rmSync(path);
    await run.say(motion(true));
    await run.journal.close();
    const next = await openRun({ dir: path });
    expect(next.resumed.state).toEqual(run.state());
    await next.journal.close();
  });

  test("I5: a memory that cannot be read at a start is not buried by that start", async () => {
    const first = await openRun({ dir: place.dir });
    await first.say(press);
    await first.journal.close();
    // Nobody can open or copy what stands in the place of the file.
    renameSync(`${place.dir}/journal.db`, `${place.dir}/away`);
    mkdirSync(`${place.dir}/journal.db`);
    const blind = await openRun({ dir: place.dir, boot: "r2" });
    expect(blind.resumed).toMatchObject({ state: undefined, gapMs: null });
    expect(blind.reports.join(" ")).toContain("taken up as soon as it can be read");
    // A deadline of the time before must not lie in a far future.
    expect(blind.resumed.now).toBeGreaterThan(first.clock.now());
    const said = [blind.say(press), blind.say(motion(true))];
    await expect(blind.journal.snapshot(blind.state())).rejects.toThrow("without memory");
    rmdirSync(`${place.dir}/journal.db`);
    renameSync(`${place.dir}/away`, `${place.dir}/journal.db`);
    await Promise.all(said);
    await blind.journal.close();
    const third = await openRun({ dir: place.dir, boot: "r3" });
    expect(countOf(third.resumed.state)).toMatchObject({ heard: 3, presses: 2 });
    expect(third.resumed.pending.map(({ id }) => id)).toEqual(["r1-1/0", "r2-1/0"]);
    expect(third.resumed.now).toBeGreaterThanOrEqual(blind.resumed.now);
    await third.journal.close();
  });
});
