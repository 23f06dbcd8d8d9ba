/**
 * `npm run simulate -- --seeds 100000`: every simulation over many seeds, on all cores. Ends with 1
 * and the command that plays the failed seed again, or with 0 when none failed.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { startThread } from "../../platform/threads.ts";
import { replayCommand } from "../support/seeds.ts";
import { runCareLinkSeed } from "./care-link.ts";
import { runChoicesSeed } from "./choices.ts";
import { runEmergencySeed } from "./emergency.ts";
import { runHazardSeed } from "./hazard.ts";
import { runHomeLinkSeed } from "./home-link.ts";
import { runServicesSeed } from "./services.ts";
import { runStoveSeed } from "./stove.ts";
import { runSupervisionSeed } from "./supervision.ts";

type Simulate = (seed: number) => { readonly violations: readonly string[] };

/** Every simulation of whole days, by the name of its file. */
const simulations: Readonly<Record<string, Simulate>> = {
  "care-link": runCareLinkSeed,
  choices: runChoicesSeed,
  emergency: runEmergencySeed,
  hazard: runHazardSeed,
  "home-link": runHomeLinkSeed,
  services: runServicesSeed,
  stove: runStoveSeed,
  supervision: runSupervisionSeed,
};

/** How many seeds a worker runs before it tells how far it is. */
const batch = 20;

interface Share {
  readonly name: string;
  readonly first: number;
  readonly every: number;
  readonly last: number;
}

interface Told {
  readonly done: number;
  readonly failed?: { readonly seed: number; readonly violations: readonly string[] };
}

function work(share: Share, tell: (told: Told) => void): void {
  const simulate = simulations[share.name];
  if (simulate === undefined) throw new Error(`no simulation is called ${share.name}`);
  let done = 0;
  for (let seed = share.first; seed <= share.last; seed += share.every) {
    const { violations } = simulate(seed);
    done += 1;
    if (violations.length > 0) tell({ done: 0, failed: { seed, violations } });
    if (done % batch === 0) tell({ done: batch });
  }
  tell({ done: done % batch });
}

function say(text: string): void {
  process.stdout.write(text);
}

/** Runs one simulation over its seeds. Resolves to the number of seeds that failed. */
async function runAll(name: string, from: number, seeds: number): Promise<number> {
  const jobs = Math.min(availableParallelism(), seeds);
  const begun = performance.now();
  let done = 0;
  let failures = 0;
  const hear = (told: Told): void => {
    done += told.done;
    if (told.failed !== undefined) {
      failures += 1;
      const { seed, violations } = told.failed;
      const command = replayCommand(seed, `tests/simulation/${name}.test.ts`);
      say(`\n${name} seed ${seed}: ${violations[0]}\n  ${command}\n`);
    }
    const rate = (done * 1_000) / (performance.now() - begun);
    say(`\r${name}: ${done} of ${seeds} seeds, ${rate.toFixed(1)} per second, ${failures} failed `);
  };
  await Promise.all(
    Array.from({ length: jobs }, (_, job) => {
      const share: Share = { name, first: from + job, every: jobs, last: from + seeds - 1 };
      return new Promise<void>((resolve, reject) => {
        const worker = startThread(new URL(import.meta.url), { workerData: share });
        worker.on("message", hear);
        worker.on("error", reject);
        worker.on("exit", () => resolve());
      });
    }),
  );
  say("\n");
  return failures;
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`simulate: --${name} is ${text}; give a whole number above 0\n`);
  process.exit(78);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      only: { type: "string" },
    },
  });
  const names = Object.keys(simulations).filter((name) => (values.only ?? name) === name);
  if (names.length === 0) {
    const known = Object.keys(simulations).join(", ");
    process.stderr.write(`simulate: --only is ${values.only}; known are ${known}\n`);
    process.exit(78);
  }
  let failures = 0;
  for (const name of names) {
    failures += await runAll(name, count(values.from, "from"), count(values.seeds, "seeds"));
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

if (isMainThread) await main();
else work(workerData as Share, (told) => parentPort?.postMessage(told));
