/** What waits in memory for the disk: in order, bounded, and clear about what gives way. */
import { isRoutine, type Write, weightOf } from "./encode.ts";
import { mayGiveWay, withoutSettled } from "./give-way.ts";

interface Waiting {
  readonly write: Write;
  readonly weight: number;
  /** Of a beat that stands for others: theirs too. */
  readonly answers: Answer[];
}

/** What whoever appended is told. */
export interface Answer {
  /** The write is on the disk. */
  done(): void;
  /** The write will never be on the disk. */
  lost(why: string): void;
}

const forgottenBecause = "journal: the disk takes nothing, and memory is full";
/** About what one that waits for an answer takes. */
const answerBytes = 200;

export type Batch = readonly Waiting[];

export class WriteQueue {
  readonly #bytesMax: number;
  #waiting: Waiting[] = [];
  #bytes = 0;
  /** Room is made when more bytes than this wait. */
  #roomAt: number;
  /** The last beat of the link that still waits, with nothing behind it that woke the rules. */
  #beat: Waiting | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#roomAt = bytesMax;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns how many events were forgotten to make room. */
  push(write: Write, answer?: Answer): number {
    const answers = answer === undefined ? [] : [answer];
    if (write.kind === "snapshot" || write.kind === "beat") {
      // Of these only the latest is worth its memory; it stands for those before it.
      for (const item of this.#waiting)
        if (item.write.kind === write.kind) answers.push(...item.answers);
      this.#keep((item) => item.write.kind !== write.kind);
    }
    // A snapshot has seen the link's beats before it; none after it may take their place.
    if (write.kind === "snapshot") this.sealBeat();
    return this.#add({ write, weight: weightOf(write), answers });
  }

  /**
   * A beat that only moves the link's own clock stands for the one before it, so that a day of them
   * is not a day of rows. Whoever waits for the older one is told when the younger is written.
   */
  pushBeat(write: Write, answer: Answer): number {
    const older = this.#beat;
    if (older !== undefined) this.#keep((item) => item !== older);
    // The same list goes on: a stall of a day is thousands of beats.
    const answers = older?.answers ?? [];
    answers.push(answer);
    const beat = { write, weight: weightOf(write) + answers.length * answerBytes, answers };
    const forgotten = this.#add(beat);
    this.#beat = this.#waiting.at(-1) === beat ? beat : undefined;
    return forgotten;
  }

  /** What follows may have looked at the link: the beat before it stays where it is. */
  sealBeat(): void {
    this.#beat = undefined;
  }

  #add(item: Waiting): number {
    this.#waiting.push(item);
    this.#bytes += item.weight;
    return this.#bytes > this.#roomAt ? this.#makeRoom() : 0;
  }

  take(count: number): Batch {
    this.#beat = undefined;
    this.#roomAt = this.#bytesMax;
    const batch = this.#waiting.splice(0, count);
    for (const { weight } of batch) this.#bytes -= weight;
    return batch;
  }

  /** A batch that was not written goes back to where it came from. */
  putBack(batch: Batch): void {
    this.#waiting = [...batch, ...this.#waiting];
    for (const { weight } of batch) this.#bytes += weight;
  }

  /**
   * Routine reports go first, down to nine tenths so that this is rare. At twice the bound go what
   * was settled meanwhile, entries with decisions, and those that only repeat what another one says
   * of an alarm. What then stays is alarms; it is not looked through again for every entry.
   */
  #makeRoom(): number {
    let forgotten = this.#forget(isRoutine);
    if (this.#bytes > 2 * this.#bytesMax) {
      this.#dropSettled();
      forgotten += this.#forget(mayGiveWay());
    }
    this.#roomAt = Math.max(this.#bytesMax, this.#bytes * 1.1);
    return forgotten;
  }

  #dropSettled(): void {
    this.#waiting = withoutSettled(this.#waiting, (item, write) => ({
      ...item,
      write,
      weight: weightOf(write),
    }));
    this.#bytes = this.#waiting.reduce((sum, { weight }) => sum + weight, 0);
  }

  #forget(mayGo: (write: Write) => boolean): number {
    const target = this.#bytesMax * 0.9;
    const kept: Waiting[] = [];
    let bytes = this.#bytes;
    let forgotten = 0;
    for (const item of this.#waiting) {
      if (bytes <= target || !mayGo(item.write)) {
        kept.push(item);
        continue;
      }
      forgotten += 1;
      for (const answer of item.answers) answer.lost(forgottenBecause);
      bytes -= item.weight;
      bytes += widenHole(kept);
    }
    this.#waiting = kept;
    this.#bytes = bytes;
    return forgotten;
  }

  #keep(keeps: (item: Waiting) => boolean): void {
    this.#waiting = this.#waiting.filter(keeps);
    this.#bytes = this.#waiting.reduce((sum, { weight }) => sum + weight, 0);
  }
}

/** Notes one more missing event at the end of `kept`; returns the bytes that the note takes. */
function widenHole(kept: Waiting[]): number {
  const last = kept.at(-1);
  if (last?.write.kind === "hole") {
    kept[kept.length - 1] = { ...last, write: { kind: "hole", count: last.write.count + 1 } };
    return 0;
  }
  const write = { kind: "hole", count: 1 } as const;
  kept.push({ write, weight: weightOf(write), answers: [] });
  return weightOf(write);
}
