/** The built care service with its database, its providers, its homes and a desk. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { stringify } from "yaml";
import { type Desk, openDesk } from "../../care/desk-client.ts";
import { readState } from "../../care/kept-state.ts";
import { openCareDatabase } from "../../care/store/open.ts";
import type { DatabasePlace } from "../../care/store/place.ts";
import type { CareDatabase } from "../../care/store/schema.ts";
import { issueCredential } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { careStates } from "../../rules/index.ts";
import { freePort } from "../../sim/demo/free-port.ts";
import { Program, until } from "../../sim/demo/process.ts";
import { openTcpProxy, type TcpProxy } from "../../sim/tcp-proxy.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import type { Step } from "./chain-evidence.ts";
import { ChainHome } from "./chain-home.ts";

export type Dialect = "sqlite" | "postgres";

export const homesCount = 12;
const homeName = (nth: number): string => `home-${nth + 1}`;

const parties = [
  {
    id: "daughter",
    name: "Anna Weber",
    kind: "helper",
    reach: ["sms:+4915100000001", "mailto:anna@example.org"],
  },
  { id: "neighbour", name: "Herr Yilmaz", kind: "helper", reach: ["mailto:yilmaz@example.org"] },
  { id: "night", name: "Nachtdienst", kind: "service", reach: ["sms:+4915100000003"] },
] as const;

export const partyIds = parties.map(({ id }) => id);

/** Short, so that a campaign sees many rounds; the least that an agreement may ask for is 5 s. */
export const steps: readonly Step[] = partyIds.map((party) => ({
  tell: [party],
  within_s: 7,
  delivered_within_s: 5,
}));

/** After a kill of a process that shares a database its lease must run out first. */
const backWithinMs = 90_000;

export interface ChainSettings {
  readonly dialect: Dialect;
  /** Folder with the built service. */
  readonly built: string;
  readonly secret: string;
  readonly smsUrl: string;
  readonly mailUrl: string;
}

interface Base {
  readonly folder: string;
  readonly place: DatabasePlace;
  readonly db: Kysely<CareDatabase>;
  readonly postgres: PostgresServer | undefined;
  readonly line: TcpProxy;
  readonly officeUrl: string;
  readonly homes: readonly ChainHome[];
  readonly desk: Desk;
}

export class ChainRig {
  readonly base: Base;
  /** Ends of the service that nobody asked for. */
  readonly ends: string[] = [];
  care: Program;
  #stopping = false;

  constructor(base: Base) {
    this.base = base;
    this.care = this.#start();
  }

  #start(): Program {
    const { folder } = this.base;
    const care = new Program({
      name: "care",
      args: [join(folder, "care/main.js"), "--config", join(folder, "care.yaml"), "--json"],
      logFile: join(folder, "care.log"),
    });
    void care.ended.then((how) => {
      if (how === "SIGKILL" || this.#stopping) return;
      this.ends.push(`the care service ended by itself (${how})`);
    });
    return care;
  }

  async #owners(): Promise<readonly (string | null)[]> {
    const rows = await this.base.db.selectFrom("homes").select("owner").distinct().execute();
    return rows.map(({ owner }) => owner);
  }

  /** kill -9, again at once; resolves when all homes are looked after by the new process. */
  async killAndStart(): Promise<void> {
    const before = this.base.postgres === undefined ? [] : await this.#owners();
    await this.care.kill();
    this.care = this.#start();
    await this.care.line(/"kind":"ready"/, backWithinMs);
    if (this.base.postgres === undefined) return;
    await until("the homes are taken", () => this.#taken(before), backWithinMs);
  }

  async #taken(before: readonly (string | null)[]): Promise<true | undefined> {
    const owners = await this.#owners();
    const old = owners.some((owner) => owner === null || before.includes(owner));
    return owners.length > 0 && !old ? true : undefined;
  }

  /** Alarms that the database has open, as the rules go on from it. */
  async heldOnDisk(): Promise<ReadonlySet<string>> {
    const rows = await this.base.db.selectFrom("homes").select("state").execute();
    const open = rows.flatMap(({ state }) => {
      const read = readState({ state: state ?? undefined, closings: [] });
      return read === undefined ? [] : careStates(read).escalation.open;
    });
    return new Set(open.map(({ alarm }) => alarm.id));
  }

  /** Stops homes, desk and service; the database can still be read. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { homes, desk, line } = this.base;
    await Promise.allSettled([...homes.map((home) => home.close()), desk.close()]);
    await line.close();
    await Promise.race([
      this.care.kill("SIGTERM"),
      new Promise((resolve) => setTimeout(resolve, 10_000)),
    ]);
    if (this.care.runs) await this.care.kill();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.base.db.destroy();
    await this.base.postgres?.close();
    rmSync(this.base.folder, { recursive: true, force: true });
  }
}

/** A copy: somebody may build anew while a campaign runs. */
function copyProgram(built: string, folder: string): void {
  for (const part of ["care", "platform", "protocol", "rules"]) {
    cpSync(join(built, part), join(folder, part), { recursive: true });
  }
  cpSync("package.json", join(folder, "package.json"));
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "web"), { recursive: true });
}

const hours = 240;

export async function startChainRig(settings: ChainSettings): Promise<ChainRig> {
  const { dialect, built, secret, smsUrl, mailUrl } = settings;
  const folder = mkdtempSync(join(tmpdir(), "obhut-chain-"));
  copyProgram(built, folder);
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "sms-secret"), secret);
  const postgres = dialect === "postgres" ? await startPostgres() : undefined;
  const place: DatabasePlace =
    postgres === undefined
      ? { sqliteFile: join(folder, "data", "care.db") }
      : { postgresUrl: await postgres.database() };
  const [port, officePort] = [await freePort(), await freePort()];
  const names = Array.from({ length: homesCount }, (_, nth) => homeName(nth));
  const made = new Map([...names, "desk"].map((name) => [name, issueCredential()]));
  const sha256 = (name: string): string => made.get(name)?.sha256 ?? "";
  const officeUrl = `https://127.0.0.1:${officePort}`;
  const file = {
    listen: { host: "127.0.0.1", port },
    ...("postgresUrl" in place ? { database: { url: place.postgresUrl } } : {}),
    office: { host: "127.0.0.1", port: officePort, public_url: officeUrl },
    notify: {
      language: "en",
      sms: { url: smsUrl, secret_file: "sms-secret" },
      mail: { url: mailUrl, from: "obhut@example.org" },
    },
    desks: [{ name: "desk", password_sha256: sha256("desk") }],
    homes: names.map((home) => ({
      home,
      password_sha256: sha256(home),
      link: { beat_every_s: 1, silent_after_s: 120, close_within_min: hours },
      agreement: { version: 1, parties, fallback: steps },
    })),
  };
  writeFileSync(join(folder, "care.yaml"), stringify(file));
  await serverCertificate(join(folder, "data"), "care");
  const pem = readFileSync(join(folder, "data", "tls.pem"), "utf8");
  const ca = pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----"));
  const db = await openCareDatabase(place);
  const line = await openTcpProxy(port);
  const password = (name: string): string => made.get(name)?.secret ?? "";
  const rig = new ChainRig({
    ...{ folder, place, db, postgres, line, officeUrl },
    homes: names.map(
      (home) => new ChainHome({ port: line.port, home, password: password(home), ca }),
    ),
    desk: openDesk({
      url: `mqtts://127.0.0.1:${port}`,
      name: "desk",
      password: password("desk"),
      ca,
    }),
  });
  await rig.care.line(/"kind":"ready"/, backWithinMs);
  return rig;
}
