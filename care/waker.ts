/** Wakes one home when the earliest of its deadlines is due. */
import { between, type Duration, type Instant } from "../protocol/time.ts";

/** setTimeout's own limit (2^31 - 1 ms); longer waits are cut into several. */
const timerMax = 2_147_483_647;
/**
 * A machine that asks to be woken in the past is woken at this pace, so that a fault cannot spin.
 */
const overduePaceMs = 10;

/** A deadline that is later than this finds a process that stood still. */
const stoodStillMs = 100;
/** How long what waits in the sockets then has to be heard. */
const socketsSpeakMs = 250;

export interface WakerParts {
  now(): Instant;
  /** The earliest deadline there is now. */
  due(): Instant | undefined;
  wake(late: Duration): void;
}

export class Waker {
  private readonly parts: WakerParts;
  private timer: NodeJS.Timeout | undefined;
  private timerAt: Instant | undefined;
  private hasLetSpeak = false;

  constructor(parts: WakerParts) {
    this.parts = parts;
  }

  /**
   * The deadlines may have changed. A timer that is early enough stays: each beat moves the
   * deadline of silence a little, and a timer that finds nothing due costs less than one a beat.
   */
  arm(): void {
    const due = this.parts.due();
    if (due === undefined || (this.timerAt !== undefined && this.timerAt <= due)) return;
    const wait = between(this.parts.now(), due);
    this.wakeIn(Math.min(Math.max(wait, overduePaceMs), timerMax), due);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timerAt = undefined;
  }

  private wakeIn(waitMs: number, due: Instant): void {
    clearTimeout(this.timer);
    this.timerAt = due;
    this.timer = setTimeout(() => {
      this.timerAt = undefined;
      this.wake();
    }, waitMs);
  }

  /** The home may have spoken while this process stood still: its sockets are read first. */
  private letSocketsSpeak(due: Instant, late: Duration): boolean {
    if (this.hasLetSpeak || late < stoodStillMs) return false;
    this.hasLetSpeak = true;
    this.wakeIn(socketsSpeakMs, due);
    return true;
  }

  private wake(): void {
    const due = this.parts.due();
    if (due === undefined) return;
    const late = between(due, this.parts.now());
    if (this.letSocketsSpeak(due, late)) return;
    this.hasLetSpeak = false;
    if (late >= 0) this.parts.wake(late);
    else this.arm();
  }
}
