/**
 * The radio's files: device database, stick backup, and generations of both, readable by the owner
 * only. The stack drops what it cannot read and clears what it does not trust; here nothing is lost
 * by that.
 */
import { chmod, copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { textOf, writeWhole } from "../../platform/whole-file.ts";
import { wordsOf } from "../../platform/words.ts";
import { type BackupKind, kindOfBackup } from "./backup.ts";
import { backupFile, databaseFile } from "./connection.ts";
import { formatDatabase, mend, parseDatabase } from "./database.ts";
import { type Generation, Generations } from "./generations.ts";
import { FormationRefused } from "./inside.ts";
import type { RadioSettings } from "./settings.ts";
import { ownerOnly, textOrAside } from "./whole-files.ts";

const departedFile = "departed.json";
/**
 * Written once the stack has run: from then on this home has a network that must never be replaced.
 */
const formedFile = "network-formed.json";

/** How a start finds the files. */
export interface Prepared {
  readonly mayForm: boolean;
  /** Whether there is a backup that brings a wiped stick back. */
  readonly hasBackup: boolean;
  /** Sentences about what was done, and what could not be. */
  readonly reports: readonly string[];
}

export class RadioFiles {
  readonly #settings: RadioSettings;
  readonly #generations: Generations;

  constructor(settings: RadioSettings) {
    this.#settings = settings;
    this.#generations = new Generations(settings);
  }

  #path(name: string): string {
    return join(this.#settings.dir, name);
  }

  /**
   * Mends what is broken and keeps a generation. A full, worn or read-only card costs these, never
   * the radio. Throws `FormationRefused` where the coming start could only found a new network.
   */
  async prepare(): Promise<Prepared> {
    const reports: string[] = [];
    let isSound = true;
    const step = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (thrown) {
        isSound = false;
        reports.push(`the radio's files could not be put in order: ${wordsOf(thrown)}`);
        return undefined;
      }
    };
    await step(() => this.#generations.open());
    await step(() => chmod(this.#settings.dir, 0o700));
    const generations = (await step(() => this.#generations.read())) ?? [];
    const backup = await step(() => this.#mendBackup(generations));
    const database = await step(() => this.#mendDatabase(generations));
    await step(() => this.keep());
    const formed = await step(async () => (await textOf(this.#path(formedFile))) ?? "");
    reports.push(...(backup?.reports ?? []), ...(database ?? []));
    const hasBackup = backup?.kind === "ours";
    // Files that cannot be read do not say that there never was a network.
    const isNew = isSound && formed !== this.#network();
    const mayForm = this.#settings.formNetwork && isNew && !hasBackup;
    // Only the Z-Stack's decision can be watched while it starts; others are not started at all.
    const isBlind = this.#settings.adapter !== "zstack";
    if (isBlind && !hasBackup && !mayForm) throw new FormationRefused();
    return { mayForm, hasBackup, reports };
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

  /** None, where that cannot be read: then a device too many is put back. */
  async #departed(): Promise<readonly string[]> {
    try {
      const value: unknown = JSON.parse((await textOf(this.#path(departedFile))) ?? "[]");
      return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
    } catch {
      return [];
    }
  }

  async #mendBackup(
    generations: readonly Generation[],
  ): Promise<{ readonly kind: BackupKind; readonly reports: readonly string[] }> {
    const file = this.#path(backupFile);
    const kind = kindOfBackup(await textOrAside(file), this.#settings.network);
    if (kind === "ours") return { kind, reports: [] };
    const good = generations.find((generation) => generation.backup === "ours");
    if (kind !== "missing") await rename(file, `${file}.${kind}`);
    if (good === undefined) {
      const reports =
        kind === "missing" ? [] : [`the stick's backup is ${kind}, and none is older`];
      return { kind: "missing", reports };
    }
    await copyFile(this.#generations.backupOf(good), file);
    await chmod(file, ownerOnly);
    const reports = [`the stick's backup was ${kind}; generation ${good.folder} took its place`];
    return { kind: "ours", reports };
  }

  async #mendDatabase(generations: readonly Generation[]): Promise<readonly string[]> {
    const file = this.#path(databaseFile);
    const { rows, brokenLines } = parseDatabase((await textOrAside(file)) ?? "");
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
    if (rows.length > 0 || content !== undefined) await this.#generations.keep(rows, content);
  }
}
