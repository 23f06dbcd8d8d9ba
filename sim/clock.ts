/** Time as a port: behaviours never read a clock of their own, so a story can run twice alike. */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the home began. */
  now(): number;
  after(delay_ms: number, run: () => void): Cancel;
  /** Forgets everything planned; a closed home does nothing more. */
  stop(): void;
}

/** Real time, optionally faster: at speed 60 an hour of the home passes in a minute. */
export function realClock(speed = 1): Clock {
  const began = performance.now();
  const planned = new Set<NodeJS.Timeout>();
  return {
    now: () => (performance.now() - began) * speed,
    after: (delay_ms, run) => {
      const timer = setTimeout(() => {
        planned.delete(timer);
        run();
      }, delay_ms / speed);
      planned.add(timer);
      return () => {
        clearTimeout(timer);
        planned.delete(timer);
      };
    },
    stop: () => {
      for (const timer of planned) clearTimeout(timer);
      planned.clear();
    },
  };
}

export interface ManualClock extends Clock {
  /** Lets time pass; what is due runs in order of its time, then of its planning. */
  advance(by_ms: number): void;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when told to. */
export function manualClock(): ManualClock {
  let now = 0;
  let order = 0;
  const planned = new Set<Planned>();

  function next(until: number): Planned | undefined {
    let first: Planned | undefined;
    for (const entry of planned) {
      if (entry.at > until) continue;
      if (first === undefined || entry.at < first.at) first = entry;
      else if (entry.at === first.at && entry.order < first.order) first = entry;
    }
    return first;
  }

  return {
    now: () => now,
    after: (delay_ms, run) => {
      const entry = { at: now + Math.max(0, delay_ms), order: order++, run };
      planned.add(entry);
      return () => planned.delete(entry);
    },
    stop: () => planned.clear(),
    advance: (by_ms) => {
      const until = now + by_ms;
      for (let due = next(until); due !== undefined; due = next(until)) {
        planned.delete(due);
        now = due.at;
        due.run();
      }
      now = until;
    },
  };
}
