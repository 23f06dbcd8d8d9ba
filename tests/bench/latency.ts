/** Alarm frame to `off` frame: the gateway against a bare herdsman handler, in turn, in one run. */
import type { House } from "./house.ts";
import { pause } from "./house.ts";
import { percentile } from "./reporter.ts";

/** Quiet before each alarm, the same for both: nothing of the alarm before is under way any more. */
const gapMs = 80;
/** What a gateway needs between two alarms, and the bare handler waits. */
const restMs = 30;
/** Alarms that only warm up. */
const firstAlarms = 5;

/** 100 frames a second: two for each walk past a motion sensor. */
export function reports(house: House): () => void {
  const sensors = ["bath-motion", "hall-motion", "bedroom-motion", "living-motion"];
  let next = 0;
  const timer = setInterval(() => {
    house.home.device(sensors[next % sensors.length] ?? "").act("walk", 5);
    next += 1;
  }, 20);
  return () => clearInterval(timer);
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    p99: percentile(values, 99),
    max: Math.max(...values),
    count: values.length,
  };
}

export const median = (values: readonly number[]): number => percentile(values, 50);

/** A figure per round, and the median of the rounds: one disturbed round decides nothing. */
export function medianSpread(rounds: readonly (readonly number[])[]): Spread {
  const spreads = rounds.map(spreadOf);
  const middle = (of: keyof Spread): number => median(spreads.map((one) => one[of]));
  return {
    p50: middle("p50"),
    p95: middle("p95"),
    p99: middle("p99"),
    max: Math.max(...spreads.map(({ max }) => max)),
    count: spreads.reduce((sum, { count }) => sum + count, 0),
  };
}

/** Alarms against the bare handler, at the pace at which a gateway can hear them; and its start. */
export async function bareRound(house: House, alarms: number) {
  const { bare, took } = await house.startBare();
  const found: number[] = [];
  for (let nth = 0; nth < alarms + firstAlarms; nth += 1) {
    house.home.device("kitchen-smoke").act("clear");
    await pause(restMs + gapMs);
    const ms = await house.alarm();
    if (nth >= firstAlarms) found.push(ms);
  }
  await bare.kill("SIGTERM");
  return { found, took };
}

/** Alarms against the gateway that runs, through rules, journal, broker and care service. */
export async function gatewayRound(house: House, alarms: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let nth = 0; nth < alarms + firstAlarms; nth += 1) {
    await house.afterCut();
    await pause(gapMs);
    const ms = await house.alarm();
    if (nth >= firstAlarms) found.push(ms);
    process.stderr.write(`\r  alarm ${nth + 1 - firstAlarms} of ${alarms}   `);
  }
  await house.afterCut();
  return found;
}
