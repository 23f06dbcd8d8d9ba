import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
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
