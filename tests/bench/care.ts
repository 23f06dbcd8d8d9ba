/**
 * `npm run bench:care`: how many homes one process of the care service bears, with the homes beside
 * it on the same machine. `--homes 1000,5000` is the default; `--full` goes up to what the kernel's
 * limit of descriptors leaves; `--broker` measures mosquitto and PostgreSQL as well.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { issueCredential } from "../../platform/credentials.ts";
import { startPostgres } from "../support/postgres.ts";
import {
  type BenchSwarm,
  cpuSeconds,
  descriptorsMax,
  pause,
  type Running,
  residentMegabytes,
  startPlace,
  startSwarm,
} from "./care-setup.ts";
import type { SwarmAnswer } from "./care-swarm.ts";
import { exitCode, meets, percentile, type Row, report } from "./reporter.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    homes: { type: "string" },
    full: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    broker: { type: "boolean", default: false },
    "only-broker": { type: "boolean", default: false },
    /** Folder that takes a profile of the care service's processor time. */
    profile: { type: "string" },
    program: { type: "string", default: "dist/care/main.js" },
  },
});
const { full, quick } = values;

/** Targets of the issue; a published receiver takes 1,000 reports/s of 40,000 panels. */
const target = { homes: 20_000, idleMs: 500, stormMs: 5_000, reports: 1_000 };

const limit = descriptorsMax();
/** What is left of the descriptors for homes, beside files, pipes and threads. */
const mostHomes = Math.min(target.homes, Math.floor((limit - 500) / 100) * 100);
const ladder = full ? [1_000, 5_000, 10_000, mostHomes] : quick ? [200] : [1_000, 5_000];
const homesList = values.homes?.split(",").map(Number) ?? ladder;

const seconds = (long: number): number => (quick ? 3_000 : long * 1_000);

const tell = (words: string): void => void process.stderr.write(`${words}\n`);

const row = (
  name: string,
  value: number,
  unit: string,
  aim: number | null = null,
  better: Row["better"] = "lower",
): Row => ({ name, value, unit, target: aim, better });

/**
 * Homes that are measured have a process of their own, which is never as busy as that of the crowd:
 * how long thousands of homes need to shake hands must not count as the care service's delay.
 */
interface Rung {
  readonly name: string;
  readonly homes: number;
  readonly place: Running;
  readonly crowd: BenchSwarm;
  readonly witnesses: BenchSwarm;
}

type Order = Parameters<BenchSwarm["ask"]>[0];

interface Both {
  readonly few: SwarmAnswer;
  readonly up: number;
  readonly ms: number;
  readonly causes: Readonly<Record<string, number>>;
}

/** Asks both; the witnesses' storm lasts as long as that of the crowd. */
async function askBoth({ crowd, witnesses }: Rung, many: Order, few: Order): Promise<Both> {
  const witnessed = witnesses.ask(few);
  const all = await crowd.ask(many);
  await witnesses.ask({ kind: "calm" });
  const found = await witnessed;
  const causes = { ...found.causes };
  for (const [why, count] of Object.entries(all.causes)) causes[why] = count + (causes[why] ?? 0);
  return { few: found, up: all.up + found.up, ms: Math.max(all.ms, found.ms), causes };
}

async function connectRows(rung: Rung): Promise<readonly Row[]> {
  const { name, homes, place } = rung;
  const before = residentMegabytes(place.pid);
  const order = { kind: "connect", perSecond: 200, withinMs: 30_000 + homes * 10 } as const;
  const { up, ms, causes } = await askBoth(rung, order, order);
  if (up < homes) tell(`${name}: only ${up} came up: ${JSON.stringify(causes)}`);
  await pause(seconds(5));
  const after = residentMegabytes(place.pid);
  return [
    row(`${name}: start`, place.startMs / 1_000, "s"),
    row(`${name}: homes connected`, up, "homes", homes, "higher"),
    row(`${name}: first connecting`, ms / 1_000, "s"),
    row(`${name}: RSS of the care service before the homes came`, before, "MB"),
    row(`${name}: RSS of the care service`, after, "MB"),
    row(`${name}: RSS for each home`, (after / homes) * 1_024, "kB"),
  ];
}

async function idleRows({ name, place, crowd, witnesses, homes }: Rung): Promise<readonly Row[]> {
  const cpu = cpuSeconds(place.pid);
  const still = seconds(10);
  await crowd.ask({ kind: "beats", window: 0, forMs: still });
  const share = (cpuSeconds(place.pid) - cpu) / (still / 1_000);
  const { sent, lost } = await witnesses.ask({ kind: "alarms", perSecond: 5, forMs: seconds(40) });
  const of = `${name}: idle, alarm to custody (n=${sent.length})`;
  return [
    row(`${name}: processor, only beats (${(homes / 60).toFixed(0)}/s)`, share * 100, "%"),
    row(`${of} p50`, percentile(sent, 50), "ms"),
    row(`${of} p99`, percentile(sent, 99), "ms", target.idleMs),
    row(`${name}: idle, alarms without custody`, lost, "alarms", 0),
  ];
}

