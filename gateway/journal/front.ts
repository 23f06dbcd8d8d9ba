/**
 * The journal as the loop sees it. Nothing here touches the disk: entries wait in memory, the
 * worker writes them, and what arrives while it writes shares the next commit.
 */
import type { EngineState } from "../../rules/engine.ts";
import type { Clock, Journal, JournalEntry, Urgency } from "../ports.ts";
import { encodeEntry, type Write } from "./encode.ts";
import {
  beatMs,
  generationAfterAlarmMs,
  generationMs,
  idleMs,
  type JournalLimits,
  soonMs,
  tendMs,
} from "./limits.ts";
import type { Reply, WorkerLine } from "./line.ts";
import { type Answer, type Batch, WriteQueue } from "./queue.ts";

/** A batch holds the worker, and the copying of it the loop, for some milliseconds at most. */
const batchMax = 500;
const retryFirstMs = 1_000;
const retryMaxMs = 5_000;
/** A stalled disk does not hold up the end of the process for longer than this. */
const closeWithinMs = 5_000;

export interface FrontOptions {
  readonly line: WorkerLine;
  readonly clock: Clock;
  readonly limits: JournalLimits;
  /** Takes sentences for the log and the desk. */
  readonly report: (sentence: string) => void;
  /** The rules started without the memory that lies on the disk: a snapshot would bury it. */
  readonly blind: boolean;
}

