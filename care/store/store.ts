/** The memory of the care service on disk, seen from the thread that must never wait for it. */
import { Worker } from "node:worker_threads";
import type { Stamp } from "../../platform/clock.ts";
import type { FromDisk, Kept, Row, ToDisk } from "./rows.ts";

/**
 * Rows that wait for the disk. Above it the store has no room: messages of homes are refused
 * without a receipt (the home keeps custody and says it again), and of what the rules decide by
 * themselves only the newest state is kept.
 */
export const waitingMax = 10_000;

export interface CareStore {
  readonly kept: Kept;
  /** Calls `durable` once the row is on disk. Returns at once. */
  append(row: Row, durable?: () => void): void;
  /** False while the disk does not keep up. */
  hasRoom(): boolean;
  close(): Promise<void>;
}

export interface StoreParts {
  readonly file: string;
  /** Rows that may wait, `waitingMax` by default. */
  readonly room?: number;
  readonly stamp: () => Stamp;
  /** The disk refuses; called again with undefined once it takes rows. */
  readonly onTrouble: (why: string | undefined) => void;
  /** There was no room for a while, and everything that waited is on disk now. */
  readonly onRoom: () => void;
  /** The thread is gone; nothing can be promised any more. */
  readonly onLost: (why: string) => void;
}

interface Waiting {
  readonly seq: number;
  readonly durable: (() => void) | undefined;
}

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Opens the store. Rejects with a sentence when the file cannot be used. */
export async function openStore(parts: StoreParts): Promise<CareStore> {
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: parts.file,
    name: "store",
  });
  const kept = await firstWord(worker);
  const waiting: Waiting[] = [];
  let seq = 0;
  let over = false;
  let full = false;
  const hasRoom = (): boolean => {
    const room = waiting.length < (parts.room ?? waitingMax);
    full ||= !room;
    return room;
  };
  const settled = (upTo: number): void => {
    while ((waiting[0]?.seq ?? Number.POSITIVE_INFINITY) <= upTo) waiting.shift()?.durable?.();
    if (!full || waiting.length > 0) return;
    full = false;
    parts.onRoom();
  };
  worker.on("message", (message: FromDisk) => {
    if (message.kind === "durable") settled(message.upTo);
    else if (message.kind === "trouble") parts.onTrouble(message.why);
    else if (message.kind === "well") parts.onTrouble(undefined);
  });
  worker.on("error", (error) => parts.onLost(String(error)));
  worker.on("exit", (code) => {
    if (!over) parts.onLost(`the store's thread ended with ${code}`);
  });
  const send = (message: ToDisk): void => worker.postMessage(message);
  return {
    kept,
    append: (row, durable) => {
      if (over) return;
      seq += 1;
      waiting.push({ seq, durable });
      send({ kind: "row", seq, row, stamp: parts.stamp() });
    },
    hasRoom,
    close: () =>
      new Promise((resolve) => {
        over = true;
        worker.once("exit", () => resolve());
        send({ kind: "close" });
      }),
  };
}

function firstWord(worker: Worker): Promise<Kept> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (message: FromDisk) => {
      worker.off("error", reject);
      if (message.kind === "kept") resolve(message.kept);
      else reject(new Error(message.kind === "refused" ? message.why : "the store is not ready"));
    });
  });
}
