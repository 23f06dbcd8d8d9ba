import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RecordedEvent } from "../../../gateway/journal/encode.ts";
import { filesOf, newFile } from "../../../gateway/journal/files.ts";
import { journalLimits } from "../../../gateway/journal/limits.ts";
import { openStore } from "../../../gateway/journal/recover.ts";
import { type SeededRandom, seededRandom } from "../../support/random.ts";
import { countOf, motion, openRun, press } from "./home.ts";

/** A crash image: what lies on the disk while a gateway runs, log and all. */
let image = "";
let root = "";
const total = 300;
/** More of them by hand: OBHUT_DAMAGE_SEEDS=5000 npm test -- tests/gateway/journal/damage */
const seeds = Number(process.env["OBHUT_DAMAGE_SEEDS"] ?? 150);

beforeAll(async () => {
  // Hundreds of rebuilds, each of them synced: in memory where there is such a place.
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  root = mkdtempSync(join(place, "obhut-test-damage-"));
  image = join(root, "image");
  const live = join(root, "live");
  const run = await openRun({ dir: live });
  for (let n = 0; n < total; n += 1) {
    await run.say(n % 25 === 7 ? press : motion(n % 2 === 0));
    if (n === 100 || n === 200) void run.journal.snapshot(run.state());
    if (n === 150 || n === 250) await run.journal.tend(true);
  }
  mkdirSync(image);
  for (const name of readdirSync(live)) copyFileSync(join(live, name), join(image, name));
  await run.journal.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let copies = 0;
function copyOfImage(): string {
  copies += 1;
  const dir = join(root, `copy-${copies}`);
  mkdirSync(dir);
  for (const name of readdirSync(image)) {
    if (!name.endsWith("-shm")) copyFileSync(join(image, name), join(dir, name));
  }
  return dir;
}

interface Found {
  readonly reports: readonly string[];
  readonly seqs: readonly number[];
  readonly events: readonly RecordedEvent[];
  readonly snapshot: string | undefined;
  readonly pending: readonly string[];
}

function open(dir: string): Found {
  const { store, reports } = openStore(dir, journalLimits);
  const { events } = store.events(0, 10_000);
  const { snapshot, pending } = store.memory();
  store.db.close();
  return {
    reports,
    seqs: events.map(({ seq }) => seq),
    events,
    snapshot: snapshot?.state,
    pending: pending.map(({ id }) => id),
  };
}

const journal = (dir: string): string => join(dir, "journal.db");
const log = (dir: string): string => join(dir, "journal.db-wal");
const dropGenerations = (dir: string): void => {
  for (const path of filesOf(dir, "generation")) rmSync(path);
};

const faults: Readonly<Record<string, (path: string, random: SeededRandom) => void>> = {
  truncate: (path, random) => truncateSync(path, random.int(statSync(path).size)),
  flip: (path, random) => {
    const bytes = readFileSync(path);
    for (let n = 1 + random.int(8); n > 0; n -= 1) {
      const at = random.int(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
    }
    writeFileSync(path, bytes);
  },
  blank: (path, random) => {
    const bytes = readFileSync(path);
    const at = random.int(bytes.length);
    bytes.subarray(at, at + 1 + random.int(8_192)).fill(random.pick([0, 0xff, 0x5a]));
    writeFileSync(path, bytes);
  },
};

function breakOne(dir: string, random: SeededRandom): string {
  const paths = [journal(dir), log(dir), ...filesOf(dir, "generation")];
  const kind = random.pick(Object.keys(faults));
  const path = random.pick(paths);
  faults[kind]?.(path, random);
  return `${kind} ${path.slice(dir.length + 1)}`;
}

describe("I5: a damaged journal opens with a report and the last good memory", () => {
  test(`${seeds} seeds of torn, flipped and blanked files: nothing wrong is believed, nothing is silent`, () => {
    const whole = open(copyOfImage());
    expect(whole.seqs).toHaveLength(total);
    expect(whole.reports).toEqual([]);
    const known = new Map(whole.events.map((event) => [event.seq, event]));
    for (let seed = 1; seed <= seeds; seed += 1) {
      const random = seededRandom(seed);
      const dir = copyOfImage();
      const what = [breakOne(dir, random), ...(random.chance(0.3) ? [breakOne(dir, random)] : [])];
      const name = `seed ${seed}: ${what.join(", ")}`;
      const found = open(dir);
      expectTrue(found, known, name);
      expect(found.snapshot, name).toBeDefined();
      for (const id of found.pending) expect(whole.pending, name).toContain(id);
      if (found.reports.length === 0) expectTornEndOnly(found, whole, name);
      // What was mended stays mended.
      const again = open(dir);
      expect(again.reports, name).toEqual([]);
      expect(again.seqs, name).toEqual(found.seqs);
      expect(again.pending, name).toEqual(found.pending);
      rmSync(dir, { recursive: true });
    }
  });

  /** An event is as it was written; of one whose decisions are lost, nothing else is claimed. */
  function expectTrue(found: Found, known: Map<number, RecordedEvent>, name: string): void {
    for (const { whole: sure, ...event } of found.events) {
      const { event: said, wall } = event;
      expect(known.get(event.seq), name).toMatchObject(sure ? event : { event: said, wall });
    }
  }

  /** A log that lost its end is what a power cut leaves; only its last commits may be gone. */
  function expectTornEndOnly(found: Found, whole: Found, name: string): void {
    expect(found.seqs, name).toEqual(whole.seqs.slice(0, found.seqs.length));
    expect(found.seqs.length, name).toBeGreaterThanOrEqual(250);
  }

  test("a file that is missing is restored from the newest generation, and said", () => {
    const dir = copyOfImage();
    rmSync(journal(dir));
    rmSync(log(dir));
    const found = open(dir);
    expect(found.reports).toHaveLength(1);
    expect(found.reports[0]).toContain("journal.db: is missing");
    expect(found.reports[0]).toContain("journal.generation-");
    expect(found.seqs.at(-1)).toBe(251);
    expect(found.pending.length).toBeGreaterThan(5);
  });

  test("an empty file is damage, and is said even when there is nothing to restore", () => {
    const dir = copyOfImage();
    truncateSync(journal(dir), 0);
    rmSync(log(dir));
    expect(open(dir).reports[0]).toContain("is empty");
    const bare = copyOfImage();
    truncateSync(journal(bare), 0);
    rmSync(log(bare));
    dropGenerations(bare);
    const found = open(bare);
    expect(found.reports[0]).toContain("the rules start from the beginning");
    expect(found.seqs).toEqual([]);
  });

  test("a garbage header: the log and the generations still count", () => {
    const dir = copyOfImage();
    const bytes = readFileSync(journal(dir));
    bytes.fill(0x5a, 0, 100);
    writeFileSync(journal(dir), bytes);
    const found = open(dir);
    expect(found.reports.length).toBeLessThanOrEqual(1);
    expect(found.seqs.length).toBeGreaterThanOrEqual(151);
    expect(found.snapshot).toBeDefined();
  });

  test("the damaged file is kept for study, and at most so many of them", () => {
    const dir = copyOfImage();
    for (let n = 0; n < journalLimits.damagedMax + 2; n += 1) {
      writeFileSync(journal(dir), Buffer.alloc(2_048, n + 1));
      const found = open(dir);
      expect(found.reports[0]).toContain(`kept as journal.damaged-${n + 1}.db`);
    }
    const kept = filesOf(dir, "damaged");
    expect(kept).toHaveLength(journalLimits.damagedMax);
    expect(readFileSync(kept[0] ?? "")[0]).toBe(journalLimits.damagedMax + 2);
  });

  test("without any generation the sound rows of a broken file are read around the broken page", () => {
    const dir = copyOfImage();
    dropGenerations(dir);
    const db = new Sqlite(journal(dir));
    db.pragma("wal_checkpoint(TRUNCATE)");
    const leaf = db
      .prepare(
        "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' LIMIT 1 OFFSET 3",
      )
      .pluck()
      .get();
    db.close();
    const bytes = readFileSync(journal(dir));
    bytes.fill(0xff, (Number(leaf) - 1) * 1_024, Number(leaf) * 1_024);
    writeFileSync(journal(dir), bytes);
    const found = open(dir);
    expect(found.reports[0]).toContain("events and");
    expect(found.seqs.length).toBeGreaterThan(total - 40);
    expect(found.seqs.length).toBeLessThan(total);
    expect(found.seqs.at(-1)).toBe(total);
    expect(found.pending).toHaveLength(12);
  });

  test("a file of a newer version is moved aside, what it holds is taken over, and it is said", () => {
    const dir = copyOfImage();
    const db = new Sqlite(journal(dir));
    db.pragma("user_version = 99");
    db.close();
    const found = open(dir);
    expect(found.reports[0]).toContain("newer version (schema 99");
    expect(found.seqs).toHaveLength(total);
  });

  test("a crash in the middle of a rebuild is finished at the next start", () => {
    const dir = copyOfImage();
    const fresh = copyOfImage();
    writeFileSync(journal(dir), Buffer.alloc(2_048, 7));
    open(fresh);
    copyFileSync(journal(fresh), newFile(dir));
    const found = open(dir);
    expect(found.seqs).toHaveLength(total);
    expect(existsSync(newFile(dir))).toBe(false);
    expect(filesOf(dir, "damaged")).toHaveLength(1);
  });

  test("the gateway starts on a broken journal with its state, its messages, and the sentence", async () => {
    const dir = copyOfImage();
    writeFileSync(journal(dir), Buffer.alloc(100_000, "broken"));
    const run = await openRun({ dir });
    expect(run.resumed.reports[0]).toContain("kept as journal.damaged-1.db");
    expect(countOf(run.resumed.state)?.heard).toBe(251);
    expect(run.resumed.pending.length).toBe(10);
    await run.say(press);
    await run.journal.close();
    const next = await openRun({ dir });
    expect(next.resumed.reports).toEqual([]);
    expect(countOf(next.resumed.state)?.heard).toBe(252);
    await next.journal.close();
  });

  test("a page that breaks while the gateway runs is moved aside under way; the run goes on", async () => {
    const dir = copyOfImage();
    const run = await openRun({ dir });
    // Another process writes garbage over the file, and the cache of the worker is too small to hide it.
    const other = new Sqlite(journal(dir));
    other.pragma("wal_checkpoint(TRUNCATE)");
    other.unsafeMode(true);
    other.pragma("writable_schema = ON");
    other.exec("UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'outbox'");
    other.pragma("schema_version = 77");
    other.close();
    await run.say(press);
    await run.say(motion(true));
    expect(run.reports.join(" ")).toContain("kept as journal.damaged-");
    await run.journal.close();
    const next = await openRun({ dir });
    expect(next.resumed.state).toEqual(run.state());
    expect(next.resumed.pending.map(({ id }) => id)).toContain("r1-1/0");
    await next.journal.close();
  });
});
