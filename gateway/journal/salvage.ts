/** Reads what can still be read from a damaged journal, row by row, around the broken places. */
import Sqlite from "better-sqlite3";
import type { Database } from "../../platform/sqlite.ts";
import { tableNames } from "./generation.ts";
import { type Cell, insertRow, isSealed, type JournalTable, selectAfter } from "./schema.ts";

export interface Salvaged {
  /** Rows that were sound and are in the new file. */
  readonly rows: number;
  readonly events: number;
  /** Rows that could be read, with a wrong checksum. */
  readonly unsound: number;
}

/** How many rows are read at a time while nothing is wrong. */
const stride = 200;
/** After so many leaps over broken places the rest of a table is given up. */
const leapsMax = 64;

/** Copies all sound rows of the file at `path` into `db`. Never throws for what it finds there. */
export function salvage(path: string, db: Database): Salvaged {
  let source: Database | undefined;
  let rows = 0;
  let events = 0;
  let unsound = 0;
  try {
    source = new Sqlite(path, { readonly: true, fileMustExist: true });
    for (const table of tableNames) {
      const insert = db.prepare<Cell[]>(insertRow(table));
      for (const row of readableRows(source, table)) {
        const fresh = isSealed(row) ? insert.run(...row).changes : 0;
        if (!isSealed(row)) unsound += 1;
        rows += fresh;
        if (table === "events") events += fresh;
      }
    }
  } catch {
    // Not even the schema can be read: the generations are all there is.
  } finally {
    source?.close();
  }
  return { rows, events, unsound };
}

/** The rows of a table in order; a place that cannot be read is leapt over, farther each time. */
function* readableRows(source: Database, table: JournalTable): Generator<Cell[]> {
  let after = -1;
  let count = stride;
  let leap = 1;
  let leaps = 0;
  for (;;) {
    const rows = readAfter(source, table, after, count);
    if (rows !== undefined) {
      if (rows.length === 0) return;
      yield* rows;
      after = Number(rows.at(-1)?.[0]);
      leap = 1;
      count = Math.min(stride, count * 2);
    } else if (count > 1) {
      count = 1;
    } else {
      leaps += 1;
      if (leaps > leapsMax) return;
      after += leap;
      leap *= 2;
    }
  }
}

function readAfter(
  source: Database,
  table: JournalTable,
  after: number,
  count: number,
): Cell[][] | undefined {
  try {
    return source.prepare<Cell[]>(selectAfter(table)).raw().all(after, count) as Cell[][];
  } catch {
    return undefined;
  }
}
