/**
 * The journal as the loop sees it. Nothing here touches the disk: entries wait in memory, the
 * worker writes them, and what arrives while it writes shares the next commit.
 */
import type { EngineState } from "../../rules/engine.ts";
import type { Clock, Journal, JournalEntry, Urgency } from "../ports.ts";
import { DiskTrouble } from "./disk-trouble.ts";
import { encodeEntry, type Write } from "./encode.ts";
import {
  beatMs,
  generationAfterAlarmMs,
  generationMs,
  idleMs,
  type JournalLimits,
  lookMs,
  soonMs,
  tendMs,
} from "./limits.ts";
import type { Reply, WorkerLine } from "./line.ts";
import { type Answer, type Batch, WriteQueue } from "./queue.ts";
import { StorageWatch } from "./storage-watch.ts";
import { within } from "./within.ts";

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
  /** Hears a cause when nobody can count on the disk any more, undefined when it takes entries. */
  readonly storage: (cause: string | undefined) => void;
  /** The process is to end: another one writes this journal. */
  readonly fail: (why: string) => void;
  /** The rules started without all that lies on the disk: a snapshot would bury it. */
  readonly blind: boolean;
}

export class JournalFront implements Journal {
  readonly #options: FrontOptions;
  readonly #queue: WriteQueue;
  readonly #watch: StorageWatch;
  readonly #trouble: DiskTrouble;
  #blind: boolean;
  #written: () => void = () => undefined;
  /** Resolves once anything is on the disk. */
  readonly firstWritten: Promise<void>;
  /** How many of those that wait are to be written now. */
  #wanted = 0;
  #writing = false;
  #resent = false;
  #retryMs = retryFirstMs;
  #retry: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  /** When `#soon` fires, on performance.now(). */
  #due = 0;
  #flushing = false;
  /** Nothing was written since the last look: gateway time itself is worth a commit. */
  #quiet = true;
  #idle: (() => void) | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #alarmTimer: NodeJS.Timeout | undefined;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#blind = options.blind;
    this.#queue = new WriteQueue(options.limits.queueBytesMax);
    this.firstWritten = new Promise((resolve) => {
      this.#written = resolve;
    });
    this.#trouble = new DiskTrouble(options.report);
    this.#watch = new StorageWatch({
      lostAfterMs: options.limits.storageLostMs,
      now: () => performance.now(),
      tell: options.storage,
    });
    this.#every(Math.min(lookMs, options.limits.storageLostMs), () => {
      this.#watch.look(this.#trouble.why);
    });
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

  snapshot(state: EngineState): Promise<void> {
    if (this.#blind) return Promise.reject(new Error("journal: this run began without memory"));
    const write = {
      kind: "snapshot",
      at: this.#options.clock.now(),
      state: JSON.stringify(state),
    } as const;
    return new Promise((resolve, reject) => {
      this.#push(write, { done: resolve, lost: (why) => reject(new Error(why)) });
    });
  }

  /** There was no memory that this run could have begun with. */
  see(): void {
    this.#blind = false;
  }

  trouble(): string | undefined {
    const { why } = this.#trouble;
    if (why !== undefined) return `journal: ${why}`;
    return this.#watch.isLost ? "journal: the disk does not answer" : undefined;
  }

  /** For what a start writes before anything else. */
  begin(writes: readonly Write[]): void {
    for (const write of writes) this.#push(write);
    this.#now();
  }

  /** Prunes until nothing is left to prune; one commit fits between any two steps of it. */
  async tend(generation: boolean): Promise<void> {
    if (this.#blind) return;
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
    if (forgotten > 0) this.#trouble.forgot(forgotten);
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

  /** All that waits goes out together; what is said in the same turn of the loop goes with it. */
  #now(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      clearTimeout(this.#soon);
      this.#soon = undefined;
      this.#wanted = this.#queue.length;
      if (this.#wanted > 0) this.#watch.waits();
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
      this.#retryMs = retryFirstMs;
      this.#trouble.mended();
      this.#written();
      this.#watch.written(this.#wanted > 0);
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
    if (reply?.kind === "held") this.#options.fail("journal: another gateway holds it");
    this.#queue.putBack(batch);
    this.#wanted = this.#queue.length;
    this.#resent = true;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#pump();
    }, this.#retryMs);
    this.#retryMs = Math.min(retryMaxMs, this.#retryMs * 2);
    this.#trouble.found(reply?.kind === "refused" ? reply.why : "the worker died");
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
}
