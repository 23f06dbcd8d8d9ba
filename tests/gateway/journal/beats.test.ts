import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { WriteQueue } from "../../../gateway/journal/queue.ts";
import { openRun } from "./home.ts";

const beat = { kind: "peer-heard", holds: [] } as const;

async function rowsAfter(
  say: (run: Awaited<ReturnType<typeof openRun>>) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const dir = mkdtempSync(join(tmpdir(), "obhut-beats-"));
  const run = await openRun({ dir });
  await say(run);
  await run.journal.close();
  const db = new Database(join(dir, "journal.db"), { readonly: true });
  const kinds = db.prepare("select kind from events order by seq").pluck().all();
  db.close();
  rmSync(dir, { recursive: true });
  return kinds;
}

test("I9: of beats that wait only the last is a row, and all of them are answered", async () => {
  const kinds = await rowsAfter((run) =>
    Promise.all([
      ...[1, 2, 3, 4].map(() => run.say(beat, "beat")),
      run.say({ kind: "device-heard", device: "smoke" }, "idle"),
      run.say(beat, "beat"),
      run.say({ kind: "radio-lost", cause: "test" }, "now"),
    ]),
  );
  expect(kinds).toEqual(["device-heard", "peer-heard", "radio-lost"]);
});

test("I11: a beat before a deadline stays, so that a replay sees the link as it was", async () => {
  const kinds = await rowsAfter((run) =>
    Promise.all([
      run.say(beat, "beat"),
      run.say({ kind: "deadline-reached", lateMs: 0 }, "soon"),
      run.say(beat, "beat"),
      run.say({ kind: "radio-lost", cause: "test" }, "now"),
    ]),
  );
  expect(kinds).toEqual(["peer-heard", "deadline-reached", "peer-heard", "radio-lost"]);
});

test("I11: a snapshot has seen the beats before it; none after it takes their place", async () => {
  const kinds = await rowsAfter(async (run) => {
    void run.say(beat, "beat");
    void run.journal.snapshot(run.state());
    void run.say(beat, "beat");
    void run.say(beat, "beat");
  });
  expect(kinds).toEqual(["peer-heard", "peer-heard"]);
});

test("I9: a long stall with thousands of beats costs one row, and no deep call", async () => {
  const queue = new WriteQueue(8 * 1024 * 1024);
  const write = { kind: "beat", at: 0, wall: { wall_ms: 0, trusted: true } } as const;
  let told = 0;
  const answer = {
    done: () => {
      told += 1;
    },
    lost: () => undefined,
  };
  for (let n = 0; n < 20_000; n += 1) queue.pushBeat(write, answer);
  expect(queue.length).toBe(1);
  for (const { answers } of queue.take(1)) for (const { done } of answers) done();
  expect(told).toBe(20_000);
  expect(queue.bytes).toBe(0);
});
