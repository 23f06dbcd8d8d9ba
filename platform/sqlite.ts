/**
 * Opens SQLite files the one way this project does: write-ahead log, every commit on the disk
 * before it counts, checked at the door, readable by nobody else, and a sentence where something is
 * wrong.
 */
import { chmodSync, closeSync, existsSync, openSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { wordsOf } from "./words.ts";

export type { Database } from "better-sqlite3";

/** What kind of trouble a file is in, and so what can be done about it. */
export type DatabaseTrouble =
  /** The content cannot be right: move it aside and salvage. */
  | "damaged"
  /** A later version of the program wrote it: refuse. */
  | "newer"
  /** It is a sound file of another program: refuse. */
  | "foreign"
  /** One row cannot be stored; the others can. */
  | "content"
  /** No space, no permission, another process holds it, or the medium fails: try again. */
  | "no-space"
  | "not-writable"
  | "busy"
  | "medium";

export class DatabaseFault extends Error {
  readonly trouble: DatabaseTrouble;
  constructor(trouble: DatabaseTrouble, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = "DatabaseFault";
    this.trouble = trouble;
  }
}

export interface DatabaseOptions {
  /** SQL of each schema version; the first makes version 1. Each runs once, in one transaction. */
  readonly migrations: readonly string[];
  /**
   * Marks the file as ours (`PRAGMA application_id`), so that a foreign file is refused unharmed.
   */
  readonly applicationId?: number;
  /** 1024 writes the least for small commits; it counts only for a new file. */
  readonly pageSize?: 1024 | 4096;
  /** How long a commit waits for another process that holds the file. */
  readonly busyMs?: number;
  readonly readonly?: boolean;
  /**
   * Tables that are read through at the door, all of them by default. Whoever opens a file that
   * another part of the same program has checked names none.
   */
  readonly check?: readonly string[];
}

/**
 * Opens or makes the database, brings its schema up to date. Throws `DatabaseFault`, nothing else.
 */
export function openDatabase(path: string, options: DatabaseOptions): Database.Database {
  const { readonly = false, busyMs = 5_000 } = options;
  let db: Database.Database | undefined;
  try {
    if (!readonly && path !== ":memory:") guardFile(path);
    db = new Database(path, { readonly, fileMustExist: readonly, timeout: busyMs });
    checkOwner(db, path, options.applicationId);
    if (!readonly) setUp(db, options.pageSize ?? 1024);
    checkContent(db, path, options.check);
    checkSchema(db, path, options);
    if (!readonly) migrate(db, options);
    return db;
  } catch (error) {
    db?.close();
    throw faultOf(error, path);
  }
}

/**
 * The file and its log belong to one user; SQLite gives its side files the mode of the main file.
 */
function guardFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function setUp(db: Database.Database, pageSize: number): void {
  db.pragma(`page_size = ${pageSize}`);
  db.pragma("journal_mode = WAL");
  // The library is built with NORMAL, which may lose the last commits in a power cut.
  db.pragma("synchronous = FULL");
  db.pragma("cell_size_check = ON");
  db.pragma("trusted_schema = OFF");
  db.pragma("cache_size = -2000");
  db.pragma("temp_store = MEMORY");
  // After a peak the log is cut back to this, so that it cannot fill the card by itself.
  db.pragma("journal_size_limit = 4194304");
}

function readNumber(db: Database.Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }));
}

function checkOwner(db: Database.Database, path: string, wanted: number | undefined): void {
  const found = readNumber(db, "application_id");
  const empty = db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  if (wanted === undefined || found === wanted || empty) return;
  throw new DatabaseFault(
    "foreign",
    `${path}: is the file of another program; it was not touched.`,
  );
}

function checkContent(
  db: Database.Database,
  path: string,
  tables: readonly string[] | undefined,
): void {
  const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  const there = tables?.filter((table) => exists.get(table) !== undefined) ?? ["1"];
  for (const what of there) {
    const found = String(db.pragma(`quick_check(${what})`, { simple: true }));
    if (found === "ok") continue;
    const words = found.split("\n")[0] ?? found;
    throw new DatabaseFault("damaged", `${path}: is damaged (${words}).`);
  }
}

