/**
 * A recorded journal as a row of records in order: from a journal's file, or from its export as
 * text.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { z } from "zod";
import { type Database, DatabaseFault, faultOf } from "../../platform/sqlite.ts";
import type { HomePlan } from "../../protocol/home.ts";
import type { EngineState } from "../../rules/engine.ts";
import type { RecordedEvent } from "./encode.ts";
import { openJournalFile } from "./generation.ts";
import { journalLimits } from "./limits.ts";
import { type Cell, isSealed } from "./schema.ts";
import { JournalStore } from "./store.ts";

/** What a record of text must be like at the least, so that the rules can be run on it. */
const planShape = z.looseObject({
  home: z.string(),
  devices: z.array(z.looseObject({ id: z.string(), roles: z.array(z.string()) })),
  agreement: z.looseObject({
    parties: z.array(z.unknown()),
    chains: z.array(z.unknown()),
    fallback: z.array(z.unknown()),
  }),
  stove: z.looseObject({}),
  link: z.looseObject({}),
});
const seq = z.int().nonnegative();
const recordShape = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("plan"), seq, rules: z.string(), plan: planShape }),
  z.looseObject({
    kind: z.literal("snapshot"),
    seq,
    state: z.looseObject({ machines: z.looseObject({}) }),
  }),
  z.looseObject({
    kind: z.literal("event"),
    seq,
    event: z.looseObject({ kind: z.string(), id: z.string(), at: z.number() }),
    // The range of a date, in ms: beyond it none can be printed.
    wall: z.looseObject({ wall_ms: z.number().min(-8.64e15).max(8.64e15), trusted: z.boolean() }),
    decisions: z.array(z.looseObject({ effects: z.array(z.string()) })),
    effects: z.array(z.looseObject({ kind: z.string(), id: z.string() })),
    whole: z.boolean(),
  }),
]);

/** Plans and snapshots hold for what comes after their `seq`. */
export type Recorded =
  | { readonly kind: "plan"; readonly seq: number; readonly rules: string; readonly plan: HomePlan }
  | { readonly kind: "snapshot"; readonly seq: number; readonly state: EngineState }
  | ({ readonly kind: "event" } & RecordedEvent);

/** The file is not a journal, or cannot be read; the message is the sentence for a person. */
export class RecordFault extends Error {}

const sqliteMagic = "SQLite format 3\u0000";
const exportMark = { journal: 1 };
/** A longer line is no line of a journal. */
const lineMax = 16 * 1024 * 1024;
const eventsAtOnce = 500;

/** All records of a file, oldest first. Throws `RecordFault`. */
export function* recordsOf(path: string): Generator<Recorded> {
  const head = headOf(path);
  if (head.startsWith(sqliteMagic)) yield* recordsOfDatabase(path);
  else if (head.startsWith("{")) yield* recordsOfText(path);
  else throw new RecordFault(`${path}: is neither a journal nor the export of one.`);
}

/** The export: a first line that says what it is, then one record a line. */
export function* exportJournal(path: string): Generator<string> {
  yield JSON.stringify(exportMark);
  for (const record of recordsOf(path)) yield JSON.stringify(record);
}

function headOf(path: string): string {
  try {
    const handle = openSync(path, "r");
    try {
      const head = Buffer.alloc(sqliteMagic.length);
      return head.toString("latin1", 0, readSync(handle, head));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new RecordFault(`${path}: cannot be read (${(error as Error).message}).`);
  }
}

function* recordsOfDatabase(path: string): Generator<Recorded> {
  let db: Database | undefined;
  try {
    db = openJournalFile(path, true);
    yield* recordsIn(db);
  } catch (error) {
    if (!(error instanceof DatabaseFault || error instanceof Error)) throw error;
    throw new RecordFault(faultOf(error, path).message);
  } finally {
    db?.close();
  }
}

function* recordsIn(db: Database): Generator<Recorded> {
  const store = new JournalStore(db, journalLimits);
  const marks = marksIn(db);
  let mark = 0;
  let next: number | undefined = 0;
  while (next !== undefined) {
    const page = store.events(next, eventsAtOnce);
    for (const event of page.events) {
      for (; (marks[mark]?.seq ?? event.seq) < event.seq; mark += 1) yield* read(db, marks[mark]);
      yield { kind: "event", ...event };
    }
    next = page.next;
  }
  for (const rest of marks.slice(mark)) yield* read(db, rest);
}

interface Mark {
  readonly table: "plans" | "snapshots";
  readonly seq: number;
}

/** Where plans and snapshots stand among the events; at one place the plan comes first. */
function marksIn(db: Database): readonly Mark[] {
  const sql = `SELECT 'plans' AS "table", seq FROM plans
    UNION ALL SELECT 'snapshots', seq FROM snapshots ORDER BY seq, 1`;
  return db.prepare<[], Mark>(sql).all();
}

function* read(db: Database, mark: Mark | undefined): Generator<Recorded> {
  if (mark === undefined) return;
  const sql = `SELECT * FROM ${mark.table} WHERE seq = ?`;
  const row = db.prepare<[number]>(sql).raw().get(mark.seq) as Cell[] | undefined;
  // A row that is not as it was written says nothing; replay goes on from the next one.
  if (row === undefined || !isSealed(row)) return;
  const [seq, second, text] = [Number(row[0]), String(row[1]), String(row[2])];
  if (mark.table === "plans") yield { kind: "plan", seq, rules: second, plan: JSON.parse(text) };
  else yield { kind: "snapshot", seq, state: JSON.parse(text) };
}

function* recordsOfText(path: string): Generator<Recorded> {
  let number = 0;
  for (const line of linesOf(path)) {
    number += 1;
    const value = parse(line);
    if (number === 1) {
      if (isObject(value) && value["journal"] === exportMark.journal) continue;
      throw new RecordFault(`${path}: is not the export of a journal (its first line says so).`);
    }
    if (!isRecord(value)) {
      throw new RecordFault(`${path}: line ${number} is not a record of a journal.`);
    }
    yield value;
  }
}

function* linesOf(path: string): Generator<string> {
  const handle = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(65_536);
    let rest = Buffer.alloc(0);
    for (let size = readSync(handle, chunk); size > 0; size = readSync(handle, chunk)) {
      rest = Buffer.concat([rest, chunk.subarray(0, size)]);
      if (rest.length > lineMax) throw new RecordFault(`${path}: has a line that is too long.`);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.toString("utf8", 0, end);
        rest = rest.subarray(end + 1);
      }
    }
    if (rest.length > 0) yield rest.toString("utf8");
  } finally {
    closeSync(handle);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isRecord(value: unknown): value is Recorded {
  return recordShape.safeParse(value).success;
}
