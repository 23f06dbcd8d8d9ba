/**
 * All open alarms for the desks: those of the homes this process runs from the core's own word, so
 * that a silent database hides none; those of other processes from the rows they share.
 */
import type { Kysely } from "kysely";
import type { OpenAlarmView } from "../../protocol/care-views.ts";
import { byUrgency } from "../../protocol/open-alarms.ts";
import type { CareDatabase } from "../store/schema.ts";
import { type AlarmRow, openAlarmOf, openRecordOf } from "./alarm-views.ts";
import type { Board } from "./board.ts";
import { type Directory, type KnownHomeRow, sees, type Who } from "./directory.ts";

/** How often the rows are read again without a cause: another process says nothing to this one. */
const lookEveryMs = 2_000;
/** After a change the rows are read again this much later: the store has written them by then. */
const settleMs = 50;
/** Rows that are read; the core keeps the number of open alarms far below. */
const rowsMax = 5_000;

/** An index has these alone: the closed ones are those of years, from thousands of homes. */
export const openRows = (db: Kysely<CareDatabase>) =>
  db
    .selectFrom("alarms")
    .selectAll()
    .where("closed_wall", "is", null)
    .where("raised_wall", "is not", null)
    .orderBy("raised_wall", "desc")
    .limit(rowsMax);

const keyOf = (home: string, alarm: string): string => `${home} ${alarm}`;

export class OpenAlarms {
  readonly #db: Kysely<CareDatabase>;
  readonly #board: Board;
  readonly #directory: Directory;
  #rows = new Map<string, AlarmRow>();
  /** Rows of each home. */
  #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #unlisten = (): void => undefined;

  constructor(parts: {
    readonly db: Kysely<CareDatabase>;
    readonly board: Board;
    readonly directory: Directory;
  }) {
    this.#db = parts.db;
    this.#board = parts.board;
    this.#directory = parts.directory;
  }

  start(): void {
    this.#unlisten = this.#board.listen(() => this.#lookSoon());
    this.#timer = setInterval(() => this.#lookSoon(), lookEveryMs);
    this.#lookSoon();
  }

  stop(): void {
    this.#unlisten();
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
  }

  /** What this person may see, most urgent first. */
  async of(who: Who): Promise<readonly OpenAlarmView[]> {
    const found: OpenAlarmView[] = [];
    for (const view of this.#board.alarmed()) {
      const known = await this.#known(view.home);
      if (!sees(who, view.home, known.home_group)) continue;
      for (const open of view.alarms) {
        const row = this.#rows.get(keyOf(view.home, open.alarm.id));
        found.push(openAlarmOf(view, open, known, row));
      }
    }
    for (const row of this.#rows.values()) {
      if (this.#board.of(row.home) !== undefined) continue;
      const known = await this.#known(row.home);
      if (sees(who, row.home, known.home_group)) found.push(openRecordOf(row, known));
    }
    return found.sort(byUrgency);
  }

  /** A home whose row cannot be read is shown by its id, to those who see every group. */
  async #known(home: string): Promise<Pick<KnownHomeRow, "home" | "resident" | "home_group">> {
    const nameless = { home, resident: null, home_group: null };
    try {
      return (await this.#directory.get(home)) ?? nameless;
    } catch {
      return nameless;
    }
  }

  /** How many are open in this home. */
  countOf(home: string): number {
    const view = this.#board.of(home);
    return view === undefined ? (this.#counts.get(home) ?? 0) : view.alarms.length;
  }

  #lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#look()
        .catch(() => undefined)
        .finally(() => {
          this.#soon = undefined;
        });
    }, settleMs);
  }

  async #look(): Promise<void> {
    const rows = await openRows(this.#db).execute();
    const before = this.#rows;
    this.#rows = new Map(rows.map((row) => [keyOf(row.home, row.id), row]));
    this.#counts = new Map();
    for (const { home } of rows) this.#counts.set(home, (this.#counts.get(home) ?? 0) + 1);
    for (const [key, row] of this.#rows) {
      if (JSON.stringify(before.get(key)) !== JSON.stringify(row)) this.#told(row.home);
    }
    for (const [key, row] of before) if (!this.#rows.has(key)) this.#told(row.home);
  }

  #told(home: string): void {
    for (const listener of this.#listeners) listener(home);
  }

  readonly #listeners = new Set<(home: string) => void>();

  /** Rows have changed. Returns what ends the listening. */
  listen(listener: (home: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
