/** The memory of the care service on disk, seen from the thread that must never wait for it. */
import type { Worker } from "node:worker_threads";
import type { Stamp } from "../../platform/clock.ts";
import { startThread, threadFile } from "../../platform/threads.ts";
import type { Offer } from "../../protocol/living.ts";
import type { LivingAnswer, LivingQuestion } from "./living-lists.ts";
import type { DatabasePlace } from "./place.ts";
import { Questions } from "./questions.ts";
import type {
  Arrival,
  FromDisk,
  ImportedHome,
  KeptHome,
  KnownRow,
  LeaseTimes,
  Opening,
  Row,
  ToDisk,
} from "./rows.ts";
import { WaitingRows } from "./waiting.ts";

/** A process may be silent for 20 s before others take its homes; it speaks four times in it. */
export const ordinaryLease: LeaseTimes = { leaseMs: 20_000, renewMs: 5_000 };

/** How long events are kept where the configuration says nothing else. */
export const ordinaryEventsDays = 30;

export interface CareStore {
  /** Where gateway time stood last. */
  readonly stamp: Stamp | undefined;
  /** Calls `durable` once the row is on disk. Returns at once. */
  append(row: Row, durable?: () => void): void;
  /** False while the disk does not keep up, for everybody or for this home alone. */
  hasRoom(home?: string): boolean;
  /** Looks after homes from now on; resolves when those that are free have come to `onHomes`. */
  claim(): Promise<void>;
  /** Who lives there and the agreement in force; undefined for a home that nobody knows. */
  loadHome(home: string): Promise<KnownRow | undefined>;
  /** Ids of the messages of this home that were taken last, oldest first. */
  taken(home: string): Promise<readonly string[]>;
  /** What these homes are to be told of services, choices and looks. */
  living(questions: readonly LivingQuestion[]): Promise<LivingAnswer>;
  /** Gives homes up that were stopped here; resolves once another process may take them. */
  release(homes: readonly string[]): Promise<void>;
  /** Writes nothing more of this home; resolves once what was waiting is on disk. */
  forget(home: string): Promise<void>;
  close(): Promise<void>;
}

export interface StoreParts {
  readonly place: DatabasePlace;
  /** Name of this process among those that share the database; a new one at each start. */
  readonly owner: string;
  readonly imports?: readonly ImportedHome[];
  /** The provider's catalogue of services. */
  readonly offers?: readonly Offer[];
  readonly lease?: LeaseTimes;
  readonly eventsDays?: number;
  /** Rows that may wait, `waitingMax` by default. */
  readonly room?: number;
  readonly stamp: () => Stamp;
  /** Homes that are ours from now on. Later pages wait until this one is through. */
  readonly onHomes: (homes: readonly KeptHome[]) => void;
  /** Messages to people have arrived; said again until a row says that it heard of them. */
  readonly onArrivals: (arrivals: readonly Arrival[]) => void;
  /** Somebody changed who lives there, the agreement or the credential: load these homes anew. */
  readonly onChanged: (homes: readonly string[]) => void;
  /** There may be something to tell these homes: ask `living`. */
  readonly onLiving?: (homes: readonly string[] | "all") => void;
  /** Another process has room for these: stop them, then `release`. May be said again. */
  readonly onSurplus: (homes: readonly string[]) => void;
  /** The disk refuses or hangs; called with undefined once it takes rows. */
  readonly onTrouble: (why: string | undefined) => void;
  /** There was no room for a while, and everything that waited is on disk now. */
  readonly onRoom: () => void;
  /** Something that people should know of; everything goes on. */
  readonly onNotice: (text: string) => void;
  /** Nothing can be promised any more: the thread is gone, or the homes are another's. */
  readonly onLost: (why: string, what: "disk" | "lease") => void;
}

/** How often the thread of the disk hears that this one turns, and is looked at itself. */
const pulseMs = 1_000;

/** Rows that wait while the next page of homes is asked for: a start must not fill the room. */
const pageWaitingMax = 500;

/** Opens the store. Rejects with a sentence when the database cannot be used. */
export async function openStore(parts: StoreParts): Promise<CareStore> {
  const workerData: Opening = {
    place: parts.place,
    owner: parts.owner,
    lease: parts.lease ?? ordinaryLease,
    imports: parts.imports ?? [],
    offers: parts.offers ?? [],
    eventsDays: parts.eventsDays ?? ordinaryEventsDays,
  };
  const worker = startThread(threadFile(import.meta.url, "worker"), {
    workerData,
    name: "store",
  });
  const stamp = await firstWord(worker, parts.onNotice);
  return new WorkerStore(worker, parts, stamp);
}

