/**
 * The office seen from the core: starts its thread, feeds it by credit, ends it when it hangs,
 * starts it again. Nothing here waits, and nothing the office does reaches a chain but by a
 * request.
 */
import { Worker } from "node:worker_threads";
import type {
  HomeBrief,
  OfficeAnswer,
  OfficeRequest,
  OfficeSettings,
  TellingProgress,
  ToCore,
  ToOffice,
} from "./mail.ts";
import { Mailbox } from "./mailbox.ts";

/** From the end of a thread to the start of the next; with its start below one second. */
const againMs = 100;
/** One that dies young so many times in a row is started more slowly: the core needs its time. */
const youngDeathsMax = 5;
const slowAgainMs = 5_000;
const youngMs = 10_000;

/** An office that has mail and handles none for so long is hung. */
const hungMs = 15_000;
const watchEveryMs = 1_000;

/** How long an orderly end may take. */
const closeMs = 12_000;

/** Past it the thread ends and is started again; some thousand homes need a fifth of this. */
const resourceLimits = { maxOldGenerationSizeMb: 768 };

/** What the office wants of the core. */
export interface OfficeListener {
  /** `answer` must be called once; it may come after the office has died, and is dropped then. */
  request(request: OfficeRequest, answer: (words: OfficeAnswer) => void): void;
  tellingStage(progress: TellingProgress): void;
  homesChanged(home: string): void;
  warn(text: string): void;
}

export interface OfficeFront {
  readonly port: number;
  hello(homes: readonly HomeBrief[]): void;
  put(message: Parameters<Mailbox["put"]>[0]): void;
  close(): Promise<void>;
}

export interface OfficeOptions {
  /** Another file of the thread. */
  readonly entry?: URL;
  /** How long mail may lie until the office counts as hung. */
  readonly hungMs?: number;
}

class Front implements OfficeFront {
  readonly #settings: OfficeSettings;
  readonly #listener: OfficeListener;
  readonly #options: OfficeOptions;
  readonly #mailbox = new Mailbox();
  #worker: Worker | undefined;
  #port: number;
  #isOpen = false;
  #closed = false;
  #pumping = false;
  #handledAt = 0;
  #startedAt = 0;
  #youngDeaths = 0;
  #again: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #tried: (() => void) | undefined;

  constructor(settings: OfficeSettings, listener: OfficeListener, options: OfficeOptions) {
    this.#settings = settings;
    this.#listener = listener;
    this.#options = options;
    this.#port = settings.port;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves after the first attempt, however it ended. */
  open(): Promise<void> {
    return new Promise((resolve) => {
      this.#tried = resolve;
      this.#watch = setInterval(() => this.#look(), watchEveryMs);
      this.#start();
    });
  }

  hello(homes: readonly HomeBrief[]): void {
    this.#mailbox.hello(homes);
    this.#pump();
  }

  put(message: Parameters<Mailbox["put"]>[0]): void {
    this.#mailbox.put(message);
    this.#pump();
  }

  async close(): Promise<void> {
    this.#end();
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.postMessage({ kind: "close" } satisfies ToOffice);
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
    this.#startedAt = performance.now();
    const workerData: OfficeSettings = { ...this.#settings, port: this.#port };
    const worker = new Worker(this.#options.entry ?? ownEntry, {
      name: "office",
      workerData,
      resourceLimits,
    });
    this.#worker = worker;
    this.#mailbox.begin();
    let why = "it ended";
    worker.on("message", (message: ToCore) => {
      if (message.kind === "closed-port") why = message.why;
      if (worker === this.#worker) this.#hear(worker, message);
    });
    worker.on("error", (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => this.#gone(why));
  }

  #hear(worker: Worker, message: ToCore): void {
    switch (message.kind) {
      case "open":
        this.#port = message.port;
        this.#isOpen = true;
        this.#handledAt = performance.now();
        this.#tried?.();
        this.#pump();
        return;
      case "handled":
        this.#handledAt = performance.now();
        this.#mailbox.handled(message.count);
        this.#pump();
        return;
      case "request": {
        const { nth, request } = message;
        this.#listener.request(request, (answer) => {
          if (worker === this.#worker) this.put({ kind: "answer", nth, answer });
        });
        return;
      }
      case "telling-stage":
        this.#listener.tellingStage(message.progress);
        return;
      case "homes-changed":
        this.#listener.homesChanged(message.home);
        return;
      case "warning":
        this.#listener.warn(message.text);
        return;
      case "closed-port":
        return;
    }
  }

  #gone(why: string): void {
    this.#isOpen = false;
    this.#worker = undefined;
    this.#tried?.();
    if (this.#closed) return;
    this.#listener.warn(`the office's thread is gone (${why}); starting it again`);
    const isYoung = performance.now() - this.#startedAt < youngMs;
    this.#youngDeaths = isYoung ? this.#youngDeaths + 1 : 0;
    const wait = this.#youngDeaths > youngDeathsMax ? slowAgainMs : againMs;
    this.#again = setTimeout(() => this.#start(), wait);
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#post();
    });
  }

  #post(): void {
    const worker = this.#worker;
    if (!this.#isOpen || this.#closed || worker === undefined) return;
    if (this.#mailbox.unhandled === 0) this.#handledAt = performance.now();
    for (const message of this.#mailbox.take()) worker.postMessage(message);
  }

  #look(): void {
    const worker = this.#worker;
    const silentMs = performance.now() - this.#handledAt;
    if (!this.#isOpen || worker === undefined) return;
    if (this.#mailbox.unhandled === 0 || silentMs < (this.#options.hungMs ?? hungMs)) return;
    this.#listener.warn(`the office hangs for ${Math.round(silentMs)} ms; ending its thread`);
    this.#isOpen = false;
    this.#terminate(worker);
  }

  #terminate(worker: Worker): void {
    worker.terminate().catch(() => this.#listener.warn("the office's thread cannot be ended"));
  }
}

/** The same file beside this one, as source or as built. */
const ownEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js",
  import.meta.url,
);

/**
 * Starts the office. A port or database that cannot be used is said in a sentence and tried again
 * without end: custody does not depend on pages.
 */
export async function startOffice(
  settings: OfficeSettings,
  listener: OfficeListener,
  options: OfficeOptions = {},
): Promise<OfficeFront> {
  const front = new Front(settings, listener, options);
  await front.open();
  return front;
}
