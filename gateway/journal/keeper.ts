/**
 * Answers the requests of the line: opens, commits, tends, and opens again where a file broke
 * meanwhile.
 */
import { faultOf } from "../../platform/sqlite.ts";
import type { Write } from "./encode.ts";
import { journalFile } from "./files.ts";
import { writeGeneration } from "./generation.ts";
import type { Reply, Request, WorkerData } from "./line.ts";
import { JournalHeld, type JournalLock, takeLock } from "./lock.ts";
import { type Peek, peek } from "./peek.ts";
import { prune } from "./prune.ts";
import { isRebuildable, openStore, rebuild } from "./recover.ts";
import type { JournalStore } from "./store.ts";

type Done = Extract<Reply, { kind: "done" }>;
type Kept<Kind extends Write["kind"]> = Extract<Write, { kind: Kind }>;

export class Keeper {
  readonly #data: WorkerData;
  #lock: JournalLock | undefined;
  #store: JournalStore | undefined;
  /** A copy to read from, while the journal itself cannot be opened for writing. */
  #copy: Peek | undefined;
  /** What a file that was rebuilt under way must know of this run. */
  #run: Kept<"run"> | undefined;
  #plan: Kept<"plan"> | undefined;

  constructor(data: WorkerData) {
    this.#data = data;
  }

  answer(request: Request): Reply {
    const reports: string[] = [];
    try {
      switch (request.kind) {
        case "open":
          return this.#open(reports);
        case "events": {
          const store = this.#store ?? this.#copy?.store ?? this.#opened(reports);
          return { kind: "events", page: store.events(request.after, request.limit) };
        }
        case "commit":
          return done(reports, this.#commit(request.writes, request.resent, reports));
        case "tend":
          return { ...done(reports), more: this.#tend(request.generation, reports) };
        case "close":
          this.#store?.db.close();
          this.#copy?.end();
          this.#lock?.release();
          return done(reports);
      }
    } catch (error) {
      if (error instanceof JournalHeld) return { kind: "held" };
      const why = faultOf(error, journalFile(this.#data.dir)).message;
      return { kind: "refused", why, reports };
    }
  }

  #open(reports: string[]): Reply {
    const { dir, limits } = this.#data;
    try {
      const store = this.#opened(reports);
      return { kind: "opened", memory: store.memory(), reports };
    } catch (error) {
      if (error instanceof JournalHeld) throw error;
      reports.push(`journal: ${faultOf(error, journalFile(dir)).message}`);
      this.#copy?.end();
      this.#copy = peek(dir, limits, reports);
      return { kind: "opened", memory: this.#copy?.store.memory(), reports };
    }
  }

  #opened(reports: string[]): JournalStore {
    if (this.#store === undefined) {
      this.#lock ??= takeLock(this.#data.dir);
      const opened = openStore(this.#data.dir, this.#data.limits);
      reports.push(...opened.reports);
      this.#store = opened.store;
      this.#copy?.end();
      this.#copy = undefined;
    }
    return this.#store;
  }

  /** Returns the places of writes that cannot be stored. */
  #commit(all: readonly Write[], resent: boolean, reports: string[]): readonly number[] {
    const store = this.#opened(reports);
    const begun = resent ? store.alreadyWritten(all) : 0;
    const writes = all.slice(begun);
    let lost: readonly number[] = [];
    try {
      reports.push(...store.commit(writes));
    } catch (error) {
      const fault = faultOf(error, journalFile(this.#data.dir));
      if (fault.trouble === "content") lost = commitOneByOne(store, writes, reports);
      else if (!isRebuildable(fault)) throw fault;
      else reports.push(...this.#rebuilt(store, fault.message, reports).commit(writes));
    }
    this.#remember(all);
    return lost.map((place) => begun + place);
  }

  #remember(writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.kind === "run") this.#run = write;
      else if (write.kind === "plan") this.#plan = write;
    }
  }

  /**
   * The file broke while it was open: the same as at a start, and this run goes on in the new file.
   */
  #rebuilt(broken: JournalStore, damage: string, reports: string[]): JournalStore {
    const { dir, limits } = this.#data;
    const { lastSeq, lastSnapshot } = broken;
    this.#store = undefined;
    broken.db.close();
    rebuild(dir, damage, limits, reports);
    const store = this.#opened(reports);
    store.goOnFrom(lastSeq, lastSnapshot);
    store.commit([this.#run, this.#plan].filter((write) => write !== undefined));
    return store;
  }

  #tend(generation: boolean, reports: string[]): boolean {
    const store = this.#opened(reports);
    if (generation) writeGeneration(store.db, this.#data.dir, this.#data.limits);
    return prune(store.db, this.#data.limits);
  }
}

/** One row that cannot be stored must not keep the others in memory for ever. */
function commitOneByOne(
  store: JournalStore,
  writes: readonly Write[],
  reports: string[],
): readonly number[] {
  const lost: number[] = [];
  for (const [place, write] of writes.entries()) {
    try {
      reports.push(...store.commit([write]));
    } catch (error) {
      const fault = faultOf(error, "journal");
      if (fault.trouble !== "content") throw fault;
      const what = write.kind === "entry" ? `event ${write.id} (${write.event})` : write.kind;
      reports.push(`${fault.message} It is lost: ${what}.`);
      if (write.kind === "entry") store.commit([{ kind: "hole", count: 1 }]);
      lost.push(place);
    }
  }
  return lost;
}

function done(reports: readonly string[], lost: readonly number[] = []): Done {
  return { kind: "done", more: false, reports, lost };
}
