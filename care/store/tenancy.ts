/** Keeps the place of this process among others, takes homes, and hands them on page by page. */

import { readHomes } from "./kept.ts";
import {
  claimHomes,
  enterLease,
  type LeaseParts,
  leaveLease,
  ownHomes,
  releaseHomes,
  renewLease,
  spareHomes,
} from "./leases.ts";
import { type FromDisk, type LeaseTimes, pageMax } from "./rows.ts";

export interface TenancyParts extends LeaseParts {
  readonly times: LeaseTimes;
  readonly say: (message: FromDisk) => void;
  /** What went wrong, as a sentence. */
  readonly wordsOf: (thrown: unknown) => string;
}

/** How long after a failed look at the homes the next follows; also while homes are missing. */
const againMs = 1_000;

/** On SQLite nobody else can have the file: the lease never ends by itself. */
const forEverMs = 10 * 365 * 24 * 3_600_000;

export class Tenancy {
  private readonly parts: TenancyParts;
  private heardAt = performance.now();
  private renewing: NodeJS.Timeout | undefined;
  private renewal: Promise<void> | undefined;
  private looking: NodeJS.Timeout | undefined;
  /** When the lease was renewed last, and until when the others may need time for theirs. */
  private renewedAt = performance.now();
  private shakyUntil = 0;
  private turn: (() => void) | undefined;
  private trouble = "";
  private over = false;

  constructor(parts: TenancyParts) {
    const leaseMs = parts.dialect === "sqlite" ? forEverMs : parts.times.leaseMs;
    this.parts = { ...parts, leaseMs };
  }

  /** The loop that the homes live in turns. */
  alive(): void {
    this.heardAt = performance.now();
  }

  more(): void {
    this.turn?.();
  }

  /** Takes homes from now on; the first round ends with the word `claimed`. */
  async claim(): Promise<void> {
    await this.insist(() => this.enter());
    await this.insist(async () => this.deliver(await ownHomes(this.parts)));
    await this.insist(async () => {
      await this.look();
    });
    this.parts.say({ kind: "claimed" });
    this.later(false);
  }

  async release(homes: readonly string[]): Promise<void> {
    await this.insist(() => releaseHomes(this.parts, homes));
  }

  async leave(): Promise<void> {
    this.stop();
    // The file stays ours: writing that down would cost as much as all states together.
    if (this.parts.dialect === "postgres") await leaveLease(this.parts);
  }

  stop(): void {
    this.over = true;
    clearInterval(this.renewing);
    clearTimeout(this.looking);
    this.turn?.();
  }

  private async enter(): Promise<void> {
    const { db, dialect, times } = this.parts;
    if (dialect === "sqlite") await db.deleteFrom("owners").execute();
    await enterLease(this.parts);
    this.renewedAt = performance.now();
    if (dialect === "sqlite") return;
    this.renewing = setInterval(() => {
      this.renewal ??= this.renew().finally(() => {
        this.renewal = undefined;
      });
    }, times.renewMs);
  }

  private async renew(): Promise<void> {
    const { times } = this.parts;
    // A process whose homes stand still must not keep them from the others.
    if (performance.now() - this.heardAt > times.leaseMs / 2) return;
    try {
      if (await renewLease(this.parts)) {
        this.renewed();
        return;
      }
    } catch (thrown) {
      this.complain(thrown);
      return;
    }
    this.lose();
  }

  /** After the database was away the others may be slower to come back than this process. */
  private renewed(): void {
    const now = performance.now();
    const { leaseMs } = this.parts.times;
    if (now - this.renewedAt > leaseMs) this.shakyUntil = now + leaseMs / 2;
    this.renewedAt = now;
  }

  private lose(): void {
    const { say, owner } = this.parts;
    if (!this.over) say({ kind: "lease-lost", why: `the lease of ${owner} has run out` });
    this.stop();
  }

  private later(isHungry: boolean): void {
    if (this.over) return;
    const wait = isHungry ? Math.min(againMs, this.parts.times.renewMs) : this.parts.times.renewMs;
    this.looking = setTimeout(() => {
      this.look().then(
        (hungry) => this.later(hungry),
        (thrown) => {
          this.complain(thrown);
          this.later(true);
        },
      );
    }, wait);
  }

  /** Returns whether homes are missing that others may give up soon. */
  private async look(): Promise<boolean> {
    const share = await claimHomes(this.parts, performance.now() >= this.shakyUntil);
    if (share === undefined) {
      this.lose();
      return false;
    }
    const { claimed, surplus, hungry } = share;
    if (claimed.length > 0) await this.insist(() => this.deliver(claimed));
    if (surplus > 0) {
      const homes = await spareHomes(this.parts, Math.min(surplus, pageMax));
      this.parts.say({ kind: "surplus", homes });
    }
    return hungry || surplus > pageMax;
  }

  private async deliver(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length && !this.over; at += pageMax) {
      const page = names.slice(at, at + pageMax);
      await this.insist(async () => {
        const homes = await readHomes(this.parts.db, page);
        const heard = new Promise<void>((resolve) => {
          this.turn = resolve;
        });
        this.parts.say({ kind: "homes", homes });
        await heard;
      });
    }
  }

  /** What is ours already must reach the core: nobody else will look after it. */
  private async insist(work: () => Promise<void>): Promise<void> {
    while (!this.over) {
      try {
        await work();
        return;
      } catch (thrown) {
        this.complain(thrown);
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
  }

  private complain(thrown: unknown): void {
    const words = this.parts.wordsOf(thrown);
    if (words !== this.trouble && !this.over) this.parts.say({ kind: "notice", text: words });
    this.trouble = words;
  }
}
