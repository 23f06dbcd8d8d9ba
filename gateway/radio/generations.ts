/** Older copies of the device database and the stick's backup, by which lost ones are mended. */
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { textOf, writeSynced } from "../../platform/whole-file.ts";
import { type BackupKind, kindOfBackup } from "./backup.ts";
import { backupFile, databaseFile } from "./connection.ts";
import { addressesIn, essence, formatDatabase, parseDatabase, type Row } from "./database.ts";
import type { RadioSettings } from "./settings.ts";

export interface Generation {
  readonly folder: string;
  readonly rows: readonly Row[];
  readonly backup: BackupKind;
}

const ownFolder = "generations";
/** A number of eight digits, so that names sort by age. */
const finished = /^\d{8}$/;
/** What a power cut left half written. */
const unfinished = /\.fresh$/;
const most = 10;
const each_ms = 24 * 3_600_000;

export class Generations {
  readonly #settings: RadioSettings;

  constructor(settings: RadioSettings) {
    this.#settings = settings;
  }

  #path(...names: readonly string[]): string {
    return join(this.#settings.dir, ownFolder, ...names);
  }

  async open(): Promise<void> {
    await mkdir(this.#path(), { recursive: true, mode: 0o700 });
  }

  backupOf(generation: Generation): string {
    return this.#path(generation.folder, backupFile);
  }

  async #folders(): Promise<readonly string[]> {
    const names = await readdir(this.#path());
    return names.filter((name) => finished.test(name)).sort();
  }

  /** Newest first. One that cannot be read is passed over. */
  async read(): Promise<readonly Generation[]> {
    const folders = [...(await this.#folders())].reverse();
    const read = await Promise.all(folders.map((it) => this.#one(it).catch(() => undefined)));
    return read.filter((generation) => generation !== undefined);
  }

  async #one(folder: string): Promise<Generation> {
    const { rows } = parseDatabase((await textOf(this.#path(folder, databaseFile))) ?? "");
    const content = await textOf(this.#path(folder, backupFile));
    return { folder, rows, backup: kindOfBackup(content, this.#settings.network) };
  }

  /** Keeps one where something changed, or a day has passed. */
  async keep(rows: readonly Row[], content: string | undefined): Promise<void> {
    const older = await this.read();
    const backup = kindOfBackup(content, this.#settings.network);
    const [newest] = older;
    const same = newest?.backup === backup && essence(newest.rows) === essence(rows);
    if (newest !== undefined && same && !(await this.#isOld(newest))) return;
    await this.#sweep();
    const last = (await this.#folders()).at(-1) ?? "0";
    const folder = String(Number(last) + 1).padStart(8, "0");
    const place = this.#path(`${folder}.fresh`);
    await mkdir(place, { mode: 0o700 });
    await writeSynced(join(place, databaseFile), formatDatabase(rows));
    if (content !== undefined) await writeSynced(join(place, backupFile), content);
    await rename(place, this.#path(folder));
    await this.#prune([{ folder, rows, backup }, ...older]);
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#path())) {
      if (unfinished.test(name)) await rm(this.#path(name), { recursive: true });
    }
  }

  async #isOld(generation: Generation): Promise<boolean> {
    const { mtimeMs } = await stat(this.#path(generation.folder));
    // A clock that jumps costs one generation more.
    return Math.abs(Date.now() - mtimeMs) > each_ms;
  }

  /** The oldest go first, never the newest one that has the most of the expected devices. */
  async #prune(generations: readonly Generation[]): Promise<void> {
    const wanted = this.#settings.devices.map(({ ieee }) => ieee);
    const fullness = (generation: Generation): number => {
      const present = addressesIn(generation.rows);
      return wanted.filter((ieee) => present.has(ieee)).length;
    };
    const fullest = Math.max(...generations.map(fullness));
    const spared = generations.find((generation) => fullness(generation) === fullest);
    for (const generation of generations.slice(most)) {
      if (generation === spared) continue;
      await rm(this.#path(generation.folder), { recursive: true });
    }
  }
}
