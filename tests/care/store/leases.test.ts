import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openCareDatabase } from "../../../care/store/open.ts";
import type { CareDatabase } from "../../../care/store/schema.ts";
import { Program, until } from "../../../sim/demo/process.ts";
import { type PostgresServer, postgresStartMs, startPostgres } from "../../support/postgres.ts";
import { importOf } from "./places.ts";

const names = [...Array(8).keys()].map((n) => `home-${n}`);
const lease = { leaseMs: 4_000, renewMs: 500 };

let server: PostgresServer;
let folder: string;
let place: { readonly postgresUrl: string };
let db: Kysely<CareDatabase>;
let running: Holder[];

/** One real process, and what it said. */
class Holder {
  readonly program: Program;
  readonly homes = new Map<string, { readonly count: number; readonly fence: number }>();
  readonly durable = new Map<string, number>();

  constructor(owner: string, times = lease) {
    this.program = new Program({
      name: owner,
      args: [
        ...["tests/care/store/holder.ts", JSON.stringify(place), owner],
        ...[JSON.stringify(names.map((home) => importOf(home))), JSON.stringify(times)],
      ],
      logFile: join(folder, `${owner}.log`),
      onLine: (line) => this.hear(JSON.parse(line)),
    });
    running.push(this);
  }

  claimed(): Promise<RegExpExecArray> {
    return this.program.line(/"kind":"claimed","at":(\d+)/);
  }

  private hear(said: {
    kind: string;
    home: string;
    homes: string[];
    count: number;
    fence: number;
  }) {
    if (said.kind === "home") this.homes.set(said.home, said);
    if (said.kind === "durable") this.durable.set(said.home, said.count);
    if (said.kind === "released") for (const home of said.homes) this.homes.delete(home);
  }
}

beforeAll(async () => {
  server = await startPostgres();
}, postgresStartMs);
afterAll(() => server.close());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "obhut-lease-"));
  place = { postgresUrl: await server.database() };
  db = await openCareDatabase(place);
  running = [];
});

afterEach(async () => {
  for (const { program } of running) await program.kill();
  await db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const owners = async (): Promise<Readonly<Record<string, number>>> => {
  const rows = await db.selectFrom("homes").select("owner").execute();
  const found: Record<string, number> = {};
  for (const { owner } of rows) found[String(owner)] = (found[String(owner)] ?? 0) + 1;
  return found;
};

async function shared(times = lease): Promise<readonly [Holder, Holder]> {
  const one = new Holder("one", times);
  await one.claimed();
  const two = new Holder("two", times);
  await two.claimed();
  await expect.poll(owners, { timeout: 15_000 }).toEqual({ one: 4, two: 4 });
  await until("two writes", () => (two.durable.size === 4 ? true : undefined));
  return [one, two];
}

/** By whom each event was written, in the order of the database. */
async function writers(home: string): Promise<readonly { owner: string; count: number }[]> {
  const rows = await db
    .selectFrom("events")
    .select("event")
    .where("home", "=", home)
    .orderBy("seq")
    .execute();
  return rows.map(({ event }) => JSON.parse(event) as { owner: string; count: number });
}

/** Each home was written by one process at a time, and nothing that was durable is lost. */
async function expectOneAtATime(): Promise<void> {
  for (const home of names) {
    const story = await writers(home);
    const counts = story.map(({ count }) => count);
    expect(counts, home).toEqual([...counts.keys()].map((n) => n + 1));
    const turns = story.filter(({ owner }, at) => owner !== story[at - 1]?.owner);
    expect(turns.length, `${home}: ${turns.map(({ owner }) => owner).join()}`).toBeLessThan(4);
  }
}

test("I4, I5: kill -9 of one care service: the other goes on with its homes and deadlines", async () => {
  const [one, two] = await shared();
  const theirs = [...one.homes.keys()].filter((home) => !two.homes.has(home));
  await one.program.kill("SIGKILL");
  const kept = new Map(one.durable);
  await until("two has them all", () => (two.homes.size === 8 ? true : undefined));
  for (const home of theirs) {
    // What was durable at the killed one is where the other goes on; its deadline came along.
    expect(two.homes.get(home)?.count).toBeGreaterThanOrEqual(kept.get(home) ?? 0);
    expect(two.homes.get(home)?.fence).toBeGreaterThan(1);
  }
  await until("it writes them", () => (two.durable.size === 8 ? true : undefined));
  expect(await owners()).toEqual({ two: 8 });
  await expectOneAtATime();
});

test("I4: one that stood still for too long has lost its homes, writes nothing more and ends", async () => {
  const [one, two] = await shared();
  process.kill(one.program.pid, "SIGSTOP");
  await until("two has them all", () => (two.homes.size === 8 ? true : undefined));
  process.kill(one.program.pid, "SIGCONT");
  expect(await one.program.ended).toBe(75);
  expect(one.program.lines.at(-1)).toMatch(/"kind":"lost"/);
  await until("two writes them", () => (two.durable.size === 8 ? true : undefined));
  await expectOneAtATime();
});

test("one that ends in order gives its homes up, and nobody waits for its lease", async () => {
  const [one, two] = await shared({ leaseMs: 600_000, renewMs: 500 });
  expect(await one.program.kill("SIGTERM")).toBe(0);
  await until("two has them all", () => (two.homes.size === 8 ? true : undefined));
  await expectOneAtATime();
});

test("I5: gateway time is the same for all processes, and goes on while none runs", async () => {
  const [one] = await shared();
  const [, first = "0"] = await one.claimed();
  for (const { program } of running) await program.kill();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const [, later = "0"] = await new Holder("three").claimed();
  expect(Number(later)).toBeGreaterThan(Number(first) + 1_000);
});

test("I4: after the database was away longer than a lease, everybody goes on", async () => {
  const [one, two] = await shared();
  await db.transaction().execute(async (within) => {
    await within.updateTable("homes").set({ wake_at: 1 }).execute();
    await within.updateTable("owners").set({ until_wall: 1 }).execute();
    await new Promise((resolve) => setTimeout(resolve, lease.leaseMs + 1_000));
  });
  const before = [one, two].map(({ durable }) => new Map(durable));
  await until("both go on", () => {
    const isOn = [one, two].every(({ durable, homes }, at) =>
      [...homes.keys()].every(
        (home) => (durable.get(home) ?? 0) > (before[at]?.get(home) ?? 0) + 5,
      ),
    );
    return isOn ? true : undefined;
  });
  expect([one.program.runs, two.program.runs]).toEqual([true, true]);
  expect(await owners()).toEqual({ one: 4, two: 4 });
  await expectOneAtATime();
});
