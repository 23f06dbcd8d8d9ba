/** `npm run bench`: every figure the project promises, as a ratio measured in one run where it can be. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { recordDayWithBeats, timeReplay } from "../gateway/journal/day.ts";
import { abuse, releaseDisk, stallableDisk } from "./abuse.ts";
import { hanging } from "./hanging.ts";
import { House, pause } from "./house.ts";
import {
  bareRound,
  gatewayRound,
  medianSpread,
  reports,
  type Spread,
  spreadOf,
} from "./latency.ts";
import { type Row, report } from "./reporter.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    alarms: { type: "string", default: "500" },
  },
});
const quick = values.quick;
const rounds = quick ? 1 : 3;
const perRound = quick ? 3 : Number(values.alarms);
/** Under load the rounds are shorter: each alarm waits for what the load holds up. */
const perLoad = quick ? 3 : Math.min(perRound, 300);

const tell = (words: string): void => {
  process.stderr.write(`\r${words}                    \n`);
};

type Better = Row["better"];
const figure = (
  name: string,
  value: number,
  unit: string,
  target: number | null = null,
  better: Better = "lower",
): Row => ({ name, value, unit, target, better });

function spreadRows(name: string, { p50, p95, p99, max, count }: Spread): readonly Row[] {
  const of = `${name} (n=${count})`;
  return [
    figure(`${of} p50`, p50, "ms"),
    figure(`${of} p95`, p95, "ms"),
    figure(`${of} p99`, p99, "ms"),
    figure(`${of} max`, max, "ms"),
  ];
}

interface Idle {
  readonly bare: Spread;
  readonly gateway: Spread;
  readonly bareStart: number;
  readonly gatewayStart: number;
}

/** In turn, so that a machine that slows down slows both. */
async function idle(house: House): Promise<Idle> {
  const bare: (readonly number[])[] = [];
  const gateway: (readonly number[])[] = [];
  let gatewayStart = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= rounds; round += 1) {
    tell(`idle, round ${round} of ${rounds}: bare handler`);
    bare.push(await bareRound(house, perRound));
    tell(`idle, round ${round} of ${rounds}: gateway`);
    gatewayStart = Math.min(gatewayStart, await house.startGateway());
    await pause(1_500);
    gateway.push(await gatewayRound(house, perRound));
    await house.stopGateway();
  }
  const started = await house.startBare();
  await started.bare.kill("SIGTERM");
  return {
    bare: medianSpread(bare),
    gateway: medianSpread(gateway),
    bareStart: started.took,
    gatewayStart,
  };
}

/** Resident memory of a process and all its children, in MB. */
function treeRss(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const tree = [pid];
  for (const one of tree) for (const [child, of] of parents) if (of === one) tree.push(child);
  const kilobytes = tree.map((one) => {
    const status = readFileSync(`/proc/${one}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, next) => sum + next, 0) / 1_024;
}

async function day(): Promise<readonly Row[]> {
  tell("a day of 5,000 events, written and replayed");
  const folder = mkdtempSync(join(tmpdir(), "obhut-day-"));
  const written = await recordDayWithBeats(folder);
  const replayed = timeReplay(join(folder, "journal.db"));
  rmSync(folder, { recursive: true });
  return [
    figure(
      "disk written per day of 5,000 events and all beats",
      written.bytesWritten / 1e6,
      "MB",
      20,
    ),
    figure("replay of that day", replayed.seconds, "s", 1),
    figure("replay", written.events / replayed.seconds, "events/s", null, "higher"),
  ];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "obhut-bench-"));
  const stall = stallableDisk(folder);
  if (stall === undefined) tell("no root here: the abuse is measured without a stalling disk");
  const house = await House.build(folder);
  try {
    const still = await idle(house);
    await house.startGateway();
    await pause(quick ? 500 : 60_000);
    const rssStill = treeRss(house.gateway?.pid ?? 0);
    tell("100 reports a second");
    const endReports = reports(house);
    const busy = spreadOf(await gatewayRound(house, perLoad));
    endReports();
    tell("reads in flight: to a mute plug, then to twenty mute lights besides");
    const hung = await hanging(quick ? 1 : 10);
    tell("frozen tablet, flooding client, stalled disk, 100 reports a second");
    const endAbuse = await abuse(house, stall);
    const endMore = reports(house);
    const abused = spreadOf(await gatewayRound(house, perLoad));
    endMore();
    endAbuse();
    const rssAfter = treeRss(house.gateway?.pid ?? 0);
    const { bare, gateway } = still;
    report([
      ...spreadRows("bare herdsman, idle", bare),
      ...spreadRows("gateway, idle", gateway),
      figure("idle p50, gateway / bare", gateway.p50 / bare.p50, "x", 1.3),
      figure("idle p99, gateway / bare", gateway.p99 / bare.p99, "x", 2),
      ...spreadRows("gateway, 100 reports/s", busy),
      ...spreadRows("gateway, abused", abused),
      figure("abused p99 / its idle p99", abused.p99 / gateway.p99, "x", 3),
      figure(`read in flight to the mute plug (n=${hung.plug.count}) max`, hung.plug.max, "ms", 50),
      figure(`and to 20 mute lights (n=${hung.lights.count}) max`, hung.lights.max, "ms", 50),
      figure("start to protecting", still.gatewayStart / 1_000, "s"),
      figure("start, gateway / bare", still.gatewayStart / still.bareStart, "x"),
      figure("RSS of the gateway, after 60 s", rssStill, "MB", 160),
      figure("RSS of the gateway, after the abuse", rssAfter, "MB", 160),
      ...(await day()),
    ]);
  } finally {
    await house.close();
    releaseDisk(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`\nbench: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    process.exit(1);
  },
);
