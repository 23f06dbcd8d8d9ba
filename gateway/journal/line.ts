/**
 * The line to the worker: requests go out in order, replies come back in order, a dead worker is
 * replaced.
 */
import type { Worker } from "node:worker_threads";
import { startThread, threadFile } from "../../platform/threads.ts";
import { wordsOf } from "../../platform/words.ts";
import type { Write } from "./encode.ts";
import type { JournalLimits } from "./limits.ts";
import type { EventPage, StoredMemory } from "./store.ts";

export interface WorkerData {
  readonly dir: string;
  readonly limits: JournalLimits;
}

export type Request =
  | { readonly kind: "open" }
  | { readonly kind: "events"; readonly after: number; readonly limit: number }
  /** `resent`: some of it was in a batch that failed, and nobody knows how much was written. */
  | { readonly kind: "commit"; readonly writes: readonly Write[]; readonly resent: boolean }
  /** Prunes a little; writes a generation where one is asked for. */
  | { readonly kind: "tend"; readonly generation: boolean }
  | { readonly kind: "close" };

export type Reply =
  | {
      readonly kind: "opened";
      /** Undefined where there may be a memory, and it cannot be read. */
      readonly memory: StoredMemory | undefined;
      readonly reports: readonly string[];
    }
  | { readonly kind: "events"; readonly page: EventPage }
  | {
      readonly kind: "done";
      readonly more: boolean;
      readonly reports: readonly string[];
      /** Writes of the batch, by place, that cannot be stored whatever is tried. */
      readonly lost: readonly number[];
    }
  /** Another process has the journal: nothing was read, and nothing written. */
  | { readonly kind: "held" }
  /** Nothing was written; the sentence says why, and trying again makes sense. */
  | { readonly kind: "refused"; readonly why: string; readonly reports: readonly string[] };

/** The worker's own memory is bounded too; past this it is replaced, and loses nothing. */
const heapMaxMb = 96;
const respawnFirstMs = 500;
const respawnMaxMs = 30_000;

interface Asked {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerLine {
  readonly #data: WorkerData;
  readonly #died: (why: string) => void;
  #worker: Worker | undefined;
  #asked: Asked[] = [];
  #respawnMs = respawnFirstMs;
  #respawn: NodeJS.Timeout | undefined;
  #ended = false;

  /** `died` is told when a worker ended by itself; the requests that it had are rejected before. */
  constructor(data: WorkerData, died: (why: string) => void) {
    this.#data = data;
    this.#died = died;
    this.#spawn();
  }

  ask(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#worker === undefined) {
        reject(new Error("the journal's worker is not there"));
        return;
      }
      this.#asked.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Nobody will answer any more. */
  get isEnded(): boolean {
    return this.#ended;
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#respawn);
    await this.#worker?.terminate();
  }

  #spawn(): void {
    const worker = startThread(threadFile(import.meta.url, "worker"), {
      name: "journal",
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
    });
    let why = "it ended";
    worker.on("message", (reply: Reply) => {
      this.#respawnMs = respawnFirstMs;
      this.#asked.shift()?.resolve(reply);
    });
    worker.on("error", (error) => {
      why = wordsOf(error);
    });
    worker.on("exit", () => this.#exited(why));
    this.#worker = worker;
  }

  /** A machine that has no thread to spare throws; it is tried again, more slowly. */
  #again(why: string): void {
    try {
      this.#spawn();
    } catch (thrown) {
      this.#exited(wordsOf(thrown));
      return;
    }
    this.#died(why);
  }

  #exited(why: string): void {
    this.#worker = undefined;
    const lost = this.#asked;
    this.#asked = [];
    for (const { reject } of lost) reject(new Error(`the journal's worker died: ${why}`));
    if (this.#ended) return;
    this.#respawn = setTimeout(() => this.#again(why), this.#respawnMs);
    this.#respawnMs = Math.min(respawnMaxMs, this.#respawnMs * 2);
  }
}
