import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countOf, motion, newDir, openRun, press, testTime } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => place.rm());

describe("a journal in a real file, with a real worker", () => {
  test("a new home has no memory and nothing to report", async () => {
    const run = await openRun({ dir: place.dir });
    expect(run.resumed).toEqual({ state: undefined, pending: [], now: 0, gapMs: 0, reports: [] });
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
});
