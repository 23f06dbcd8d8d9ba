/**
 * Keeps a thread up: starts it, feeds it by credit, ends it when it hangs, starts it again. Nothing
 * here waits for the thread or throws because of it.
 */
import type { ResourceLimits, Worker } from "node:worker_threads";
import type { FromThread, ToThread } from "./thread-words.ts";
import { startThread } from "./threads.ts";
import { wordsOf } from "./words.ts";

export interface KeptOptions {
  /** The thread's file; it calls `serveThread`. */
  readonly entry: URL;
  readonly name: string;
  /** As sentences about it begin. */
  readonly called: string;
  readonly resourceLimits: ResourceLimits;
  /** From the end of a thread to the start of the next. */
  readonly againMs: number;
  /** One that dies young so many times in a row is started more slowly. */
  readonly slow?: { readonly after: number; readonly againMs: number; readonly youngMs: number };
  /** One that has mail and handles none for so long is hung. */
  readonly hungMs: number;
  /** One that has not opened by then is hung; two minutes by default. */
  readonly openMs?: number;
  /** How long an orderly end may take. */
  readonly closeMs: number;
  /** So long after it opened, a spare one reads its program: a death then costs no start. */
  readonly spareAfterMs?: number;
  /** Where the first must open: when it does not, none is started again. */
  readonly firstMustOpen: boolean;
}

export interface KeptParts<Data, Mail, Open, Own> {
  /** What the next thread must know to open. */
  readonly data: () => Data;
  readonly mailbox: { readonly unhandled: number; handled(count: number): void };
  /** Posts what may be posted now. */
  readonly post: (send: (mail: Mail) => void) => void;
  /** A thread begins to open, and knows nothing. */
  readonly begun?: () => void;
  /** It has opened. */
  readonly opened: (open: Open) => void;
  /** `isThere` tells later whether that thread is still the one. */
  readonly hear: (own: Own, isThere: () => boolean) => void;
  readonly gone?: () => void;
  /** Called once a second. */
  readonly looked?: () => void;
  readonly say: (words: string) => void;
}

const watchEveryMs = 1_000;
/** A disk that stalls opens nothing; on a slow machine a start takes seconds. */
const openMs = 120_000;

export class KeptThread<Data, Mail, Open, Own> {
  readonly #options: KeptOptions;
  readonly #parts: KeptParts<Data, Mail, Open, Own>;
  #worker: Worker | undefined;
  #spare: Worker | undefined;
  #isOpen = false;
  #closed = false;
  #pumping = false;
  #handledAt = 0;
  #begunAt = 0;
  /** It hangs, and was told to end. */
  #ending = false;
  #youngDeaths = 0;
  #again: NodeJS.Timeout | undefined;
  #sparing: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #tried: ((why: string | undefined) => void) | undefined;

