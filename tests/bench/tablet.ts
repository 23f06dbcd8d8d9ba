/**
 * `npm run bench:tablet`: how soon the resident's page is there on a slow tablet, what it weighs,
 * how long a touch takes until it is true on the screen, and whether a day makes it grow. Real
 * gateway in its built form, virtual home, care service, Chromium. Ends with 1 where a target is
 * missed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { root } from "../house/source.ts";
import { pairedContext, startTabletRig, type TabletRig } from "../web/tablet-rig.ts";
import { pause } from "./house.ts";
import { exitCode, percentile, type Row, report } from "./reporter.ts";
import { aDay } from "./tablet-day.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    presses: { type: "string", default: "100" },
  },
});
const quick = values.quick;
const loads = quick ? 2 : 15;
const presses = quick ? 3 : Number(values.presses);
const dayPart = quick ? 0.02 : 1;
/** A tablet for 80 euros against this machine: what browser makers throttle for a slow phone. */
const slowdown = 6;
/** "Fast 3G" of Chromium's own developer tools: 1.6 Mbit/s and 150 ms. */
const slowNet = { offline: false, latency: 150, downloadThroughput: 2e5, uploadThroughput: 9e4 };
/** So long without a long task, and the page answers at once. */
const quietMs = 500;

const tell = (words: string): void => {
  process.stderr.write(`\r${words}                    \n`);
};

const figure = (name: string, value: number, unit: string, target: number | null = null): Row => ({
  name,
  value,
  unit,
  target,
  better: "lower",
});

const probeSource = readFileSync(join(root, "tests/bench/tablet-probe.js"), "utf8");

interface Press {
  readonly at: number;
  readonly seen?: number;
  readonly stored?: number;
  readonly withCare?: number;
}

interface Probe {
  readonly painted?: number;
  readonly ready?: number;
  readonly tasks: readonly (readonly [start: number, ms: number])[];
  readonly press?: Press;
}

const probeOf = (page: Page): Promise<Probe> =>
  page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe);

/** When the help button stands there and the page is not busy any more: a touch is heard at once. */
function interactiveAt({ painted = Number.NaN, tasks }: Probe): number {
  let at = painted;
  for (const [start, ms] of tasks) if (start < at + quietMs) at = Math.max(at, start + ms);
  return at;
}

interface Load {
  readonly painted: number;
  readonly interactive: number;
  readonly ready: number;
  readonly bytes: number;
  readonly script: number;
}

interface Slow {
  readonly cpu: number;
  readonly net?: typeof slowNet;
}

/** A page that nobody has opened before, with an empty cache. */
async function open(rig: TabletRig, { cpu, net }: Slow) {
  const secret = rig.house.rig.files.tokens["tablet"] ?? "";
  const context = await pairedContext(rig.browser, rig.origin, { client: "tablet", secret });
  const page = await context.newPage();
  await page.addInitScript(probeSource);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const types = new Map<string, string>();
  const sum = { bytes: 0, script: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    sum.bytes += encodedDataLength;
    if (types.get(requestId) === "Script") sum.script += encodedDataLength;
  });
  if (net !== undefined) await session.send("Network.emulateNetworkConditions", net);
  if (cpu > 1) await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  await page.goto(`${rig.origin}/tablet/`);
  await page.locator(".readiness.ready").waitFor({ timeout: 60_000 });
  return { page, sum };
}

async function loadOnce(rig: TabletRig, slow: Slow): Promise<Load> {
  const { page, sum } = await open(rig, slow);
  await pause(slow.cpu * quietMs);
  const probe = await probeOf(page);
  await page.context().close();
  const { painted = Number.NaN, ready = Number.NaN } = probe;
  return { painted, ready, interactive: interactiveAt(probe), ...sum };
}