async function rateRows({ name, crowd }: Rung): Promise<readonly Row[]> {
  const perSecond = ({ count, ms }: { count: number; ms: number }) => count / (ms / 1_000);
  const window = 1_000;
  const beats = await crowd.ask({ kind: "beats", window, forMs: seconds(10) });
  await pause(2_000);
  const faults = await crowd.ask({ kind: "faults", window, forMs: seconds(10) });
  await pause(5_000);
  return [
    row(`${name}: beats answered at most`, perSecond(beats), "1/s", null, "higher"),
    row(
      `${name}: fault reports on disk at most`,
      perSecond(faults),
      "1/s",
      target.reports,
      "higher",
    ),
  ];
}

async function stormRows(rung: Rung): Promise<readonly Row[]> {
  const { name, place, homes } = rung;
  const cpu = cpuSeconds(place.pid);
  const withinMs = 60_000 + (homes / 50) * 1_000;
  const found = await askBoth(
    rung,
    { kind: "storm", perSecond: 0, withinMs },
    { kind: "storm", perSecond: 20, withinMs },
  );
  const { up, ms, causes, few } = found;
  const share = (cpuSeconds(place.pid) - cpu) / (ms / 1_000);
  const of = `${name}: storm, alarm to custody (n=${few.sent.length})`;
  tell(`${name}: storm: ${JSON.stringify(causes)}`);
  return [
    row(`${name}: storm, all back (${up})`, up === homes ? ms / 1_000 : Number.NaN, "s"),
    row(`${name}: storm, processor`, share * 100, "%"),
    row(`${of} p50`, percentile(few.sent, 50), "ms"),
    row(`${of} p99`, percentile(few.sent, 99), "ms", target.stormMs),
    row(
      `${name}: storm, raised to custody, way back included, p50`,
      percentile(few.raised, 50),
      "ms",
    ),
    row(
      `${name}: storm, raised to custody, way back included, p99`,
      percentile(few.raised, 99),
      "ms",
    ),
    row(`${name}: storm, alarms without custody`, few.lost, "alarms", 0),
  ];
}

async function climb(results: string, homes: number, url?: string): Promise<readonly Row[]> {
  const kind = url === undefined ? "embedded" : "mosquitto + PostgreSQL";
  const name = `${kind}, ${homes} homes`;
  const folder = mkdtempSync(join(results, "care-"));
  const password = issueCredential().secret;
  const { program, profile } = values;
  const foreign = url === undefined ? undefined : { postgresUrl: url };
  tell(`${name}: starting`);
  const place = await startPlace({ folder, homes, program, password, foreign, profile });
  const few = Math.min(200, Math.floor(homes / 5));
  const crowd = await startSwarm({ ...place.swarm, homes: homes - few });
  const witnesses = await startSwarm({ ...place.swarm, first: homes - few, homes: few });
  const rung = { name, homes, place, crowd, witnesses };
  const rows: Row[] = [];
  try {
    for (const part of [connectRows, idleRows, rateRows, stormRows]) {
      const found = await part(rung);
      for (const { name: of, value, unit } of found) tell(`${of}: ${value.toFixed(1)} ${unit}`);
      rows.push(...found);
    }
  } finally {
    crowd.stop();
    witnesses.stop();
    await place.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

/** The highest number of homes with which every target was met. */
function kneeRow(kind: string, met: readonly number[]): Row {
  const words = `${kind}: homes with every target met (at most ${limit} descriptors a process here)`;
  const most = Math.max(0, ...met);
  return row(words, most, "homes", full ? target.homes : null, "higher");
}

async function measure(): Promise<readonly Row[]> {
  const results = join(process.cwd(), "bench-results");
  mkdirSync(results, { recursive: true });
  tell(`this machine allows ${limit} descriptors to a process`);
  const rows: Row[] = [];
  const climbAll = async (kind: string, urlOf: () => Promise<string | undefined>) => {
    const met: number[] = [];
    for (const homes of homesList) {
      const found = await climb(results, homes, await urlOf());
      if (found.every(meets)) met.push(homes);
      rows.push(...found);
    }
    rows.push(kneeRow(kind, met));
  };
  if (!values["only-broker"]) await climbAll("embedded", async () => undefined);
  if (!values.broker && !values["only-broker"]) return rows;
  const postgres = await startPostgres();
  try {
    await climbAll("mosquitto + PostgreSQL", () => postgres.database());
  } finally {
    await postgres.close();
  }
  return rows;
}

measure().then(
  (rows) => {
    report(rows);
    process.exit(exitCode(rows, quick));
  },
  (thrown: unknown) => {
    process.stderr.write(`\nbench: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    process.exit(1);
  },
);
