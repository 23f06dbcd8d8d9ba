/**
 * One process at a time writes a journal: two would give the same numbers to different events. The
 * lock is the kernel's, so that it ends with its process, however that ends.
 */
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { faultOf } from "../../platform/sqlite.ts";

/** Another gateway holds the journal of this home. */
export class JournalHeld extends Error {
  constructor(dir: string) {
    super(`${dir}: another gateway holds this journal`);
  }
}

export interface JournalLock {
  release(): void;
}

/** A gateway that is ending has this long to let go. */
const waitMs = 1_000;

/**
 * Throws `JournalHeld` where another process has it, and `DatabaseFault` where the place takes no
 * lock. An open transaction on an empty database is the lock: nothing is ever written to it.
 */
export function takeLock(dir: string): JournalLock {
  const path = join(dir, "lock.db");
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return lockFile(path);
  } catch (error) {
    const fault = faultOf(error, path);
    if (fault.trouble === "busy") throw new JournalHeld(dir);
    if (fault.trouble !== "damaged") throw fault;
  }
  // Nothing of worth is in it: a file that cannot be locked for its content is made anew.
  rmSync(path, { force: true });
  return lockFile(path);
}

function lockFile(path: string): JournalLock {
  closeSync(openSync(path, "a", 0o600));
  const db = new Sqlite(path, { timeout: waitMs });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    throw error;
  }
  return { release: () => db.close() };
}
