/**
 * The radio's files: device database, stick backup, and generations of both, readable by the owner
 * only. The stack drops what it cannot read and clears what it does not trust; here nothing is lost
 * by that.
 */
import {
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { type BackupKind, kindOfBackup } from "./backup.ts";
import { backupFile, databaseFile } from "./connection.ts";
import { addressesIn, essence, formatDatabase, mend, parseDatabase, type Row } from "./database.ts";
import { sentence } from "./deadline.ts";
import { FormationRefused } from "./inside.ts";
import type { RadioSettings } from "./settings.ts";

const generationsFolder = "generations";
const departedFile = "departed.json";
/**
 * Written once the stack has run: from then on this home has a network that must never be replaced.
 */
const formedFile = "network-formed.json";
const mostGenerations = 10;
const generationEvery_ms = 24 * 3_600_000;
const ownerOnly = 0o600;

interface Generation {
  readonly folder: string;
  readonly rows: readonly Row[];
  readonly backup: BackupKind;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Whole or not at all, also over a power cut. */
async function writeWhole(file: string, text: string): Promise<void> {
  const fresh = `${file}.fresh`;
  const handle = await open(fresh, "w", ownerOnly);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}

export class RadioFiles {
  readonly #settings: RadioSettings;

  constructor(settings: RadioSettings) {
    this.#settings = settings;
  }

  #path(...names: readonly string[]): string {
    return join(this.#settings.dir, ...names);
  }

  /**
   * Mends what is broken and keeps a generation. Returns sentences about what was done. Throws
   * `FormationRefused` where the coming start could only found a new network.
   */
  async prepare(): Promise<{ readonly mayForm: boolean; readonly reports: readonly string[] }> {
    await mkdir(this.#path(generationsFolder), { recursive: true, mode: 0o700 });
    await chmod(this.#settings.dir, 0o700);
    const generations = await this.#generations();
    const backup = await this.#mendBackup(generations);
    const reports = [...backup.reports];
    // A full or worn card costs generations, never the radio.
    try {
      reports.push(...(await this.#mendDatabase(generations)));
      await this.keep();
    } catch (thrown) {
      reports.push(`the radio's files could not be put in order: ${sentence(thrown)}`);
    }
    const formed = (await textOf(this.#path(formedFile))) === this.#network();
    const mayForm = this.#settings.formNetwork && !formed && backup.kind !== "ours";
    // Only the Z-Stack's decision can be watched while it starts; others are not started at all.
    const blind = this.#settings.adapter !== "zstack";
    if (blind && backup.kind !== "ours" && !this.#settings.formNetwork)
      throw new FormationRefused();
    return { mayForm, reports };
  }

  /** After a start: the network exists; its files are the owner's alone. */
  async started(): Promise<void> {
    if ((await textOf(this.#path(formedFile))) !== this.#network()) {
      await writeWhole(this.#path(formedFile), this.#network());
    }
    await this.#protect();
  }

  /**
   * A backup of another network than ours is refused: it would take the place of the one that
   * helps.
   */
  async saveBackup(content: string): Promise<void> {
    const kind = kindOfBackup(content, this.#settings.network);
    if (kind !== "ours") throw new Error(`the stick's backup is ${kind}; the old one is kept`);
    await writeWhole(this.#path(backupFile), content);
  }

  #network(): string {
    const { panId, extendedPanId } = this.#settings.network;
    return `${JSON.stringify({ panId, extendedPanId })}\n`;
  }

  async #protect(): Promise<void> {
    for (const name of [databaseFile, backupFile, formedFile]) {
      await chmod(this.#path(name), ownerOnly).catch(() => {});
    }
  }

  /** A device that left the network by itself is not put back from an old generation. */
  async departed(ieee: string, gone: boolean): Promise<void> {
    const names = new Set(await this.#departed());
    if (names.has(ieee) === gone) return;
    if (gone) names.add(ieee);
    else names.delete(ieee);
    await writeWhole(this.#path(departedFile), JSON.stringify([...names]));
  }

  async #departed(): Promise<readonly string[]> {
    const text = await textOf(this.#path(departedFile));
    try {
      const value: unknown = JSON.parse(text ?? "[]");
      return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
    } catch {
      return [];
    }
  }

  /** Newest first. */
  async #generations(): Promise<readonly Generation[]> {
    const folders = (await readdir(this.#path(generationsFolder))).sort().reverse();
    return await Promise.all(
      folders.map(async (folder) => {
        const place = (name: string): string => this.#path(generationsFolder, folder, name);
        const { rows } = parseDatabase((await textOf(place(databaseFile))) ?? "");
        const content = await textOf(place(backupFile));
        return { folder, rows, backup: kindOfBackup(content, this.#settings.network) };
      }),
    );
  }

  async #mendBackup(
    generations: readonly Generation[],
  ): Promise<{ readonly kind: BackupKind; readonly reports: readonly string[] }> {
    const file = this.#path(backupFile);
    const kind = kindOfBackup(await textOf(file), this.#settings.network);
    if (kind === "ours") return { kind, reports: [] };
    const good = generations.find((generation) => generation.backup === "ours");
    if (kind !== "missing") await rename(file, `${file}.${kind}`);
    if (good === undefined) {
      const reports =
        kind === "missing" ? [] : [`the stick's backup is ${kind}, and none is older`];
      return { kind: "missing", reports };
    }
    await copyFile(this.#path(generationsFolder, good.folder, backupFile), file);
    await chmod(file, ownerOnly);
    const reports = [`the stick's backup was ${kind}; generation ${good.folder} took its place`];
    return { kind: "ours", reports };
  }

  async #mendDatabase(generations: readonly Generation[]): Promise<readonly string[]> {
    const file = this.#path(databaseFile);
    const { rows, brokenLines } = parseDatabase((await textOf(file)) ?? "");
    const departed = new Set(await this.#departed());
    const expected = this.#settings.devices
      .map(({ ieee }) => ieee)
      .filter((ieee) => !departed.has(ieee));
    const mended = mend(
      rows,
      expected,
      generations.map((generation) => generation.rows),
    );
    if (brokenLines === 0 && mended.restored.length === 0) return [];
    if (brokenLines > 0) await copyFile(file, `${file}.corrupt`);
    await writeWhole(file, formatDatabase(mended.rows));
    return [
      ...(brokenLines > 0 ? [`${brokenLines} lines of the device database were unreadable`] : []),
      ...mended.restored.map((ieee) => `device ${ieee} was restored from an older generation`),
    ];
  }

  /**
   * Keeps a generation where something changed, or a day has passed. Called before starts and
   * daily.
   */
  async keep(): Promise<void> {
    await this.#protect();
    const { rows } = parseDatabase((await textOf(this.#path(databaseFile))) ?? "");
    const content = await textOf(this.#path(backupFile));
    if (rows.length === 0 && content === undefined) return;
    const generations = await this.#generations();
    const backup = kindOfBackup(content, this.#settings.network);
    const [newest] = generations;
    const same = newest?.backup === backup && essence(newest.rows) === essence(rows);
    if (newest !== undefined && same && !(await this.#isOld(newest))) return;
    const number = Number(newest?.folder ?? "0") + 1;
    const folder = String(number).padStart(8, "0");
    const place = this.#path(generationsFolder, `${folder}.fresh`);
    await mkdir(place, { recursive: true, mode: 0o700 });
    await writeFile(join(place, databaseFile), formatDatabase(rows), { mode: ownerOnly });
    if (content !== undefined)
      await writeFile(join(place, backupFile), content, { mode: ownerOnly });
    await rename(place, this.#path(generationsFolder, folder));
    await this.#prune([{ folder, rows, backup }, ...generations]);
  }

  async #isOld(generation: Generation): Promise<boolean> {
    const { mtimeMs } = await stat(this.#path(generationsFolder, generation.folder));
    // A clock that jumps costs one generation more.
    return Math.abs(Date.now() - mtimeMs) > generationEvery_ms;
  }

  /** The oldest go first, never the newest one that has the most of the expected devices. */
  async #prune(generations: readonly Generation[]): Promise<void> {
    const wanted = this.#settings.devices.map(({ ieee }) => ieee);
    const fullness = (generation: Generation): number => {
      const present = addressesIn(generation.rows);
      return wanted.filter((ieee) => present.has(ieee)).length;
    };
    const most = Math.max(...generations.map(fullness));
    const fullest = generations.find((generation) => fullness(generation) === most);
    for (const generation of generations.slice(mostGenerations)) {
      if (generation === fullest) continue;
      await rm(this.#path(generationsFolder, generation.folder), { recursive: true });
    }
  }
}
