/** A file belongs to one process of the care service; the kernel keeps the lock and lets it go. */
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { DatabaseFault } from "../../platform/sqlite.ts";

/**
 * Holds a lock beside the file for as long as this process lives, however it ends. Throws
 * `DatabaseFault` when another process has it. Returns what lets it go.
 */
export function holdAlone(file: string): () => void {
  const path = `${file}.lock`;
  closeSync(openSync(path, "a", 0o600));
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    lock.close();
    const words = `${file}: another care service looks after the homes in this file`;
    throw new DatabaseFault("busy", `${words}; stop it first.`, thrown);
  }
  return () => lock.close();
}
