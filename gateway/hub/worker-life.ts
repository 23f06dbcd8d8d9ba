/**
 * Keeps the hub's worker alive: starts it, feeds it by credit, ends it when it hangs, starts it
 * again.
 */
import { Worker } from "node:worker_threads";
import type { FromWorker, HubPorts, ToWorker, WorkerSettings } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";

/** From the end of a worker to the start of the next: together with its start below one second. */
const againMs = 200;

/**
 * A worker that has mail and handles none for so long is hung. The beat gives it mail every 5 s.
 */
const hungMs = 5_000;

const watchEveryMs = 1_000;

/** How long an orderly end may take. */
const closeMs = 1_000;

/**
 * A home's broker needs under a third of this; past it the worker ends and is started again. The
 * small young generation keeps resident memory down (measured on x64 with 200 events a second: 28
 * MB, 47 MB with 8).
 */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 4 };

/** What concerns the hub; the rest is between the worker and its keeper. */
export type Heard = Extract<FromWorker, { readonly kind: "said" | "intrusion" }>;

export interface LifeParts {
  readonly mailbox: Mailbox;
  readonly say: (words: string) => void;
  readonly hear: (message: Heard) => void;
  /** A worker has opened its ports and knows nothing yet. */
  readonly opened: () => void;
}

interface LifeOptions {
  readonly settings: WorkerSettings;
  readonly entry?: URL;
}

export class WorkerLife {
  readonly #options: LifeOptions;
  readonly #parts: LifeParts;
  #ports: HubPorts;
  #worker: Worker | undefined;
  #isOpen = false;
  #closed = false;
  #pumping = false;
  #handledAt = 0;
  #lost = 0;
  #again: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #first: { resolve(ports: HubPorts): void; reject(error: Error): void } | undefined;

  constructor(options: LifeOptions, parts: LifeParts) {
    this.#options = options;
    this.#parts = parts;
    this.#ports = options.settings.ports;
  }

  /**
   * Starts the first worker. Rejects when it cannot open its ports; then nothing is left running.
   */
  firstOpen(): Promise<HubPorts> {
    return new Promise((resolve, reject) => {
      this.#first = { resolve, reject };
      this.#watch = setInterval(() => this.#look(), watchEveryMs);
      this.#start();
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
    worker.postMessage({ kind: "close" } satisfies ToWorker);
    const late = setTimeout(() => this.#terminate(worker), closeMs);
    await gone;
    clearTimeout(late);
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    clearInterval(this.#watch);
  }

  #start(): void {
    // The same file beside this one, as source or as built.
    const name = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
    const workerData: WorkerSettings = { ...this.#options.settings, ports: this.#ports };
    const worker = new Worker(this.#options.entry ?? new URL(name, import.meta.url), {
      name: "hub",
      workerData,
      resourceLimits,
    });
    this.#worker = worker;
    let why = "it ended";
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "closed-port") why = message.why;
      this.#hear(message);
    });
    worker.on("error", (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => this.#gone(why));
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "open":
        // A later worker must open where clients look for it.
        this.#ports = message.ports;
        this.#isOpen = true;
        this.#handledAt = performance.now();
        this.#first?.resolve(message.ports);
        this.#first = undefined;
        this.#parts.opened();
        this.pump();
        return;
      case "handled":
        this.#handledAt = performance.now();
        this.#parts.mailbox.handled(message.count);
        this.#post();
        return;
      case "closed-port":
        return;
      case "line":
        this.#parts.say(`hub: ${message.words}`);
        return;
      case "said":
      case "intrusion":
        this.#parts.hear(message);
        return;
    }
  }

  #gone(why: string): void {
    this.#isOpen = false;
    this.#worker = undefined;
    this.#parts.mailbox.recall();
    if (this.#first !== undefined) {
      this.#first.reject(new Error(why));
      this.#first = undefined;
      this.#end();
    }
    if (this.#closed) return;
    this.#parts.say(`hub: the broker's worker is gone (${why}); starting it again`);
    this.#again = setTimeout(() => this.#start(), againMs);
  }

  #post(): void {
    if (!this.#isOpen || this.#closed) return;
    const { mailbox } = this.#parts;
    if (mailbox.unhandled === 0) this.#handledAt = performance.now();
    const mail = mailbox.take();
    if (mail.length > 0) this.#worker?.postMessage({ kind: "mail", mail } satisfies ToWorker);
  }

  #look(): void {
    const { mailbox, say } = this.#parts;
    const worker = this.#worker;
    const silentMs = performance.now() - this.#handledAt;
    if (this.#isOpen && worker !== undefined && mailbox.unhandled > 0 && silentMs > hungMs) {
      say(`hub: the broker's worker hangs for ${Math.round(silentMs)} ms; ending it`);
      this.#isOpen = false;
      this.#terminate(worker);
    }
    if (mailbox.lost.promises > this.#lost) {
      say(`hub: ${mailbox.lost.promises - this.#lost} announcements or answers gave way`);
      this.#lost = mailbox.lost.promises;
    }
  }

  #terminate(worker: Worker): void {
    worker.terminate().catch(() => this.#parts.say("hub: the worker could not be ended"));
  }
}