/**
 * `quick_check` lets a flipped letter in the name of a column pass: the schema is held against
 * ours.
 */
function checkSchema(db: Database.Database, path: string, options: DatabaseOptions): void {
  const { migrations } = options;
  const found = readNumber(db, "user_version");
  if (found > migrations.length) {
    throw new DatabaseFault(
      "newer",
      `${path}: was written by a newer version (schema ${found}, this one knows ` +
        `${migrations.length}). Install that version again, or move the file away to start ` +
        "without it.",
    );
  }
  const wanted = schemaOf(migrations.slice(0, found));
  const tables = db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
  const whole = found === 0 ? tables.get() === undefined : wanted.every(isIn(schemaIn(db)));
  if (!whole) throw new DatabaseFault("damaged", `${path}: is damaged (its tables are not ours).`);
}

const isIn = (found: readonly string[]) => (sql: string) => found.includes(sql);

function schemaIn(db: Database.Database): readonly string[] {
  const sql = "SELECT name || ':' || sql FROM sqlite_schema WHERE sql IS NOT NULL";
  return db.prepare<[], string>(sql).pluck().all();
}

/** What the migrations make, read from a database in memory. */
function schemaOf(migrations: readonly string[]): readonly string[] {
  const model = new Database(":memory:");
  for (const sql of migrations) model.exec(sql);
  const schema = schemaIn(model);
  model.close();
  return schema;
}

function migrate(db: Database.Database, options: DatabaseOptions): void {
  const { migrations, applicationId } = options;
  const found = readNumber(db, "user_version");
  if (found === migrations.length) return;
  db.transaction(() => {
    for (const sql of migrations.slice(found)) db.exec(sql);
    if (applicationId !== undefined) db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

const troubles: readonly (readonly [string, DatabaseTrouble, string])[] = [
  ["SQLITE_CORRUPT", "damaged", "is damaged"],
  ["SQLITE_NOTADB", "damaged", "is not a database any more"],
  ["SQLITE_FULL", "no-space", "cannot grow: the disk is full"],
  ["SQLITE_CONSTRAINT", "content", "cannot hold this row"],
  ["SQLITE_MISMATCH", "content", "cannot hold this row"],
  ["SQLITE_TOOBIG", "content", "cannot hold this row"],
  ["SQLITE_IOERR", "medium", "cannot be read or written"],
  ["SQLITE_READONLY", "not-writable", "cannot be written"],
  ["SQLITE_CANTOPEN", "not-writable", "cannot be opened"],
  ["SQLITE_PERM", "not-writable", "cannot be opened"],
  ["SQLITE_BUSY", "busy", "is held by another process"],
  ["SQLITE_LOCKED", "busy", "is held by another process"],
  ["ENOSPC", "no-space", "cannot be made: the disk is full"],
  ["EROFS", "not-writable", "cannot be written: the disk is mounted read-only"],
  ["EACCES", "not-writable", "cannot be opened: no permission"],
  ["EPERM", "not-writable", "cannot be opened: no permission"],
  ["ENOENT", "not-writable", "cannot be made: the directory does not exist"],
];

/** Any error of SQLite or the file system as a fault with a sentence. */
export function faultOf(error: unknown, path: string): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const code = codeOf(error);
  const text = wordsOf(error);
  const known = troubles.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) {
    // The library refuses values that SQLite has no type for before SQLite sees them.
    const ours = error instanceof TypeError || error instanceof RangeError;
    return new DatabaseFault(ours ? "content" : "medium", `${path}: ${text}`, error);
  }
  const [, trouble, sentence] = known;
  return new DatabaseFault(trouble, `${path}: ${sentence} (${code}: ${text}).`, error);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code);
}
