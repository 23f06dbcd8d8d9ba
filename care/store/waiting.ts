/** The rows that are on their way to the disk: how many, how long, and who waits for them. */
import type { Row } from "./rows.ts";

/**
 * Rows that wait for the disk. Above it there is no room: of what the rules decide only the newest
 * state of each home is kept. It gives way for faults and notes, never for an alarm.
 */
export const waitingMax = 10_000;

/** Rows of one home that wait: a home that floods fills its own share, not the others'. */
export const homeWaitingMax = 200;

/** Letters that wait, in all rows together: some 256 MB. */
const lettersMax = 128 * 1_024 * 1_024;

/** A commit takes milliseconds; a disk that is silent for so long hangs. */
const hangsMs = 5_000;

export interface WaitingListener {
  readonly onTrouble: (why: string | undefined) => void;
  readonly onRoom: () => void;
}

interface Waiting {
  readonly seq: number;
  readonly home: string;
  readonly letters: number;
  readonly since: number;
  readonly durable: (() => void) | undefined;
}

function lettersOf(row: Row): number {
  if (row.kind === "entry") return row.state.length + row.event.length;
  return row.kind === "context" ? row.body.length : 0;
}

export class WaitingRows {
  private readonly listener: WaitingListener;
  private readonly max: number;
  private waiting: Waiting[] = [];
  /** Rows at the front that are through; cut off now and then, for a shift moves all the others. */
  private through = 0;
  private readonly perHome = new Map<string, number>();
  private seq = 0;
  private letters = 0;
  private full = false;
  private refused: string | undefined;
  private hangs: string | undefined;
  private told: string | undefined;

  constructor(listener: WaitingListener, max = waitingMax) {
    this.listener = listener;
    this.max = max;
  }

  get count(): number {
    return this.waiting.length - this.through;
  }

  /** Returns the number by which the disk answers. */
  add(row: Row, durable: (() => void) | undefined): number {
    this.seq += 1;
    const letters = lettersOf(row);
    const { home } = row;
    this.waiting.push({ seq: this.seq, home, letters, since: performance.now(), durable });
    this.letters += letters;
    this.perHome.set(home, (this.perHome.get(home) ?? 0) + 1);
    return this.seq;
  }

  hasRoom(home: string | undefined): boolean {
    const own = home === undefined ? 0 : (this.perHome.get(home) ?? 0);
    const room = this.count < this.max && own < homeWaitingMax && this.letters < lettersMax;
    this.full ||= !room;
    return room;
  }

  settle(upTo: number): void {
    while (this.firstSeq() <= upTo) this.leave()?.durable?.();
    this.look();
    this.sayRoom();
  }

  /** This row will never be on disk: nobody hears that it is. */
  give(seq: number): void {
    while (this.firstSeq() <= seq) this.leave();
    this.sayRoom();
  }

  trouble(why: string | undefined): void {
    this.refused = why;
    this.tell();
  }

  /** A disk that hangs says nothing by itself. */
  look(): void {
    const since = this.waiting[this.through]?.since;
    const hangs = since !== undefined && performance.now() - since > hangsMs;
    this.hangs = hangs
      ? `the disk does not keep up: what is to be promised waits for more than ${hangsMs / 1_000} s`
      : undefined;
    this.tell();
  }

  private sayRoom(): void {
    if (!this.full || this.count > 0) return;
    this.full = false;
    this.listener.onRoom();
  }

  private firstSeq(): number {
    return this.waiting[this.through]?.seq ?? Number.POSITIVE_INFINITY;
  }

  private leave(): Waiting | undefined {
    const first = this.waiting[this.through];
    if (first === undefined) return undefined;
    this.through += 1;
    if (this.through * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.through);
      this.through = 0;
    }
    this.letters -= first.letters;
    const left = (this.perHome.get(first.home) ?? 1) - 1;
    if (left === 0) this.perHome.delete(first.home);
    else this.perHome.set(first.home, left);
    return first;
  }

  private tell(): void {
    const why = this.refused ?? this.hangs;
    if (why === this.told) return;
    this.told = why;
    this.listener.onTrouble(why);
  }
}
