/** The files of a journal's directory, by name. All are 0600 in a directory that is 0700. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";

export const journalFile = (dir: string): string => join(dir, "journal.db");
/** A new file takes shape under this name and is renamed when it is whole. */
export const newFile = (dir: string): string => join(dir, "journal.new.db");

/** Small copies of what a restart needs, and damaged files moved aside; numbered upwards. */
export type Series = "generation" | "damaged";

/** The files of a series, newest first. */
export function filesOf(dir: string, series: Series): readonly string[] {
  const shape = new RegExp(`^journal\\.${series}-(\\d+)\\.db$`);
  return readdirSync(dir)
    .flatMap((name) => {
      const number = shape.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => b.number - a.number)
    .map(({ name }) => join(dir, name));
}

/** The next name in a series. */
export function nextOf(dir: string, series: Series): string {
  const newest = /-(\d+)\.db$/.exec(filesOf(dir, series)[0] ?? "")?.[1] ?? "0";
  return join(dir, `journal.${series}-${Number(newest) + 1}.db`);
}

/** Keeps the newest `count` files of a series. */
export function keepNewest(dir: string, series: Series, count: number): void {
  for (const path of filesOf(dir, series).slice(count)) removeDatabase(path);
}

export function removeDatabase(path: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(path + end, { force: true });
}

/**
 * Renames a database with its log. The log goes first: a log without its file is noticed at start.
 */
export function moveDatabase(from: string, to: string): void {
  rmSync(`${from}-shm`, { force: true });
  if (existsSync(`${from}-wal`)) renameSync(`${from}-wal`, `${to}-wal`);
  if (existsSync(from)) renameSync(from, to);
}

/** A rename is on the disk only when the directory is. */
export function syncDirectory(dir: string): void {
  const handle = openSync(dir, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
