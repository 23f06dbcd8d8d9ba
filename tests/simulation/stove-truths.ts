/** What must be true of the stove guard, held against the world and not against its own memory. */
import type { PlannedEffect } from "../../rules/effects.ts";
import type { Fault, RuleEvent } from "../../rules/events.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { stoveHome } from "../support/stove-home.ts";
import {
  frameDelayMax,
  hour,
  minute,
  reportDelayMax,
  type StoveWorld,
  second,
  type WorldStep,
} from "./stove-world.ts";

const { absence, leftHome, onAboveWatts, preAlarm, total, untouched } = stoveHome.stove;
const rest = 10 * minute;
/** A sensor that goes on saying "moving" is believed for an hour (supervision finds it stuck then). */
const believedMax = hour;
/** A cut may come this much after its bound: two deadlines in one step. */
const slack = second;

/** What a kitchen sensor claimed, as it reached the gateway. */
interface Claim {
  moving: boolean;
  since: number;
  at: number;
}

export class StoveTruths {
  readonly violations: string[] = [];
  readonly counts = { cuts: 0, taken: 0, proofs: 0, alarms: 0, resets: 0, stuck: 0 };
  private readonly world: () => StoveWorld;
  private readonly claim: Claim = { moving: false, since: 0, at: 0 };
  /** Presence by a healthy sensor: until when, and whether it lasts. */
  private seenAt = Number.NEGATIVE_INFINITY;
  private seenNow = false;
  private touchedAt = Number.NEGATIVE_INFINITY;
  private holdUntil = Number.NEGATIVE_INFINITY;
  private cookingSince: number | null = null;
  private lowSince: number | null = null;
  private high = false;
  private highSince = 0;
  private warnedAt: number | null = null;
  private doorClosedAt: number | null = null;
  private doorOpen = false;
  private holdable = false;
  private cutBegan = 0;
  /** Power last heard of as flowing, while the relay had its time to open. */
  private heatedAt = Number.NEGATIVE_INFINITY;
  private readonly hazards = new Set<string>();
  private latchedAt: number | null = null;
  private resetAsked = false;
  private notProvedSince: number | null = null;
  private alarmedSinceCut = false;
  private startedAt = 0;
  private gapUnknown = false;
  private flowsSince: number | null = null;

  constructor(world: () => StoveWorld) {
    this.world = world;
  }

  private fail(sentence: string): void {
    const at = (this.world().now / 1_000).toFixed(1);
    this.violations.push(`${at} s: ${sentence}`);
  }

  /** Called after every step of the gateway. */
  after(step: WorldStep): void {
    const before = step.before.machines["stoveGuard"] as StoveState;
    // A hold is taken only while the guard sees a cooking; everything else is held against the world.
    this.holdable = before.cooking !== null;
    this.hear(step.event);
    for (const fact of step.derived) this.hear(fact);
    const now = step.after.machines["stoveGuard"] as StoveState;
    for (const effect of step.effects) this.judgeEffect(effect, now);
    if (before.latch === null && now.latch !== null) this.judgeCut(now.latch.because);
    if (before.latch !== null && now.latch === null) this.judgeReset();
    if (before.phase === "warned" && (now.phase === "on" || now.phase === "unattended")) {
      this.counts.taken += 1;
    }
    if (before.phase !== "cut" && now.phase === "cut") this.cutBegan = this.world().now;
    if (before.phase !== "proved-off" && now.phase === "proved-off") this.judgeProof();
    this.judgeDeadlines(now);
  }

  /** Called between steps, often: what must not last. */
  watch(): void {
    const world = this.world();
    const guard = world.state.machines["stoveGuard"] as StoveState;
    const reachable = world.up && world.radioReady && world.plug.fault !== "mute";
    const flows = world.watts() > onAboveWatts && reachable && guard.phase === "proved-off";
    if (!flows) this.flowsSince = null;
    else this.flowsSince ??= world.now;
    const bound = reportDelayMax + 10 * second + 3 * minute;
    if (this.flowsSince !== null && world.now - this.flowsSince > bound) {
      this.fail("I2: said to be proved off while power flows and is reported");
      this.flowsSince = world.now;
    }
  }