class WorkerStore implements CareStore {
  readonly stamp: Stamp | undefined;
  private readonly worker: Worker;
  private readonly parts: StoreParts;
  private readonly rows: WaitingRows;
  private readonly questions: Questions;
  private readonly pulse: NodeJS.Timeout;
  /** Homes that this process gave up: what is still written of them goes nowhere. */
  private readonly given = new Set<string>();
  private over = false;
  private gone = false;
  private claimed: (() => void) | undefined;
  private pageCameAt: number | undefined;

  constructor(worker: Worker, parts: StoreParts, stamp: Stamp | undefined) {
    this.worker = worker;
    this.parts = parts;
    this.stamp = stamp;
    this.rows = new WaitingRows(parts, parts.room);
    this.questions = new Questions((message) => this.send(message));
    worker.on("message", (message: FromDisk) => this.hear(message));
    worker.on("error", (error) => parts.onLost(String(error), "disk"));
    worker.on("exit", (code) => {
      this.gone = true;
      if (!this.over) parts.onLost(`the store's thread ended with ${code}`, "disk");
    });
    this.pulse = setInterval(() => {
      this.send({ kind: "alive" });
      this.rows.look();
      this.turnPage();
    }, pulseMs);
  }

  append(row: Row, durable?: () => void): void {
    if (this.over || this.given.has(row.home)) return;
    const seq = this.rows.add(row, durable);
    this.send({ kind: "row", seq, row, stamp: this.parts.stamp() });
  }

  hasRoom(home?: string): boolean {
    return this.rows.hasRoom(home);
  }

  claim(): Promise<void> {
    return new Promise((resolve) => {
      this.claimed = resolve;
      this.send({ kind: "claim" });
    });
  }

  loadHome(home: string): Promise<KnownRow | undefined> {
    return this.questions.ask({ kind: "load", home });
  }

  taken(home: string): Promise<readonly string[]> {
    return this.questions.ask({ kind: "taken", home });
  }

  living(questions: readonly LivingQuestion[]): Promise<LivingAnswer> {
    return this.questions.ask({ kind: "living", questions });
  }

  async release(homes: readonly string[]): Promise<void> {
    for (const home of homes) this.given.add(home);
    await this.questions.ask({ kind: "release", homes });
  }

  async forget(home: string): Promise<void> {
    this.given.add(home);
    await this.questions.ask({ kind: "flush" });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.over = true;
      clearInterval(this.pulse);
      if (this.gone) resolve();
      this.worker.once("exit", () => resolve());
      this.send({ kind: "close" });
    });
  }

  private send(message: ToDisk): void {
    this.worker.postMessage(message);
  }

  /** The next page of homes waits while the rows that the last one made fill the room. */
  private turnPage(): void {
    if (this.pageCameAt === undefined) return;
    const isYoung = performance.now() - this.pageCameAt < pulseMs;
    if (this.rows.count > pageWaitingMax && isYoung) return;
    this.pageCameAt = undefined;
    this.send({ kind: "more" });
  }

  private hear(message: FromDisk): void {
    const { parts, rows } = this;
    switch (message.kind) {
      case "durable":
        rows.settle(message.upTo);
        this.turnPage();
        break;
      case "unstored":
        rows.give(message.seq);
        parts.onNotice(`a row can never be stored: ${message.why}`);
        break;
      case "trouble":
        rows.trouble(message.why);
        break;
      case "well":
        rows.trouble(undefined);
        break;
      case "answer":
      case "no-answer":
        this.questions.hear(message);
        break;
      case "notice":
        parts.onNotice(message.text);
        break;
      default:
        this.hearOfHomes(message);
    }
  }

  private hearOfHomes(message: FromDisk): void {
    switch (message.kind) {
      case "homes":
        for (const { home } of message.homes) this.given.delete(home);
        this.parts.onHomes(message.homes);
        this.pageCameAt = performance.now();
        this.turnPage();
        break;
      case "claimed":
        this.claimed?.();
        break;
      case "surplus":
        this.parts.onSurplus(message.homes);
        break;
      case "arrivals":
        this.parts.onArrivals(message.arrivals);
        break;
      case "changed":
        this.parts.onChanged(message.homes);
        break;
      case "living":
        this.parts.onLiving?.(message.homes);
        break;
      case "lease-lost":
        if (!this.over) this.parts.onLost(message.why, "lease");
        break;
      default:
        break;
    }
  }
}

function firstWord(worker: Worker, note: (text: string) => void): Promise<Stamp | undefined> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromDisk): void => {
      if (message.kind === "notice") {
        note(message.text);
        return;
      }
      worker.off("error", reject);
      worker.off("message", hear);
      if (message.kind === "open") resolve(message.stamp);
      else reject(new Error(message.kind === "refused" ? message.why : "the store is not ready"));
    };
    worker.once("error", reject);
    worker.on("message", hear);
  });
}
