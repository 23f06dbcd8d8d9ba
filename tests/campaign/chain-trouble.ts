/** What goes wrong while alarms are open: one thing at the service, another at the providers. */
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import pg from "pg";
import { until } from "../../sim/demo/process.ts";
import type { SeededRandom } from "../support/random.ts";
import type { Outage, OutageKind } from "./chain-evidence.ts";
import type { MailServer } from "./chain-mail.ts";
import type { ChainRig } from "./chain-rig.ts";
import { pause, type SmsServer } from "./chain-sms.ts";

export interface TroubleParts {
  readonly rig: ChainRig;
  readonly sms: SmsServer;
  readonly mail: MailServer;
  readonly random: SeededRandom;
}

/** A locked database, and how it is let go. */
type Unlock = () => Promise<void>;

async function lockFile(file: string): Promise<Unlock> {
  // Not longer: it holds up this process, too.
  const holder = new Database(file, { timeout: 50 });
  await until("the lock", () => {
    try {
      holder.exec("BEGIN IMMEDIATE");
      return true;
    } catch {
      return undefined;
    }
  });
  return async () => {
    holder.exec("ROLLBACK");
    holder.close();
  };
}

async function lockTables(url: string): Promise<Unlock> {
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE homes, tellings, alarms IN EXCLUSIVE MODE");
  return async () => {
    await holder.query("ROLLBACK");
    await holder.end();
  };
}

/** The whole server stands still, as on a machine without memory; the campaign's own reads, too. */
async function stopServer(url: string): Promise<Unlock> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const backends = await client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'obhut-care'",
  );
  const folder = await client.query<{ data_directory: string }>("SHOW data_directory");
  await client.end();
  const file = `${folder.rows[0]?.data_directory}/postmaster.pid`;
  const postmaster = Number(readFileSync(file, "utf8").split("\n")[0]);
  const pids = [postmaster, ...backends.rows.map(({ pid }) => pid)];
  const signal = (name: "SIGSTOP" | "SIGCONT"): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // This connection has ended.
      }
    }
  };
  signal("SIGSTOP");
  return async () => signal("SIGCONT");
}

/** Weights: what comes how often. A killed process that shares a database is out for a lease. */
const ofService: readonly OutageKind[] = [
  ...(["kill", "kill", "kill", "line-cut", "line-frozen"] as const),
  ...(["database-locked", "database-locked", "database-stopped"] as const),
];
/** With these a campaign begins. */
const first: readonly OutageKind[] = ["kill", "database-locked", "line-frozen"];
const ofProviders: readonly OutageKind[] = ["smtp-shut", "smtp-slow", "sms-broken"];

export class Troubles {
  readonly outages: Outage[] = [];
  readonly #parts: TroubleParts;
  #over = false;

  constructor(parts: TroubleParts) {
    this.#parts = parts;
  }

  /** Until `end`; rejects where the campaign itself failed. */
  async run(): Promise<void> {
    await Promise.all([this.#turn(ofService, 2_000), this.#turn(ofProviders, 5_000)]);
  }

  end(): void {
    this.#over = true;
  }

  count(kind: OutageKind): number {
    return this.outages.filter((outage) => outage.kind === kind).length;
  }

  /** Whether each of them has come once. */
  get hasMetAll(): boolean {
    return [...first, ...ofProviders].every((kind) => this.count(kind) > 0);
  }

  async #turn(kinds: readonly OutageKind[], quietMs: number): Promise<void> {
    const { random } = this.#parts;
    // Dealt, not drawn: a short campaign meets each of them.
    let left: OutageKind[] = kinds === ofService ? [...first] : [...kinds];
    let lastMs = 0;
    while (!this.#over) {
      // At least half of the time all is well, or nobody would ever get to the end of a chain.
      await pause(lastMs + quietMs / 2 + random.int(quietMs));
      if (this.#over) return;
      if (left.length === 0) left = [...kinds];
      const [kind] = left.splice(random.int(left.length), 1);
      const began = Date.now();
      if (kind !== undefined) await this.#meet(kind);
      lastMs = Date.now() - began;
    }
  }

  async #meet(kind: OutageKind): Promise<void> {
    const from = Date.now();
    await this.#deeds[kind](500 + this.#parts.random.int(4_500));
    this.outages.push({ kind, from, until: Date.now() });
  }

  async #lock(ms: number): Promise<void> {
    const { place } = this.#parts.rig.base;
    const from = Date.now();
    const unlock =
      "sqliteFile" in place
        ? await lockFile(place.sqliteFile)
        : await lockTables(place.postgresUrl);
    // What was decided behind the lock dies with the process: it is out since the lock.
    if (this.#parts.random.chance(0.3)) {
      await pause(Math.min(ms, 2_000));
      const back = this.#parts.rig.killAndStart();
      await pause(500);
      await unlock();
      await back;
      this.outages.push({ kind: "kill", from, until: Date.now() });
      return;
    }
    // Longer than a writer waits.
    await pause(ms * 1.6);
    await unlock();
  }

  async #still(ms: number): Promise<void> {
    const { place } = this.#parts.rig.base;
    if ("sqliteFile" in place) return this.#lock(ms);
    const go = await stopServer(place.postgresUrl);
    await pause(ms);
    await go();
  }

  readonly #deeds: Readonly<Record<OutageKind, (ms: number) => Promise<void>>> = {
    kill: () => this.#parts.rig.killAndStart(),
    "line-cut": (ms) => this.#line("cut", ms),
    "line-frozen": (ms) => this.#line("freeze", ms),
    "database-locked": (ms) => this.#lock(ms),
    "database-stopped": (ms) => this.#still(ms),
    "smtp-shut": (ms) => this.#mail("shut", ms * 2),
    "smtp-slow": (ms) => this.#mail("slow", ms * 2),
    "sms-broken": async (ms) => {
      this.#parts.sms.broken = true;
      await pause(ms);
      this.#parts.sms.broken = false;
    },
  };

  /** Now and then for so long that the homes take their alarms back. */
  async #line(how: "cut" | "freeze", ms: number): Promise<void> {
    const { line } = this.#parts.rig.base;
    line[how]();
    await pause(ms * 2);
    line.heal();
  }

  async #mail(condition: "shut" | "slow", ms: number): Promise<void> {
    const { mail } = this.#parts;
    mail.condition = condition;
    await pause(ms);
    mail.condition = "well";
  }
}
