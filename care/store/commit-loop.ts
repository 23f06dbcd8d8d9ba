/**
 * One commit after the other, each for everything that waits, in the order in which it came, tried
 * again until it is done.
 */
import type { Stamp } from "../../platform/clock.ts";
import type { DatabaseFault } from "../../platform/sqlite.ts";
import { rowOfCustody, rowWithoutHistory } from "./batch.ts";
import { LeaseLost, type Portion } from "./commit.ts";
import { commitMax, type FromDisk, type Row } from "./rows.ts";

export interface CommitLoopParts {
  readonly commit: (portion: Portion) => Promise<void>;
  readonly faultOf: (thrown: unknown) => DatabaseFault;
  readonly say: (message: FromDisk) => void;
  /** Takes in what has come meanwhile, so that it joins this commit. */
  readonly drain: () => void;
  readonly onDurable: (rows: readonly Row[]) => void;
}

interface Waiting {
  readonly seq: number;
  readonly row: Row;
  readonly stamp: Stamp;
}

/** How long after a failed commit the next attempt follows. */
const againMs = 1_000;

/** What is left away first is missed least: history before the people who are to be told. */
const lesserForms = [rowWithoutHistory, rowOfCustody];

export class CommitLoop {
  private readonly parts: CommitLoopParts;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private trouble = "";
  /** Rows of a failed attempt: tried again by themselves, for it may have succeeded. */
  private doubtful = 0;
  private over = false;
  private wakeUp: (() => void) | undefined;
  private readonly listeners = new Map<() => void, number>();
  private last = 0;

  constructor(parts: CommitLoopParts) {
    this.parts = parts;
  }

  get isIdle(): boolean {
    return this.running === undefined;
  }

  take(waiting: Waiting): void {
    if (this.over) return;
    this.waiting.push(waiting);
    this.last = waiting.seq;
    this.running ??= this.run();
  }

  /** Resolves once everything that has come so far is on disk, or never will be. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.waiting.length === 0) resolve();
      else this.listeners.set(resolve, this.last);
    });
  }

  /** The last attempt; what cannot be written now is not waited for. */
  async end(): Promise<void> {
    const last = this.running;
    this.over = true;
    this.wakeUp?.();
    await last;
  }

  private async run(): Promise<void> {
    // The first row waits for those that are right behind it.
    await Promise.resolve();
    for (;;) {
      this.parts.drain();
      const now = this.waiting.slice(0, this.doubtful === 0 ? commitMax : this.doubtful);
      if (now.length === 0) break;
      const isDone = await this.attempt(now);
      if (this.over && !isDone) break;
      if (!isDone) await this.pause();
    }
    this.running = undefined;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, againMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async attempt(rows: readonly Waiting[]): Promise<boolean> {
    const fault = await this.commit(rows, ({ row }) => row);
    if (fault === undefined) return true;
    if (fault.trouble !== "content") {
      this.complain(fault.message);
      return false;
    }
    return rows.length > 1 ? this.oneByOne(rows) : this.inPart(rows, lesserForms);
  }

  /** One row cannot be stored; the others must not wait for it. */
  private async oneByOne(rows: readonly Waiting[]): Promise<boolean> {
    for (const row of rows) {
      if (!(await this.attempt([row]))) return false;
    }
    return true;
  }

  /** Custody does not depend on what the office reads; and no row holds up those behind it. */
  private async inPart(
    rows: readonly Waiting[],
    [form, ...others]: readonly ((row: Row) => Row)[],
  ): Promise<boolean> {
    const fault = await this.commit(rows, ({ row }) => form?.(row) ?? row);
    if (fault === undefined) {
      for (const { row } of rows) {
        const text = `${row.home}: a step was stored without what the desk reads of it`;
        this.parts.say({ kind: "notice", text });
      }
      return true;
    }
    if (fault.trouble !== "content") {
      this.complain(fault.message);
      return false;
    }
    if (others.length > 0) return this.inPart(rows, others);
    for (const { seq } of rows) this.parts.say({ kind: "unstored", seq, why: fault.message });
    this.leave(rows);
    return true;
  }

  private async commit(
    rows: readonly Waiting[],
    form: (waiting: Waiting) => Row,
  ): Promise<DatabaseFault | undefined> {
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return undefined;
    try {
      const { stamp } = last;
      await this.parts.commit({ rows: rows.map(form), first: first.seq, last: last.seq, stamp });
    } catch (thrown) {
      const fault = this.parts.faultOf(thrown);
      if (thrown instanceof LeaseLost) this.lose(thrown.message);
      this.doubtful = fault.trouble === "content" ? 0 : rows.length;
      return fault;
    }
    this.doubtful = 0;
    if (this.trouble !== "") this.parts.say({ kind: "well" });
    this.trouble = "";
    this.parts.say({ kind: "durable", upTo: last.seq });
    this.leave(rows);
    this.parts.onDurable(rows.map(({ row }) => row));
    return undefined;
  }

  private lose(why: string): void {
    this.over = true;
    this.waiting = [];
    this.parts.say({ kind: "lease-lost", why });
  }

  private complain(why: string): void {
    if (this.over) return;
    if (why !== this.trouble) this.parts.say({ kind: "trouble", why });
    this.trouble = why;
  }

  private leave(rows: readonly Waiting[]): void {
    this.waiting = this.waiting.slice(rows.length);
    const first = this.waiting[0]?.seq ?? Number.POSITIVE_INFINITY;
    for (const [listener, seq] of this.listeners) {
      if (seq >= first) continue;
      this.listeners.delete(listener);
      listener();
    }
  }
}
