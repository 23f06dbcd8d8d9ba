/** The journal's database from the inside: one batch is one transaction. Lives in the worker. */
import type { Statement } from "better-sqlite3";
import type { Stamp } from "../../platform/clock.ts";
import type { Database } from "../../platform/sqlite.ts";
import { instant } from "../../protocol/time.ts";
import type { OutboxMessage } from "../ports.ts";
import {
  decodeEvent,
  decodeMessage,
  type EntryWrite,
  eventCells,
  lastStamp,
  type RecordedEvent,
  type Write,
} from "./encode.ts";
import type { JournalLimits } from "./limits.ts";
import {
  type Cell,
  insertRow,
  isSealed,
  type JournalTable,
  latestTime,
  seal,
  selectAfter,
} from "./schema.ts";

/** A snapshot of the rules, as text. */
export interface StoredState {
  readonly seq: number;
  readonly at: number;
  readonly state: string;
}

export interface StoredPlan {
  readonly seq: number;
  readonly rules: string;
  readonly plan: string;
}

/** What a restart needs, without the events after the snapshot. */
export interface StoredMemory {
  readonly lastSeq: number;
  /** The latest gateway time that anything in it bears. */
  readonly latestAt: number;
  readonly stamp: Stamp | undefined;
  readonly snapshot: StoredState | undefined;
  readonly plans: readonly StoredPlan[];
  readonly pending: readonly OutboxMessage[];
}

export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Where the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

export class JournalStore {
  readonly db: Database;
  readonly #limits: JournalLimits;
  readonly #statements = new Map<string, Statement<Cell[]>>();
  #lastSeq: number;
  #lastAt = 0;
  #waiting: number;
  #snapshot: StoredState | undefined;

  constructor(db: Database, limits: JournalLimits) {
    this.db = db;
    this.#limits = limits;
    this.#lastSeq = Math.max(this.#count("SELECT max(seq) FROM events"), this.#boundary());
    this.#waiting = this.#count("SELECT count(*) FROM outbox");
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The last snapshot that was written through this store. */
  get lastSnapshot(): StoredState | undefined {
    return this.#snapshot;
  }

  /**
   * Writes a batch as one transaction: on the disk when this returns, or an error and nothing.
   * Returns sentences about messages that gave way.
   */
  commit(writes: readonly Write[]): readonly string[] {
    const before = { seq: this.#lastSeq, at: this.#lastAt, waiting: this.#waiting };
    const reports: string[] = [];
    try {
      this.db
        .transaction(() => {
          for (const write of writes) this.#write(write);
          this.#boundOutbox(reports);
        })
        .immediate();
    } catch (error) {
      this.#lastSeq = before.seq;
      this.#lastAt = before.at;
      this.#waiting = before.waiting;
      throw error;
    }
    return reports;
  }

  /**
   * For a batch of which nobody knows how much was written, because a worker died or failed over
   * it: the number of writes up to the last event that is there. What follows was never written.
   */
  alreadyWritten(writes: readonly Write[]): number {
    const sql = "SELECT id FROM events ORDER BY seq DESC LIMIT ?";
    const there = new Set(this.#prepared(sql).pluck().all(writes.length));
    return writes.findLastIndex((write) => write.kind === "entry" && there.has(write.id)) + 1;
  }

  /** After a rebuild: the numbers go on where they were, and a snapshot stays at its own. */
  goOnFrom(lastSeq: number, snapshot: StoredState | undefined): void {
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    if (snapshot === undefined) return;
    this.#replace("snapshots", snapshot.seq, snapshot.at, snapshot.state);
  }

  memory(): StoredMemory {
    const sound = (row: unknown): row is Cell[] => row !== undefined && isSealed(row as unknown[]);
    const snapshot = this.#rows("snapshots", "seq DESC LIMIT 8").find(sound);
    const pending = this.#rows("outbox", "n").filter(sound);
    const plans = this.#rows("plans", "seq").filter(sound);
    return {
      lastSeq: this.#lastSeq,
      latestAt: this.#count(latestTime),
      stamp: this.#stamp(sound),
      snapshot:
        snapshot === undefined
          ? undefined
          : { seq: Number(snapshot[0]), at: Number(snapshot[1]), state: String(snapshot[2]) },
      plans: plans.map(([seq, rules, plan]) => ({
        seq: Number(seq),
        rules: String(rules),
        plan: String(plan),
      })),
      pending: pending.map(([, id, , body]) => decodeMessage(String(id), String(body))),
    };
  }

  /** Events after `seq` in order; rows with a wrong checksum are left out, and leave a hole. */
  events(seq: number, limit: number): EventPage {
    const rows = this.#prepared(selectAfter("events")).raw().all(seq, limit) as Cell[][];
    const decided = this.#prepared(selectAfter("decisions")).raw();
    const bySeq = new Map(
      (decided.all(seq, limit) as Cell[][]).filter(isSealed).map((row) => [row[0], row]),
    );
    const events = rows.filter(isSealed).map((row) => {
      const why = bySeq.get(row[0] ?? 0);
      return decodeEvent(row, why === undefined ? undefined : [String(why[1]), String(why[2])]);
    });
    return { events, next: rows.length < limit ? undefined : Number(rows.at(-1)?.[0]) };
  }

  #rows(table: JournalTable, order: string): Cell[][] {
    const sql = `SELECT * FROM ${table} ORDER BY ${order}`;
    return this.#prepared(sql).raw().all() as Cell[][];
  }

  #stamp(sound: (row: unknown) => row is Cell[]): Stamp | undefined {
    const run = this.#rows("runs", "run DESC LIMIT 8").find(sound);
    if (run === undefined) return undefined;
    const [, , at, mono, boot, wall, trusted] = run;
    const moments: { at: number; wall: { wall_ms: number; trusted: boolean } }[] = [];
    const beat = this.#rows("beat", "one").find(sound);
    const last = this.#prepared("SELECT * FROM events ORDER BY seq DESC LIMIT 1").raw().get();
    for (const row of [beat, sound(last) ? last : undefined]) {
      if (row === undefined || Number(row[1]) < Number(at)) continue;
      moments.push({
        at: Number(row[1]),
        wall: { wall_ms: Number(row[2]), trusted: row[3] === 1 },
      });
    }
    const start = {
      at: instant(Number(at)),
      mono_ms: Number(mono),
      boot: String(boot),
      wall: { wall_ms: Number(wall), trusted: trusted === 1 },
    };
    return lastStamp(start, moments);
  }

  #write(write: Write): void {
    switch (write.kind) {
      case "entry":
        this.#writeEntry(write);
        return;
      case "settle":
        this.#waiting -= this.#prepared("DELETE FROM outbox WHERE id = ?").run(write.id).changes;
        return;
      case "snapshot":
        this.#snapshot = { seq: this.#lastSeq, at: write.at, state: write.state };
        this.#replace("snapshots", this.#lastSeq, write.at, write.state);
        return;
      case "beat":
        this.#lastAt = write.at;
        this.#replace("beat", 1, write.at, write.wall.wall_ms, write.wall.trusted ? 1 : 0);
        return;
      case "run":
        this.#writeRun(write.stamp);
        return;
      case "plan":
        this.#replace("plans", this.#lastSeq, write.rules, write.plan);
        return;
      case "hole":
        this.#lastSeq += write.count;
        return;
    }
  }

