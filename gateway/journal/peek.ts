/**
 * Reads the memory of a home whose journal cannot be opened for writing (read-only or full disk),
 * from a copy elsewhere: a gateway that can only remember is better than one that starts anew.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { faultOf } from "../../platform/sqlite.ts";
import { filesOf, journalFile } from "./files.ts";
import type { JournalLimits } from "./limits.ts";
import { openStore } from "./recover.ts";
import type { JournalStore } from "./store.ts";

export interface Peek {
  readonly store: JournalStore;
  end(): void;
}

/** Memory first: the disk is what is in trouble. */
const places = ["/dev/shm", tmpdir()];

export function peek(dir: string, limits: JournalLimits, reports: string[]): Peek | undefined {
  for (const place of places) {
    try {
      return peekAt(dir, place, limits, reports);
    } catch (error) {
      reports.push(`journal: no copy to read from: ${faultOf(error, place).message}`);
    }
  }
  return undefined;
}

function peekAt(dir: string, place: string, limits: JournalLimits, reports: string[]): Peek {
  const copy = mkdtempSync(join(place, "obhut-journal-"));
  try {
    const path = journalFile(dir);
    const files = existsSync(dir) ? [path, `${path}-wal`, ...filesOf(dir, "generation")] : [];
    for (const file of files) if (existsSync(file)) copyFileSync(file, join(copy, basename(file)));
    const { store, reports: found } = openStore(copy, limits);
    reports.push(...found);
    return { store, end: () => store.db.close() };
  } finally {
    // What is open can be read on without its name: however the process ends, nothing is left.
    rmSync(copy, { recursive: true, force: true });
  }
}
