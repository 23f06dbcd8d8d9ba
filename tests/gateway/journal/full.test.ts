import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournalFile } from "../../../gateway/journal/generation.ts";
import { journalLimits } from "../../../gateway/journal/limits.ts";
import { openStore } from "../../../gateway/journal/recover.ts";
import { JournalStore } from "../../../gateway/journal/store.ts";
import { faultOf } from "../../../platform/sqlite.ts";
import { countOf, motion, newDir, openRun, press } from "./home.ts";

let place = newDir();
beforeEach(() => {
  place = newDir();
});
afterEach(() => place.rm());

/** A mount of one's own needs a namespace, which some machines allow to root only. */
const namespaces = spawnSync("unshare", ["-rm", "true"]).status === 0;

/** Runs a script where the journal's directory is a file system of its own, of 1 MiB in memory. */
async function onSmallDisk(script: string): Promise<{ code: number | null; said: string }> {
  const mount = join(place.dir, "disk");
  mkdirSync(mount);
  const path = fileURLToPath(new URL(script, import.meta.url));
  const setUp = `mount -t tmpfs -o size=1m none "$0" && exec "$1" "$2" "$0"`;
  const args = ["-rm", "sh", "-c", setUp, mount, process.execPath, path];
  const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

describe("I9: a disk that takes nothing", () => {
  test.skipIf(!namespaces)(
    "a full disk: entries stay in memory, it is said, and all is written when there is room",
    async () => {
      const { code, said } = await onSmallDisk("./full-disk.ts");
      expect(said).toContain("the disk is full");
      expect(said).toContain("Entries wait in memory");
      expect(said).toContain("written again; nothing was lost");
      expect(said).toContain("after the restart: 51 heard, 1 pending");
      expect(code).toBe(0);
    },
  );

  test.skipIf(!namespaces)(
    "a read-only disk: the memory is read, the home is watched, entries wait for a better day",
    async () => {
      const { code, said } = await onSmallDisk("./read-only-disk.ts");
      expect(said).toContain("started with 3 heard, 1 pending");
      expect(said).toContain("copies that lie about: 0");
      expect(said).toContain("cannot be");
      expect(said).toContain("after the restart: 5 heard, 2 pending");
      expect(code).toBe(0);
    },
  );

  test("a full file refuses a batch whole, and takes it whole when there is room", () => {
    const db = openJournalFile(join(place.dir, "small.db"));
    const store = new JournalStore(db, journalLimits);
    const pages = Number(db.pragma("page_count", { simple: true }));
    db.pragma(`max_page_count = ${pages + 2}`);
    const batch = Array.from({ length: 100 }, (_, n) => ({
      kind: "entry" as const,
      at: n,
      wall: { wall_ms: n, trusted: true },
      id: `e${n}`,
      event: "device-heard",
      fact: JSON.stringify({ device: "x".repeat(50) }),
      outbox: [{ id: `m${n}`, kind: "noted", body: "{}" }],
      opened: [],
      closed: [],
    }));
    let trouble = "";
    try {
      store.commit(batch);
    } catch (error) {
      trouble = faultOf(error, "small.db").trouble;
    }
    expect(trouble).toBe("no-space");
    expect(store.lastSeq).toBe(0);
    expect(store.events(0, 10).events).toEqual([]);
    db.pragma("max_page_count = 1000");
    store.commit(batch);
    expect(store.lastSeq).toBe(100);
    expect(store.memory().pending).toHaveLength(100);
    db.close();
  });

  test("a disk that stalls holds up nobody: promises wait, and are kept when it answers", async () => {
    const run = await openRun({ dir: place.dir });
    await run.say(press);
    const holder = new Sqlite(join(place.dir, "journal.db"));
    holder.exec("BEGIN IMMEDIATE");
    let kept = 0;
    const waiting = Array.from({ length: 200 }, async () => {
      await run.say(motion(true));
      kept += 1;
    });
    // The loop turns although the worker stands still.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(kept).toBe(0);
    holder.exec("ROLLBACK");
    holder.close();
    await Promise.all(waiting);
    expect(kept).toBe(200);
    expect(countOf(run.state())?.heard).toBe(201);
    await run.journal.close();
  });

  test("I6: a disk that stalls for long is told as a fault, and as mended", async () => {
    const told: (string | undefined)[] = [];
    const limits = { storageLostMs: 50 };
    const run = await openRun({
      dir: place.dir,
      limits,
      storage: (cause) => told.push(cause),
    });
    await run.say(press);
    expect(run.journal.trouble()).toBeUndefined();
    const holder = new Sqlite(join(place.dir, "journal.db"));
    holder.exec("BEGIN IMMEDIATE");
    const said = run.say(press);
    await expect.poll(() => told.at(-1)).toContain("the disk does not answer");
    expect(run.journal.trouble()).toBe("journal: the disk does not answer");
    holder.exec("ROLLBACK");
    holder.close();
    await said;
    expect(told.at(-1)).toBeUndefined();
    expect(run.journal.trouble()).toBeUndefined();
    await run.journal.close();
  });

  test("past its bound the memory forgets routine reports first, never an alarm, and says so", async () => {
    const run = await openRun({ dir: place.dir, limits: { queueBytesMax: 20_000 } });
    await run.say(press);
    const holder = new Sqlite(join(place.dir, "journal.db"));
    holder.exec("BEGIN IMMEDIATE");
    let refused = 0;
    const all = Array.from({ length: 400 }, (_, n) =>
      run.say(n % 40 === 0 ? press : motion(true)).catch(() => {
        refused += 1;
      }),
    );
    holder.exec("ROLLBACK");
    holder.close();
    await Promise.all(all);
    expect(refused).toBeGreaterThan(300);
    expect(run.reports.join(" ")).toContain("oldest routine reports are forgotten");
    await run.journal.close();
    const { store } = openStore(place.dir, journalLimits);
    const { events } = store.events(0, 1_000);
    store.db.close();
    expect(events.filter(({ event }) => event.kind === "button-pressed")).toHaveLength(11);
    expect(events).toHaveLength(401 - refused);
    // The numbers tell where something is missing.
    expect(events.at(-1)?.seq).toBe(401);
    const next = await openRun({ dir: place.dir });
    expect(next.resumed.reports[0]).toContain(`${refused} of the last events are missing`);
    expect(next.resumed.pending).toHaveLength(11);
    await next.journal.close();
  });
});