  constructor(options: KeptOptions, parts: KeptParts<Data, Mail, Open, Own>) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Resolves after the first try; with a sentence when it did not open. */
  open(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#tried = resolve;
      this.#watch = setInterval(() => this.#look(), watchEveryMs);
      this.#begin();
    });
  }

  /** Posts what may be posted, after everything that the present turn of the loop still does. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#post();
    });
  }

  async close(): Promise<void> {
    this.#end();
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#send(worker, { kind: "close" });
    const late = setTimeout(() => this.#terminate(worker), this.#options.closeMs);
    await gone;
    clearTimeout(late);
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    clearTimeout(this.#sparing);
    clearInterval(this.#watch);
    if (this.#spare !== undefined) this.#terminate(this.#spare);
  }

  /** A machine that has no thread to spare throws: why is told, and it is tried again. */
  #make(failed: (why: string) => void): Worker | undefined {
    const { entry, name, resourceLimits } = this.#options;
    try {
      return startThread(entry, { name, resourceLimits });
    } catch (thrown) {
      failed(wordsOf(thrown));
      return undefined;
    }
  }

  #send(worker: Worker, message: ToThread<Data, Mail>): void {
    worker.postMessage(message);
  }

  #begin(): void {
    this.#begunAt = performance.now();
    this.#ending = false;
    const worker = this.#spare ?? this.#make((why) => this.#gone(why));
    if (worker === undefined) return;
    // What was listened for while it was spare is of no interest any more.
    worker.removeAllListeners();
    this.#spare = undefined;
    this.#worker = worker;
    this.#parts.begun?.();
    let why = "it ended";
    worker.on("message", (message: FromThread<Open, Own>) => {
      if (message.kind === "closed-port") why = message.why;
      if (worker === this.#worker) this.#hear(worker, message);
    });
    worker.on("error", (error) => {
      why = wordsOf(error);
    });
    worker.on("exit", () => this.#gone(why));
    this.#send(worker, { kind: "begin", data: this.#parts.data() });
  }

  #hear(worker: Worker, message: FromThread<Open, Own>): void {
    switch (message.kind) {
      case "open":
        this.#isOpen = true;
        this.#handledAt = performance.now();
        this.#parts.opened(message.open);
        this.#try(undefined);
        this.#spareLater();
        this.pump();
        return;
      case "handled":
        this.#handledAt = performance.now();
        this.#parts.mailbox.handled(message.count);
        this.#post();
        return;
      case "own":
        this.#parts.hear(message.own, () => worker === this.#worker);
        return;
      case "closed-port":
        return;
    }
  }

  #try(why: string | undefined): void {
    this.#tried?.(why);
    this.#tried = undefined;
  }

  #gone(why: string): void {
    const isFirst = this.#tried !== undefined;
    this.#isOpen = false;
    this.#worker = undefined;
    clearTimeout(this.#sparing);
    this.#parts.gone?.();
    this.#try(why);
    if (isFirst && this.#options.firstMustOpen) this.#end();
    if (this.#closed) return;
    this.#parts.say(`${this.#options.called} is gone (${why}); starting it again`);
    this.#again = setTimeout(() => this.#begin(), this.#waitMs());
  }

  #waitMs(): number {
    const { againMs, slow } = this.#options;
    // A spare is made only beside one that lasted: there is nothing to be slow for.
    const waitMs = this.#spare === undefined ? againMs : 0;
    if (slow === undefined) return waitMs;
    const isYoung = performance.now() - this.#begunAt < slow.youngMs;
    this.#youngDeaths = isYoung ? this.#youngDeaths + 1 : 0;
    return this.#youngDeaths > slow.after ? slow.againMs : waitMs;
  }

  #spareLater(): void {
    const { spareAfterMs } = this.#options;
    if (spareAfterMs === undefined || this.#closed || this.#spare !== undefined) return;
    this.#sparing = setTimeout(() => this.#makeSpare(), spareAfterMs);
  }

  /** One that dies before it is needed is let go: the next is made when it is. */
  #makeSpare(): void {
    const spare = this.#make(() => undefined);
    if (spare === undefined) return;
    this.#spare = spare;
    spare.on("error", () => undefined);
    spare.on("exit", () => {
      if (this.#spare === spare) this.#spare = undefined;
    });
  }

  #post(): void {
    const worker = this.#worker;
    if (!this.#isOpen || this.#closed || worker === undefined) return;
    if (this.#parts.mailbox.unhandled === 0) this.#handledAt = performance.now();
    this.#parts.post((mail) => this.#send(worker, { kind: "mail", mail }));
  }

  #look(): void {
    this.#parts.looked?.();
    this.#lookAtStart();
    // Where this thread itself stood still, its answer lies here and is heard before the judgement.
    if (this.#silentMs() >= this.#options.hungMs) setImmediate(() => this.#judge());
  }

  #lookAtStart(): void {
    const worker = this.#worker;
    const mayTakeMs = this.#options.openMs ?? openMs;
    if (this.#isOpen || worker === undefined || this.#closed) return;
    if (this.#ending || performance.now() - this.#begunAt < mayTakeMs) return;
    this.#ending = true;
    this.#parts.say(`${this.#options.called} does not open within ${mayTakeMs} ms; ending it`);
    this.#terminate(worker);
  }

  /** How long it has had mail and handled none. */
  #silentMs(): number {
    const owes = this.#isOpen && this.#parts.mailbox.unhandled > 0;
    return owes ? performance.now() - this.#handledAt : 0;
  }

  #judge(): void {
    const worker = this.#worker;
    const silentMs = this.#silentMs();
    if (worker === undefined || silentMs < this.#options.hungMs) return;
    const { called } = this.#options;
    this.#parts.say(`${called} hangs for ${Math.round(silentMs)} ms; ending it`);
    this.#isOpen = false;
    this.#ending = true;
    this.#terminate(worker);
  }

  #terminate(worker: Worker): void {
    const { called } = this.#options;
    worker.terminate().catch(() => this.#parts.say(`${called} cannot be ended`));
  }
}
