/** The care service as it runs, with many homes, on one of the two places it can stand on. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { importHomes } from "../../care/store/imports.ts";
import { openCareDatabase } from "../../care/store/open.ts";
import type { DatabasePlace } from "../../care/store/place.ts";
import { credentialOf } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { freePort } from "../../sim/demo/free-port.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { homeName } from "./care-home.ts";
import type { SwarmAnswer, SwarmOrder, SwarmSettings } from "./care-swarm.ts";

/** Kernel ticks of /proc/PID/stat in one second. */
const ticksPerSecond = 100;
const beatEveryMs = 60_000;

const agreement = JSON.stringify({
  version: 1,
  parties: [
    { id: "maier", name: "Frau Maier", kind: "helper" },
    { id: "yilmaz", name: "Herr Yilmaz", kind: "helper" },
  ],
  fallback: [
    { tell: ["maier"], within_s: 120 },
    { tell: ["yilmaz"], within_s: 120 },
  ],
});

const children = new Set<ChildProcess>();
// Whoever interrupts the bench leaves nothing behind.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

export interface Place {
  readonly folder: string;
  readonly homes: number;
  /** The built `care/main.js`. */
  readonly program: string;
  readonly password: string;
  readonly profile?: string | undefined;
  /** Undefined: a file of SQLite and the listener of its own. */
  readonly foreign?: { readonly postgresUrl: string } | undefined;
}

export interface Running {
  readonly pid: number;
  readonly startMs: number;
  readonly swarm: SwarmSettings;
  stop(): Promise<void>;
}

/** Writes the homes where a start finds them; nobody writes 20,000 homes in a file by hand. */
async function writeHomes({ homes, password }: Place, place: DatabasePlace): Promise<void> {
  const { sha256 } = credentialOf(password);
  const link = JSON.stringify({ beat_every_s: beatEveryMs / 1_000 });
  const rows = Array.from({ length: homes }, (_, nth) => ({
    home: homeName(nth),
    timezone: "Europe/Berlin",
    credentialSha256: sha256,
    link,
    version: 1,
    agreement,
  }));
  const db = await openCareDatabase(place);
  await importHomes(db, rows, Date.now());
  await db.destroy();
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await once(child, "exit");
  clearTimeout(patience);
}

function started(log: string, command: string, args: readonly string[]): ChildProcess {
  const out = openSync(log, "a");
  const child = spawn(command, args, { stdio: ["ignore", out, out] });
  closeSync(out);
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

async function logSays(log: string, words: RegExp, child: ChildProcess): Promise<RegExpExecArray> {
  for (let nth = 0; nth < 6_000; nth += 1) {
    const found = words.exec(readFileSync(log, "utf8"));
    if (found !== null) return found;
    if (child.exitCode !== null) break;
    await pause(20);
  }
  throw new Error(`${log} does not say ${words}: ${readFileSync(log, "utf8").slice(-2_000)}`);
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Starts everything, with the homes known, and waits until it is ready. */
export async function startPlace(place: Place): Promise<Running> {
  const { folder, homes, foreign, program, password, profile } = place;
  mkdirSync(join(folder, "data"), { recursive: true });
  const sqliteFile = join(folder, "data", "care.db");
  await writeHomes(place, foreign === undefined ? { sqliteFile } : foreign);
  const { cert } = await serverCertificate(join(folder, "data"), "care");
  const names = Array.from({ length: homes }, (_, nth) => homeName(nth));
  const mosquitto =
    foreign === undefined
      ? undefined
      : await startMosquitto(join(folder, "mosquitto"), { names, desks: [], password });
  const port = mosquitto?.port ?? (await freePort());
  const config = join(folder, "care.yaml");
  const written = {
    listen: { host: "127.0.0.1", port },
    data: join(folder, "data"),
    ...(foreign === undefined ? {} : { database: { url: foreign.postgresUrl } }),
    ...(mosquitto === undefined ? {} : { broker: mosquitto.settings }),
  };
  writeFileSync(config, stringify(written));
  const begun = performance.now();
  const log = join(folder, "care.log");
  const measured = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const args = [...measured, program, "--config", config, "--json"];
  const care = started(log, process.execPath, args);
  await logSays(log, /"kind":"ready"/, care);
  const startMs = performance.now() - begun;
  return {
    pid: care.pid ?? -1,
    startMs,
    swarm: { first: 0, homes, port, ca: mosquitto?.ca ?? cert, password, beatEveryMs },
    stop: async () => {
      await ended(care);
      await mosquitto?.kill();
    },
  };
}

export interface BenchSwarm {
  ask(order: Exclude<SwarmOrder, { kind: "settings" }>): Promise<SwarmAnswer>;
  stop(): void;
}

/** The homes, in a process of their own. */
export async function startSwarm(settings: SwarmSettings): Promise<BenchSwarm> {
  const child = fork("tests/bench/care-swarm.ts");
  const waiting = new Map<number, (found: SwarmAnswer) => void>();
  let nth = 0;
  child.on("message", (message: { readonly nth: number; readonly found: SwarmAnswer }) => {
    waiting.get(message.nth)?.(message.found);
    waiting.delete(message.nth);
  });
  const order = (words: SwarmOrder): Promise<SwarmAnswer> =>
    new Promise((resolve, reject) => {
      nth += 1;
      waiting.set(nth, resolve);
      child.once("exit", () => reject(new Error("the homes' process ended")));
      child.setMaxListeners(100);
      child.send({ nth, order: words });
    });
  await order({ kind: "settings", settings });
  return { ask: order, stop: () => child.disconnect() };
}

/** Seconds of a processor that the process has used. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory, MB. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** File descriptors that a process here may open. */
export function descriptorsMax(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1] ?? Number.NaN);
}