async function loadRows(rig: TabletRig): Promise<readonly Row[]> {
  const kinds = [
    { name: "", slow: { cpu: 1 }, target: null },
    { name: `, CPU x${slowdown}`, slow: { cpu: slowdown }, target: 1_500 },
    { name: `, CPU x${slowdown} and 3G`, slow: { cpu: slowdown, net: slowNet }, target: null },
  ];
  const rows: Row[] = [];
  let weight: Load | undefined;
  for (const { name, slow, target } of kinds) {
    const found: Load[] = [];
    for (let nth = 1; nth <= loads; nth += 1) {
      tell(`page opened${name}: ${nth} of ${loads}`);
      found.push(await loadOnce(rig, slow));
    }
    const middle = (of: "painted" | "interactive" | "ready"): number =>
      percentile(
        found.map((one) => one[of]),
        50,
      );
    rows.push(
      figure(`help button on the screen${name} (n=${loads}) p50`, middle("painted"), "ms"),
      figure(`interactive${name} (n=${loads}) p50`, middle("interactive"), "ms", target),
      figure(`true state of the home${name} (n=${loads}) p50`, middle("ready"), "ms"),
    );
    weight = found[0];
  }
  return [
    ...rows,
    figure("script over the wire, compressed", (weight?.script ?? Number.NaN) / 1e3, "kB", 100),
    figure("all bytes of the first opening", (weight?.bytes ?? Number.NaN) / 1e3, "kB"),
  ];
}

/** One touch until the care service's custody stands on the screen, then a person ends the call. */
async function pressOnce(rig: TabletRig, page: Page): Promise<Press> {
  await page.locator(".help.great").waitFor();
  await page.evaluate(() => {
    Reflect.deleteProperty((globalThis as unknown as { probe: object }).probe, "press");
  });
  // A tremor within a second would be the same press.
  await pause(1_100);
  await page.locator(".help.great").click();
  await page.locator(".step.done").nth(1).waitFor();
  await pause(100);
  const { press } = await probeOf(page);
  await rig.house.closeAll();
  await page.locator(".help.great").waitFor();
  return press ?? { at: Number.NaN };
}

async function pressRows(rig: TabletRig): Promise<readonly Row[]> {
  const { page } = await open(rig, { cpu: 1 });
  const found: Press[] = [];
  for (let nth = 0; nth <= presses; nth += 1) {
    const press = await pressOnce(rig, page);
    // The first warms up.
    if (nth > 0) found.push(press);
    process.stderr.write(`\r  press ${nth} of ${presses}   `);
  }
  await page.context().close();
  const after = (of: "seen" | "stored" | "withCare", p: number): number =>
    percentile(
      found.map((press) => (press[of] ?? Number.NaN) - press.at),
      p,
    );
  const of = (what: string): string => `touch to ${what} (n=${presses})`;
  return [
    figure(`${of("the call on the screen")} p50`, after("seen", 50), "ms"),
    figure(`${of('"gespeichert"')} p50`, after("stored", 50), "ms"),
    figure(`${of('"gespeichert"')} p99`, after("stored", 99), "ms", 300),
    figure(`${of('"Pflegedienst hat ihn"')} p50`, after("withCare", 50), "ms"),
    figure(`${of('"Pflegedienst hat ihn"')} p99`, after("withCare", 99), "ms"),
  ];
}

async function dayRows(): Promise<readonly Row[]> {
  const { words, early, late } = await aDay(dayPart, tell);
  return [
    figure(`heap of the page after ${words} words, two days' worth`, late / 1e6, "MB"),
    figure("heap after two days / after the first half day", late / early, "x", 1.05),
  ];
}

async function main(): Promise<number> {
  const rig = await startTabletRig({ built: true, stepWithin_s: 60, link: {} });
  let rows: readonly Row[];
  try {
    rows = [...(await loadRows(rig)), ...(await pressRows(rig))];
  } finally {
    await rig.close();
  }
  rows = [...rows, ...(await dayRows())];
  report(quick ? rows.map((row) => ({ ...row, target: null })) : rows);
  return exitCode(rows, quick);
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.stack : String(thrown);
    process.stderr.write(`\nbench: ${why}\n`);
    process.exit(1);
  },
);
