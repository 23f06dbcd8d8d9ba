/** The stove's alarms: raised in time, once, and again when a person closed them too soon. */
import type { RuleEvent } from "../../rules/events.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { stoveHome } from "../support/stove-home.ts";
import type { Both } from "./stove-witness.ts";
import { minute, second } from "./stove-world.ts";

const { closeWithin } = stoveHome.link;
/** Two deadlines in one step. */
const slack = second;
/** The longest that a starting radio may take until a cut stove is an alarm, and its frames. */
const proofMax = minute + 6 * second;
const reasons = ["stove-not-off", "stove-unguarded"];

interface Told {
  id: string;
  /** On the gateway's own clock, which skips what nobody knows. */
  closedAt: number | null;
}

export class AlarmTruths {
  private readonly told = new Map<string, Told>();
  private readonly again = new Set<string>();
  private notProvedSince: number | null = null;
  private awaySince: number | null = null;
  /** How long the relay may still read as before. */
  private falls = 0;
  private cutAt = Number.NEGATIVE_INFINITY;
  private readonly fail: (sentence: string) => void;

  constructor(fail: (sentence: string) => void) {
    this.fail = fail;
  }

  hear(event: RuleEvent, now: number): void {
    if (event.kind === "alarm-raised") this.raised(event.alarm.reason, event.alarm.id, now);
    if (event.kind !== "alarm-closed") return;
    for (const told of this.told.values()) if (told.id === event.alarmId) told.closedAt = event.at;
  }

  /** Whether this danger was raised before, and closed by a person. */
  isAgain(reason: string): boolean {
    return this.again.has(reason);
  }

  private raised(reason: string, id: string, now: number): void {
    if (!reasons.includes(reason)) return;
    const before = this.told.get(reason);
    if (before !== undefined && before.closedAt === null) this.fail(`I9: ${reason} raised twice`);
    if (before !== undefined) this.again.add(reason);
    this.told.set(reason, { id, closedAt: null });
    if (reason === "stove-not-off" && now - this.cutAt < 5 * second + this.falls) {
      this.fail("I2: an alarm before the plug had its time");
    }
    const isAway = this.awaySince !== null && now - this.awaySince >= minute;
    if (reason === "stove-unguarded" && !isAway) this.fail("I2: unguarded, but the radio is there");
  }

  /** Open, or closed so lately that a person may still be right. */
  private isTold(reason: string, gatewayNow: number): boolean {
    const told = this.told.get(reason);
    if (told === undefined) return false;
    return told.closedAt === null || gatewayNow <= told.closedAt + closeWithin + slack;
  }

  judge(
    guard: StoveState,
    { now, told }: Both,
    since: { readonly startedAt: number; readonly away: number | null; readonly falls: number },
  ): void {
    this.awaySince = since.away;
    this.falls = since.falls;
    const isProved = guard.latch === null || guard.phase === "proved-off";
    if (isProved) this.notProvedSince = null;
    else if (this.notProvedSince === null) {
      this.notProvedSince = now;
      this.cutAt = now;
    }
    const from = Math.max(this.notProvedSince ?? now, since.startedAt);
    if (now > from + proofMax + this.falls + slack && !this.isTold("stove-not-off", told)) {
      this.fail("a stove that is not proved off is no alarm");
    }
    const away = guard.latch === null ? (since.away ?? now) : now;
    if (now > away + minute + slack && !this.isTold("stove-unguarded", told)) {
      this.fail("a stove that nobody can cut is no alarm");
    }
  }
}
