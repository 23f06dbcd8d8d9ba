import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DatabaseFault, faultOf, openDatabase } from "../../platform/sqlite.ts";

let dir = "";
let path = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "obhut-test-sqlite-"));
  path = join(dir, "a.db");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const first = "CREATE TABLE notes (n INTEGER PRIMARY KEY, text TEXT NOT NULL)";
const second = "ALTER TABLE notes ADD COLUMN by TEXT";
const options = { migrations: [first], applicationId: 0x1234 };

function refused(act: () => unknown): DatabaseFault {
  try {
    act();
  } catch (error) {
    return error as DatabaseFault;
  }
  throw new Error("was not refused");
}

describe("opening a database", () => {
  test("I2: a commit is on the disk before it returns, in a file for its owner only", () => {
    const db = openDatabase(path, options);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    // 2 is FULL.
    expect(db.pragma("synchronous", { simple: true })).toBe(2);
    expect(db.pragma("page_size", { simple: true })).toBe(1024);
    db.exec("INSERT INTO notes (text) VALUES ('one')");
    for (const end of ["", "-wal", "-shm"]) {
      expect(statSync(path + end).mode & 0o777).toBe(0o600);
    }
    db.close();
  });

  test("a file that others could read is closed to them", () => {
    openDatabase(path, options).close();
    chmodSync(path, 0o644);
    openDatabase(path, options).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("migrations run once, in order, each file where it stands", () => {
    const old = openDatabase(path, options);
    old.exec("INSERT INTO notes (text) VALUES ('one')");
    old.close();
    const db = openDatabase(path, { ...options, migrations: [first, second] });
    expect(db.prepare("SELECT * FROM notes").all()).toEqual([{ n: 1, text: "one", by: null }]);
    db.close();
    openDatabase(path, { ...options, migrations: [first, second] }).close();
  });

  test("a migration that fails leaves the file as it was", () => {
    openDatabase(path, options).close();
    const bad = [first, `${second}; CREATE TABLE notes (x)`];
    expect(() => openDatabase(path, { ...options, migrations: bad })).toThrow();
    const db = openDatabase(path, options);
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    db.close();
  });

  test("a file of a newer version is refused in a sentence", () => {
    openDatabase(path, { ...options, migrations: [first, second] }).close();
    const fault = refused(() => openDatabase(path, options));
    expect(fault.trouble).toBe("newer");
    expect(fault.message).toContain("schema 2, this one knows 1");
    expect(fault.message).toContain("Install that version again");
  });

  test("another program's file is refused, and not touched", () => {
    const other = new Sqlite(path);
    other.exec("CREATE TABLE theirs (x)");
    other.close();
    const before = readFileSync(path);
    expect(refused(() => openDatabase(path, options)).trouble).toBe("foreign");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test("garbage is called damaged", () => {
    writeFileSync(path, Buffer.alloc(4_096, "garbage"));
    expect(refused(() => openDatabase(path, options)).trouble).toBe("damaged");
  });

  test("a broken page is found at the door", () => {
    const db = openDatabase(path, options);
    const insert = db.prepare("INSERT INTO notes (text) VALUES (?)");
    for (let n = 0; n < 100; n += 1) insert.run("text ".repeat(20));
    db.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096, 5_120);
    writeFileSync(path, bytes);
    const fault = refused(() => openDatabase(path, options));
    expect(fault.trouble).toBe("damaged");
    expect(fault.message).toContain(path);
  });

  test("a file whose journal is too long to be read is checked by the tables that count", () => {
    const other = "CREATE TABLE state (n INTEGER PRIMARY KEY)";
    const both = { ...options, migrations: [first, other] };
    const db = openDatabase(path, both);
    const insert = db.prepare("INSERT INTO notes (text) VALUES (?)");
    for (let n = 0; n < 100; n += 1) insert.run("text ".repeat(20));
    db.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096, 5_120);
    writeFileSync(path, bytes);
    openDatabase(path, { ...both, check: ["state", "later"] }).close();
    const fault = refused(() => openDatabase(path, { ...both, check: ["state", "notes"] }));
    expect(fault.trouble).toBe("damaged");
  });

  test("a flipped letter in the name of a column is found at the door", () => {
    openDatabase(path, options).close();
    const bytes = readFileSync(path);
    const at = bytes.indexOf("notes (n INTEGER");
    bytes.write("m", at + "notes (".length);
    writeFileSync(path, bytes);
    expect(refused(() => openDatabase(path, options)).trouble).toBe("damaged");
  });

  test("a place that does not exist gets a sentence", () => {
    const fault = refused(() => openDatabase(join(dir, "no", "a.db"), options));
    expect(fault.trouble).toBe("not-writable");
    expect(fault.message).toContain("the directory does not exist");
  });

  test("a file that another process holds is said to be held", () => {
    const holder = openDatabase(path, options);
    holder.exec("BEGIN IMMEDIATE");
    const db = openDatabase(path, { ...options, busyMs: 1 });
    const fault = faultOf(
      refused(() => db.exec("INSERT INTO notes (text) VALUES ('two')")),
      path,
    );
    expect(fault.trouble).toBe("busy");
    db.close();
    holder.close();
  });

  test("a full file says so, and takes more when there is room again", () => {
    const db = openDatabase(path, options);
    db.pragma("max_page_count = 12");
    const insert = db.prepare("INSERT INTO notes (text) VALUES (?)");
    let kept = 0;
    const fault = faultOf(
      refused(() => {
        for (;;) {
          insert.run("x".repeat(500));
          kept += 1;
        }
      }),
      path,
    );
    expect(fault.trouble).toBe("no-space");
    db.pragma("max_page_count = 1000");
    insert.run("room");
    expect(db.prepare("SELECT count(*) FROM notes").pluck().get()).toBe(kept + 1);
    db.close();
  });

  test("a value that SQLite cannot hold is the value's fault, not the disk's", () => {
    const db = openDatabase(path, options);
    const insert = db.prepare("INSERT INTO notes (text) VALUES (?)");
    for (const value of [null, { not: "a text" }]) {
      expect(
        faultOf(
          refused(() => insert.run(value)),
          path,
        ).trouble,
      ).toBe("content");
    }
    db.close();
  });
});
