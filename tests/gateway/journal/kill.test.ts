import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { journalLimits } from "../../../gateway/journal/limits.ts";
import { openStore } from "../../../gateway/journal/recover.ts";
import { type EngineState, initialState, stepEngine } from "../../../rules/engine.ts";
import { seededRandom } from "../../support/random.ts";
import { machines, newDir, openRun, plan } from "./home.ts";

const place = newDir();
afterAll(() => place.rm());
const rounds = Number(process.env["OBHUT_KILL_ROUNDS"] ?? 10);

/** Lets a process append, kills it at a moment of the seed's choice, and returns what it was promised. */
async function appendUntilKilled(seed: number): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const script = fileURLToPath(new URL("./appender.ts", import.meta.url));
  const child = spawn(process.execPath, [script, place.dir, String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const enough = 1 + random.int(120);
  let said = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    said += text;
    if (said.split("\n").length > enough) child.kill("SIGKILL");
  });
  await once(child, "close");
  // A line that the kill cut in two was not said.
  return said
    .slice(0, said.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((id) => id !== "");
}

function recorded(): { readonly ids: readonly string[]; readonly state: EngineState } {
  const { store, reports } = openStore(place.dir, journalLimits);
  expect(reports).toEqual([]);
  const { events } = store.events(0, 1_000_000);
  store.db.close();
  let state = initialState(machines, plan);
  for (const { event } of events) state = stepEngine(machines, plan, state, event).state;
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
  return { ids: events.map(({ event }) => event.id), state };
}

describe("I5: kill -9 at any moment", () => {
  test(
    `${rounds} kills of a process that appends: all it was promised is there, in order`,
    async () => {
      const promised: string[] = [];
      for (let seed = 1; seed <= rounds; seed += 1) {
        promised.push(...(await appendUntilKilled(seed)));
        const { ids, state } = recorded();
        const there = new Set(ids);
        expect(
          promised.filter((id) => !there.has(id)),
          `seed ${seed}`,
        ).toEqual([]);
        expect(there.size, `seed ${seed}: nothing twice`).toBe(ids.length);
        const run = await openRun({ dir: place.dir });
        expect(run.resumed.reports, `seed ${seed}`).toEqual([]);
        expect(run.resumed.state, `seed ${seed}`).toEqual(state);
        await run.journal.close();
      }
      expect(promised.length).toBeGreaterThan(rounds);
    },
    12_000 * rounds,
  );
});
