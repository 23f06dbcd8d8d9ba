/** The care service as it runs, with many homes, on one of the two places it can stand on. */
import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { importHomes } from "../../care/store/imports.ts";
import { openCareDatabase } from "../../care/store/open.ts";
import type { DatabasePlace } from "../../care/store/place.ts";
import { credentialOf } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { freePort } from "../../sim/demo/rig.ts";
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

export interface Place {
  readonly folder: string;
  readonly homes: number;
  /** The built `care/main.js`. */
  readonly program: string;
  readonly password: string;
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

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}

function started(log: string, command: string, args: readonly string[]): ChildProcess {
  const out = openSync(log, "a");
  const child = spawn(command, args, { stdio: ["ignore", out, out] });
  closeSync(out);
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

interface Mosquitto {
  readonly port: number;
  readonly ca: string;
  readonly settings: object;
  stop(): Promise<void>;
}

/** Debian's mosquitto, as deploy/mosquitto describes it; every home has a login of its own. */
async function startMosquitto({ folder, homes, password }: Place): Promise<Mosquitto> {
  const here = join(folder, "mosquitto");
  mkdirSync(here, { recursive: true, mode: 0o755 });
  const { cert, key } = await serverCertificate(here, "broker");
  const port = await freePort();
  const file = (name: string, text: string): string => {
    writeFileSync(join(here, name), text);
    return join(here, name);
  };
  const passwords = file("passwords", "");
  execFileSync("mosquitto_passwd", ["-b", passwords, "care", password]);
  const hash = readFileSync(passwords, "utf8").trim().slice("care:".length);
  const names = ["care", ...Array.from({ length: homes }, (_, nth) => homeName(nth))];
  file("passwords", names.map((name) => `${name}:${hash}\n`).join(""));
  const acl = file("acl", readFileSync("deploy/mosquitto/acl", "utf8"));
  const lines = [
    ...(process.getuid?.() === 0 ? ["user root"] : []),
    `listener ${port} 127.0.0.1`,
    `certfile ${file("cert.pem", cert)}`,
    `keyfile ${file("key.pem", key)}`,
    `password_file ${passwords}`,
    `acl_file ${acl}`,
    "allow_anonymous false",
    "set_tcp_nodelay true",
    "persistence false",
    "max_queued_messages 100000",
    "max_inflight_messages 0",
    "log_type error",
    "log_type warning",
  ];
  const config = file("mosquitto.conf", `${lines.join("\n")}\n`);
  const child = started(join(folder, "mosquitto.log"), "mosquitto", ["-c", config]);
  await pause(1_000);
  if (child.exitCode !== null) throw new Error(readFileSync(join(folder, "mosquitto.log"), "utf8"));
  return {
    port,
    ca: cert,
    settings: {
      url: `mqtts://127.0.0.1:${port}`,
      user: "care",
      password_file: file("care-password", password),
      certificate: join(here, "cert.pem"),
    },
    stop: () => ended(child, "SIGKILL"),
  };
}

/** Starts everything, with the homes known, and waits until it is ready. */
export async function startPlace(place: Place): Promise<Running> {
  const { folder, homes, foreign, program, password } = place;
  mkdirSync(join(folder, "data"), { recursive: true });
  const sqliteFile = join(folder, "data", "care.db");
  await writeHomes(place, foreign === undefined ? { sqliteFile } : foreign);
  const { cert } = await serverCertificate(join(folder, "data"), "care");
  const mosquitto = foreign === undefined ? undefined : await startMosquitto(place);
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
  const care = started(log, process.execPath, [program, "--config", config, "--json"]);
  await logSays(log, /"kind":"ready"/, care);
  const startMs = performance.now() - begun;
  return {
    pid: care.pid ?? -1,
    startMs,
    swarm: { homes, port, ca: mosquitto?.ca ?? cert, password, beatEveryMs },
    stop: async () => {
      await ended(care, "SIGKILL");
      await mosquitto?.stop();
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
