/** Looks after the bounds of the tables while nothing else is to be written. */
import type { Kysely } from "kysely";
import { homeAfter, homeEventsMax, pruneHome } from "./prune.ts";
import type { Row } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";

export interface SweepParts {
  readonly db: Kysely<CareDatabase>;
  readonly owner: string;
  readonly eventsDays: number;
  readonly isIdle: () => boolean;
}

/** One home at a time: 20,000 homes are seen through four times a day. */
const everyMs = 1_000;

/** A home with so many new events does not wait for its turn. */
const busyEvents = 500;

const dayMs = 24 * 3_600_000;

export class Sweep {
  private readonly parts: SweepParts;
  private readonly counts = new Map<string, number>();
  private readonly busy = new Set<string>();
  private place = "";
  private running = false;
  private readonly timer: NodeJS.Timeout;

  constructor(parts: SweepParts) {
    this.parts = parts;
    this.timer = setInterval(() => void this.turn(), everyMs);
  }

  /** Rows that are on disk now. */
  note(rows: readonly Row[]): void {
    for (const { kind, home } of rows) {
      if (kind !== "entry") continue;
      const count = (this.counts.get(home) ?? 0) + 1;
      this.counts.set(home, count % busyEvents);
      if (count === busyEvents) this.busy.add(home);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async turn(): Promise<void> {
    if (this.running || !this.parts.isIdle()) return;
    this.running = true;
    try {
      await this.sweep();
    } catch {
      // The commits say what is wrong with the disk; the bounds are held another time.
    } finally {
      this.running = false;
    }
  }

  private async sweep(): Promise<void> {
    const { db, owner, eventsDays } = this.parts;
    const first = this.busy.values().next();
    const home = first.done === true ? await homeAfter(db, owner, this.place) : first.value;
    if (home === undefined) {
      this.place = "";
      return;
    }
    if (first.done === true) this.place = home;
    this.busy.delete(home);
    const bounds = {
      events: homeEventsMax,
      eventsSince_wall: Date.now() - eventsDays * dayMs,
    };
    if (await pruneHome(db, home, bounds)) this.busy.add(home);
  }
}
