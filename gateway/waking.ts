/** When the rules are woken: at the earliest instant that any of them asks for. */
import { between, type Instant } from "../protocol/time.ts";

/** setTimeout's own limit (2^31 - 1 ms); longer waits are cut into several. */
const timerMax = 2_147_483_647;
/**
 * A rule that asks to be woken in the past is woken at this pace, which doubles while it goes on
 * asking: a fault must neither spin nor fill the card.
 */
const overdueMs = 10;
const overdueDoublings = 9;

export interface WakingParts {
  readonly now: () => Instant;
  /** The earliest instant at which a rule wants to be woken, of those behind `after`. */
  readonly due: (after?: Instant) => Instant | undefined;
  /** It is time, and so many milliseconds past it. The rules step, and `arm` is called again. */
  readonly reached: (lateMs: number) => void;
}

export interface Waking {
  /** After each step of the rules. */
  arm(): void;
  stop(): void;
}

export function createWaking({ now, due, reached }: WakingParts): Waking {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Wakings in a row after which a rule was due in the past again. */
  let overdue = 0;

  /** How long until what has passed is tried again; what others are due for stays in time. */
  const untilRetry = (at: Instant): number => {
    const next = due(at);
    const retry = overdueMs * 2 ** Math.min(overdue, overdueDoublings);
    return next === undefined ? retry : Math.min(retry, between(at, next));
  };

  const arm = (): void => {
    clearTimeout(timer);
    const first = due();
    if (stopped || first === undefined) return;
    const at = now();
    const isPast = first <= at;
    if (!isPast) overdue = 0;
    const wait = isPast ? untilRetry(at) : between(at, first);
    timer = setTimeout(wake, Math.min(Math.max(wait, overdueMs), timerMax));
  };

  const wake = (): void => {
    const first = due();
    const late = first === undefined ? -1 : between(first, now());
    if (late < 0) {
      arm();
      return;
    }
    overdue += 1;
    reached(late);
  };

  return {
    arm,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