  private hear(event: RuleEvent): void {
    const { now } = this.world();
    switch (event.kind) {
      case "gateway-started":
        this.started(event.gapMs);
        return;
      case "motion-sensed":
        this.moved(event.device, event.moving);
        return;
      case "contact-sensed":
        if (event.open) this.doorClosedAt = null;
        else if (this.doorOpen) this.doorClosedAt = now;
        this.doorOpen = event.open;
        return;
      case "hazard-sensed":
        if (event.present) this.hazards.add(event.device);
        else this.hazards.delete(event.device);
        return;
      case "power-read":
        this.power(event.watts);
        return;
      case "stove-reset-requested":
        this.resetAsked = true;
        return;
      case "presence-said":
        if (this.warnedAt !== null) this.touched();
        return;
      case "stove-hold-requested":
        this.held(event.minutes);
        return;
      case "fault-found":
        this.faulty(event.fault);
        return;
      case "alarm-raised":
        this.counts.alarms += 1;
        if (event.alarm.reason === "stove-not-off") this.alarmedSinceCut = true;
        return;
      default:
        return;
    }
  }

  private held(minutes: number): void {
    if (!this.holdable || minutes > 99) return;
    this.touched();
    this.holdUntil = this.world().now + minutes * minute;
  }

  private faulty(fault: Fault): void {
    if (fault.what === "stuck") this.counts.stuck += 1;
    if (fault.subject !== "plug" || fault.what !== "silent") return;
    this.forgetPower();
    this.lowSince = null;
    if (!this.holdable) this.cookingSince = null;
  }

  private started(gapMs: number | null): void {
    const { now } = this.world();
    this.startedAt = now;
    this.gapUnknown = gapMs === null || (this.gapUnknown && this.latchedAt === null);
    this.notProvedSince = this.latchedAt === null ? null : now;
    this.alarmedSinceCut = false;
    if (this.claim.moving) this.claim.at = now - (gapMs ?? 0);
    if (this.seenNow) this.seenAt = now - (gapMs ?? 0);
    this.claim.moving = false;
    this.seenNow = false;
    this.forgetPower();
  }

  private forgetPower(): void {
    this.high = false;
  }

  private moved(device: string, moving: boolean): void {
    const world = this.world();
    const sensor = world.sensors.get(device);
    const healthy = sensor?.fault === "none" && !sensor.endLost;
    if (moving && healthy) this.doorClosedAt = null;
    // What a sensor says again at its check-in is no sign of anybody.
    if (device !== "kitchen" || (!moving && !this.claim.moving)) return;
    if (moving && !this.claim.moving) this.claim.since = world.now;
    this.claim.moving = moving;
    this.claim.at = world.now;
    if (!healthy) this.seenNow = false;
    else if (moving) {
      this.seenNow = true;
      this.seenAt = world.now;
    } else if (this.seenNow) {
      this.seenNow = false;
      this.seenAt = world.now;
    }
  }

  private touched(): void {
    this.touchedAt = this.world().now;
    this.doorClosedAt = null;
  }

  /** Power as it reached the gateway; a return after a long rest is a hand at the knob. */
  private power(watts: number): void {
    const { now, lost } = this.world();
    // A rest is counted on the gateway's own clock, which skips what nobody knows.
    const told = now - lost;
    const high = watts > onAboveWatts;
    if (high && !this.high) this.highSince = now;
    if (high && now - this.cutBegan > 4 * second) this.heatedAt = now;
    if (high) {
      const rested = this.lowSince !== null && told - this.lowSince >= rest;
      if (this.cookingSince === null || rested) {
        this.cookingSince = now;
        this.touched();
        this.holdUntil = Number.NEGATIVE_INFINITY;
      }
      this.lowSince = null;
    } else this.lowSince ??= told;
    this.high = high;
  }

  private judgeEffect(effect: PlannedEffect, guard: StoveState): void {
    const { now } = this.world();
    if (effect.kind === "cut-power" && guard.latch === null) this.fail("I7: cut without a latch");
    if (effect.kind === "give-power" && !this.resetAsked) this.fail("I7: given back unasked");
    if (effect.kind !== "announce") return;
    if (effect.key === "stove-unattended") this.warnedAt = now;
    if (effect.key === "stove-proved-off" && guard.phase !== "proved-off") {
      this.fail("I2: said to be off without proof");
    }
  }

  private judgeCut(because: string): void {
    const { now } = this.world();
    this.counts.cuts += 1;
    this.latchedAt = now;
    this.notProvedSince = now;
    this.alarmedSinceCut = false;
    const isWarned = this.warnedAt !== null && now - this.warnedAt >= preAlarm;
    const atOnce = ["smoke", "heat", "after-gap"].includes(because);
    if (!atOnce && !isWarned) this.fail(`cut for ${because} without a warning of 15 s`);
    const why = this.faultOf(because, now);
    if (why !== null) this.fail(`cut for ${because}, but ${why}`);
    this.warnedAt = null;
  }