export class JournalFront implements Journal {
  readonly #options: FrontOptions;
  readonly #queue: WriteQueue;
  /** How many of those that wait are to be written now. */
  #wanted = 0;
  #writing = false;
  #resent = false;
  #trouble: string | undefined;
  #retryMs = retryFirstMs;
  #retry: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  /** When `#soon` fires, on performance.now(). */
  #due = 0;
  #flushing = false;
  #forgotten = 0;
  /** Nothing was written since the last look: gateway time itself is worth a commit. */
  #quiet = true;
  #idle: (() => void) | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #alarmTimer: NodeJS.Timeout | undefined;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#queue = new WriteQueue(options.limits.queueBytesMax);
    this.#every(beatMs, () => {
      if (this.#quiet) this.#beat();
      this.#quiet = true;
    });
    this.#every(tendMs, () => void this.tend(false));
    this.#every(generationMs, () => void this.tend(true));
  }

  append(entry: JournalEntry, when: Urgency): Promise<void> {
    const write = encodeEntry(entry);
    if (write.opened.length + write.closed.length > 0) this.#generationSoon();
    return new Promise((resolve, reject) => {
      const answer = { done: resolve, lost: (why: string) => reject(new Error(why)) };
      if (when === "beat") {
        this.#pushed(this.#queue.pushBeat(write, answer), idleMs);
        return;
      }
      this.#push(write, answer, when === "idle" ? idleMs : soonMs);
      if (when === "now" || entry.event.kind === "deadline-reached") this.#queue.sealBeat();
      if (when === "now") this.#now();
    });
  }

  settle(outboxId: string): void {
    this.#push({ kind: "settle", id: outboxId });
  }

  snapshot(state: EngineState): void {
    if (this.#options.blind) return;
    const at = this.#options.clock.now();
    this.#push({ kind: "snapshot", at, state: JSON.stringify(state) });
  }

  /** For what a start writes before anything else. */
  begin(writes: readonly Write[]): void {
    for (const write of writes) this.#push(write);
    this.#now();
  }

  /** Prunes until nothing is left to prune; one commit fits between any two steps of it. */
  async tend(generation: boolean): Promise<void> {
    let wanted = generation;
    for (;;) {
      const reply = await this.#ask({ kind: "tend", generation: wanted });
      if (reply === undefined || reply.kind !== "done" || !reply.more) return;
      wanted = false;
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#alarmTimer);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#beat();
    this.#now();
    const written = new Promise<void>((resolve) => {
      this.#idle = resolve;
      this.#pump();
    });
    const { line, report } = this.#options;
    await within(
      closeWithinMs,
      written.then(() => this.#ask({ kind: "close" })),
    );
    clearTimeout(this.#soon);
    clearTimeout(this.#retry);
    const left = this.#queue.length;
    if (left > 0) report(`journal: closed with ${left} entries that could not be written.`);
    await within(closeWithinMs, line.end());
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms).unref());
  }

  #beat(): void {
    const { clock } = this.#options;
    this.#push({ kind: "beat", at: clock.now(), wall: clock.wall() });
  }

  #generationSoon(): void {
    this.#alarmTimer ??= setTimeout(() => {
      this.#alarmTimer = undefined;
      void this.tend(true);
    }, generationAfterAlarmMs).unref();
  }

  #push(write: Write, answer?: Answer, withinMs = soonMs): void {
    this.#pushed(this.#queue.push(write, answer), withinMs);
  }

  #pushed(forgotten: number, withinMs: number): void {
    this.#quiet = false;
    if (forgotten > 0) this.#sayForgotten(forgotten);
    this.#wanted = Math.min(this.#wanted, this.#queue.length);
    this.#commitWithin(withinMs);
  }

  /** What waits is committed by then; a nearer time replaces a farther one. */
  #commitWithin(ms: number): void {
    const due = performance.now() + ms;
    if (this.#soon !== undefined && this.#due <= due) return;
    clearTimeout(this.#soon);
    this.#due = due;
    this.#soon = setTimeout(() => this.#now(), ms).unref();
  }

  #sayForgotten(count: number): void {
    if (this.#forgotten === 0) {
      this.#options.report(
        "journal: the disk takes nothing and memory is full; the oldest routine reports are " +
          "forgotten. Alarms and messages are kept.",
      );
    }
    this.#forgotten += count;
  }

  /** All that waits goes out together; what is said in the same turn of the loop goes with it. */
  #now(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      clearTimeout(this.#soon);
      this.#soon = undefined;
      this.#wanted = this.#queue.length;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#writing || this.#retry !== undefined) return;
    if (this.#wanted === 0) {
      if (this.#queue.length === 0) this.#idle?.();
      return;
    }
    const batch = this.#queue.take(Math.min(this.#wanted, batchMax));
    this.#wanted -= batch.length;
    this.#writing = true;
    void this.#write(batch);
  }

  async #write(batch: Batch): Promise<void> {
    const writes = batch.map(({ write }) => write);
    const reply = await this.#ask({ kind: "commit", writes, resent: this.#resent });
    this.#writing = false;
    if (reply?.kind === "done") {
      this.#resent = false;
      this.#sayMended();
      for (const [place, { answers }] of batch.entries()) {
        const lost = reply.lost.includes(place);
        for (const answer of answers) {
          if (lost) answer.lost("journal: this entry cannot be stored");
          else answer.done();
        }
      }
      this.#pump();
      return;
    }
    this.#queue.putBack(batch);
    this.#wanted = this.#queue.length;
    this.#resent = true;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#pump();
    }, this.#retryMs);
    this.#retryMs = Math.min(retryMaxMs, this.#retryMs * 2);
    this.#sayTrouble(reply?.kind === "refused" ? reply.why : "the worker died");
  }

  /** Undefined where the worker died before it answered. */
  async #ask(request: Parameters<WorkerLine["ask"]>[0]): Promise<Reply | undefined> {
    try {
      const reply = await this.#options.line.ask(request);
      if ("reports" in reply) for (const sentence of reply.reports) this.#options.report(sentence);
      return reply;
    } catch {
      return undefined;
    }
  }

  #sayTrouble(why: string): void {
    if (this.#trouble === why) return;
    this.#trouble = why;
    this.#options.report(`journal: ${why} Entries wait in memory and it is tried again.`);
  }

  #sayMended(): void {
    this.#retryMs = retryFirstMs;
    if (this.#trouble === undefined) return;
    const lost =
      this.#forgotten === 0 ? "nothing was lost" : `${this.#forgotten} reports were lost`;
    this.#trouble = undefined;
    this.#forgotten = 0;
    this.#options.report(`journal: it is written again; ${lost}.`);
  }
}

/** Waits for a promise, but not for ever. */
export async function within<Value>(
  ms: number,
  promise: Promise<Value>,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
