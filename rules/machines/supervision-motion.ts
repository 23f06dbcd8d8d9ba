/** Stuck motion sensors: what they say is neither a sign of life nor presence (story 7). */
import { after, type Instant, instant } from "../../protocol/time.ts";
import { busyMax, movingMax, pauseMin } from "./supervision-limits.ts";
import { clear, find, type Motion, type SupervisionTurn } from "./supervision-state.ts";

/** Takes in what a motion sensor said. A word said again changes nothing. */
export function heardMotion(before: Motion | null, moving: boolean, now: Instant): Motion | null {
  if (before === null) return moving ? { moving, since: now, busySince: now } : null;
  if (before.moving === moving) return before;
  // A pause ends a busy time; so does the end of a run that was stuck, for it was nobody's.
  const ends = now >= after(before.since, moving ? pauseMin : movingMax);
  return { moving, since: now, busySince: ends ? now : before.busySince };
}

/**
 * The motion after a restart: a sensor that moved may still do so, and gets its full time again.
 */
export function motionAfterStart(before: Motion | null, now: Instant): Motion | null {
  return before?.moving === true ? { moving: true, since: now, busySince: now } : null;
}

/** From when a sensor that goes on moving is stuck. */
function stuckAt(motion: Motion): Instant {
  return instant(Math.min(after(motion.since, movingMax), after(motion.busySince, busyMax)));
}

/** A sensor that fired for hours is believed again only after a real pause. */
function restsTooShort(motion: Motion, now: Instant): boolean {
  return motion.since >= after(motion.busySince, busyMax) && now < after(motion.since, pauseMin);
}

/** Finds or clears "stuck" for one sensor, on level. Only rest that was seen clears it. */
export function judgeMotion(turn: SupervisionTurn, id: string, motion: Motion | null): void {
  const { now } = turn.around;
  if (motion === null) return;
  if (motion.moving) {
    if (now >= stuckAt(motion)) find(turn, id, "stuck");
  } else if (!restsTooShort(motion, now)) clear(turn, id, "stuck");
}

/** When a sensor must be judged again without a word from it. */
export function motionWake(motion: Motion | null): Instant | undefined {
  if (motion === null) return undefined;
  return motion.moving ? stuckAt(motion) : after(motion.since, pauseMin);
}