  /** Why this cut was wrong; null when the world gives it right. */
  private faultOf(because: string, now: number): string | null {
    switch (because) {
      case "absence":
        return this.absenceFault(now);
      case "left-home":
        if (this.doorClosedAt === null) return "nobody had left";
        return now - this.doorClosedAt < leftHome + preAlarm ? "it was too soon" : null;
      case "untouched":
        return now - this.touchedAt < untouched + preAlarm ? "it was touched" : null;
      case "total":
        return now - (this.cookingSince ?? now) < total + preAlarm ? "it was too soon" : null;
      case "smoke":
      case "heat":
        return this.hazards.size === 0 ? "nothing burns" : null;
      case "after-gap":
        return this.gapFault(now);
      default:
        return "nobody knows that reason";
    }
  }

  /** The last presence that somebody could trust: a sensor that broke meanwhile is no witness. */
  private presentAt(now: number): number {
    const sensor = this.world().sensors.get("kitchen");
    const healthy = sensor?.fault === "none" && !sensor.endLost;
    const seen = this.seenNow ? (healthy ? now : this.claim.since) : this.seenAt;
    return Math.max(seen, this.touchedAt);
  }

  private absenceFault(now: number): string | null {
    if (now - this.presentAt(now) < absence + preAlarm) return "somebody was there";
    return now < this.holdUntil + preAlarm ? "the hold had not ended" : null;
  }

  private gapFault(now: number): string | null {
    if (this.gapUnknown && (this.cookingSince ?? now) < this.startedAt) return null;
    if (this.startedAt !== now) return "the gateway did not start";
    return now - this.presentAt(now) >= absence ? null : this.shortGap(now);
  }

  /** A known, short gap ends a cooking only where another rule was overdue, or the warning ran out. */
  private shortGap(now: number): string | null {
    if (this.warnedAt !== null && now - this.warnedAt >= preAlarm) return null;
    const left = this.doorClosedAt !== null && now - this.doorClosedAt >= leftHome + preAlarm;
    const long = now - this.touchedAt >= untouched || now - (this.cookingSince ?? now) >= total;
    return left || long ? null : "the gap was short and somebody was there";
  }

  private judgeReset(): void {
    this.counts.resets += 1;
    if (!this.resetAsked) this.fail("I7: the latch was released unasked");
    if (this.hazards.size > 0) this.fail("I7: given back while something burns");
    if (this.high) this.fail("I7: given back while power was last seen flowing");
    this.resetAsked = false;
    this.latchedAt = null;
    this.notProvedSince = null;
    this.cookingSince = null;
    this.lowSince = null;
    this.holdUntil = Number.NEGATIVE_INFINITY;
  }

  private judgeProof(): void {
    const world = this.world();
    this.counts.proofs += 1;
    this.notProvedSince = null;
    const { plug } = world;
    const closed = plug.contact && plug.demand > onAboveWatts && world.mains;
    if (closed && this.heatedAt > this.cutBegan && world.now - this.heatedAt < rest) {
      this.fail("I2: proved off between two heats of a welded stove");
    }
    const steady = plug.cycle === null && plug.contact && plug.demand > onAboveWatts && world.mains;
    if (steady && plug.fault !== "none") this.fail("I2: proved off while power flows");
  }

  /** Bounds that hold at every step while the gateway runs. */
  private judgeDeadlines(guard: StoveState): void {
    const { now } = this.world();
    this.resetAsked = false;
    if (this.latchedAt !== null && guard.latch === null) this.fail("I7: the latch was lost");
    if (guard.warning === null) this.warnedAt = null;
    if (guard.latch !== null) {
      this.judgeAlarm(guard, now);
      return;
    }
    const { claim } = this;
    const believed = claim.moving ? Math.min(now, claim.since + believedMax) : claim.at;
    const attended = Math.max(believed, this.touchedAt) + absence;
    const bound = Math.max(attended, this.holdUntil, this.highSince, this.startedAt);
    if (this.high && now > bound + preAlarm + slack) this.fail("a forgotten stove was not cut");
    const since = Math.max((this.cookingSince ?? now) + total, this.highSince, this.startedAt);
    if (this.high && now > since + preAlarm + slack) this.fail("on for five hours and not cut");
    if (this.high && this.hazards.size > 0) this.fail("I1: smoke and heat, and not cut");
  }

  private judgeAlarm(guard: StoveState, now: number): void {
    if (guard.phase === "proved-off") {
      this.notProvedSince = null;
      this.alarmedSinceCut = false;
      return;
    }
    this.notProvedSince ??= now;
    const bound = guard.radio.started ? 5 * second : minute;
    const due = Math.max(this.notProvedSince, this.startedAt) + bound + slack + frameDelayMax;
    if (now > due && !this.alarmedSinceCut && now - this.notProvedSince > minute + 6 * second) {
      this.fail("a stove that is not proved off is no alarm");
      this.alarmedSinceCut = true;
    }
  }
}