  #writeEntry(write: EntryWrite): void {
    this.#lastSeq += 1;
    this.#lastAt = write.at;
    const seq = this.#lastSeq;
    // Never in the place of another: a number that is taken is a fault, and is said.
    const cells = eventCells(seq, write);
    this.#prepared(insertRow("events").replace(" OR IGNORE", "")).run(...cells, seal(...cells));
    if (write.decided !== undefined) {
      this.#replace("decisions", seq, write.decided.decisions, write.decided.effects);
    }
    for (const { id, kind, body } of write.outbox) {
      const n = this.#count("SELECT max(n) FROM outbox") + 1;
      const row = this.#prepared(insertRow("outbox"));
      this.#waiting += row.run(n, id, kind, body, seal(n, id, kind, body)).changes;
    }
    for (const id of write.opened) this.#openAlarm(id, seq);
    for (const id of write.closed) this.#closeAlarm(id, seq);
  }

  #writeRun(stamp: Stamp): void {
    const { at, mono_ms, boot, wall } = stamp;
    const run = this.#count("SELECT max(run) FROM runs") + 1;
    const trusted = wall.trusted ? 1 : 0;
    this.#lastAt = at;
    this.#replace("runs", run, this.#lastSeq, at, mono_ms, boot, wall.wall_ms, trusted);
    this.#prepared("DELETE FROM runs WHERE run <= ?").run(run - this.#limits.runsMax);
  }

  #openAlarm(id: string, seq: number): void {
    if (this.#prepared("SELECT 1 FROM alarms WHERE id = ?").get(id) !== undefined) return;
    const n = this.#count("SELECT max(n) FROM alarms") + 1;
    this.#replace("alarms", n, id, this.#count("SELECT max(seq) FROM snapshots"), seq, 0);
  }

  #closeAlarm(id: string, seq: number): void {
    const sql = "SELECT * FROM alarms WHERE id = ? AND closed = 0";
    const row = this.#prepared(sql).raw().get(id) as Cell[] | undefined;
    if (row === undefined) return;
    const [n = 0, , since = 0, opened = 0] = row;
    this.#replace("alarms", n, id, since, opened, seq);
  }

  /** An offer of custody and a closing never give way; there are as many as there are alarms. */
  #boundOutbox(reports: string[]): void {
    const over = this.#waiting - this.#limits.outboxMax;
    if (over <= 0) return;
    const gone = this.#prepared(
      `DELETE FROM outbox WHERE n IN (SELECT n FROM outbox
       WHERE kind NOT IN ('custody-offered', 'closed') ORDER BY n LIMIT ?)`,
    ).run(over).changes;
    this.#waiting -= gone;
    if (gone === 0) return;
    reports.push(
      `journal: the outbox is full (${this.#limits.outboxMax}); ${gone} of the oldest messages ` +
        "other than alarms and closings gave way. The care service has not been reached for long.",
    );
  }

  #replace(table: JournalTable, ...cells: readonly Cell[]): void {
    const sql = insertRow(table).replace("OR IGNORE", "OR REPLACE");
    this.#prepared(sql).run(...cells, seal(...cells));
  }

  /** A hole at the end shows only in what was written after it. */
  #boundary(): number {
    return this.#count(
      `SELECT max(s) FROM (SELECT max(seq) AS s FROM snapshots
       UNION SELECT max(seq) FROM plans UNION SELECT max(seq) FROM runs)`,
    );
  }

  #count(sql: string): number {
    return Number(this.#prepared(sql).pluck().get() ?? 0);
  }

  #prepared(sql: string): Statement<Cell[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare<Cell[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
