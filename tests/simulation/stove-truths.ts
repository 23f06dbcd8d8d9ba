/** What must be true of the stove guard, held against the world and not against its own memory. */
import type { PlannedEffect } from "../../rules/effects.ts";
import type { Fault, RuleEvent } from "../../rules/events.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { stoveHome } from "../support/stove-home.ts";
import { AlarmTruths } from "./stove-alarm-truths.ts";
import { Cookings, Sightings } from "./stove-witness.ts";
import {
  fallMax,
  minute,
  reportDelayMax,
  type StoveWorld,
  second,
  type WorldStep,
} from "./stove-world.ts";

const { absence, leftHome, onAboveWatts, preAlarm, total, untouched } = stoveHome.stove;
const rest = 10 * minute;
/** A reading counts as known for so long, and a first one is waited for this much longer. */
const known = 10 * minute;
const grace = minute;
/** A cut may come this much after its bound: two deadlines in one step. */
const slack = second;
const never = Number.NEGATIVE_INFINITY;

export class StoveTruths {
  readonly violations: string[] = [];
  readonly counts = {
    cuts: 0,
    taken: 0,
    proofs: 0,
    alarms: 0,
    again: 0,
    resets: 0,
    stuck: 0,
    fires: 0,
  };
  private readonly world: () => StoveWorld;
  private readonly sightings = new Sightings();
  private readonly cookings = new Cookings();
  private readonly alarms: AlarmTruths;
  /** Power as it was last told: whether it flows, since when, and when it was told. */
  private high = false;
  private highSince = 0;
  private powerAt = never;
  /** From when nothing of the power was known, whatever was told before. */
  private forgottenAt = never;
  /** The relay's last word; null while nothing is known. */
  private relay: { on: boolean; at: number; since: number; first: number } | null = null;
  private isPresumed = false;
  private warnedAt: number | null = null;
  /** When somebody may have left, by what must and by what may count as somebody who stayed. */
  private leftLeast: number | null = null;
  private leftMost: number | null = null;
  private doorOpen = false;
  private holdable = false;
  private cutBegan = 0;
  /** Power last heard of as flowing, while the relay had its time to open. */
  private heatedAt = never;
  private readonly hazards = new Set<string>();
  private latchedAt: number | null = null;
  private resetAsked = false;
  private startedAt = 0;
  /** Since when the radio has been away; null while it is there. */
  private awaySince: number | null = null;
  private gapUnknown = false;
  private flowsSince: number | null = null;
  private closedSince: number | null = null;
  private triedAt = 0;

  constructor(world: () => StoveWorld) {
    this.world = world;
    this.alarms = new AlarmTruths((sentence) => this.fail(sentence));
  }

  private fail(sentence: string): void {
    const at = (this.world().now / 1_000).toFixed(1);
    this.violations.push(`${at} s: ${sentence}`);
  }

  /** Called after every step of the gateway. */
  after(step: WorldStep): void {
    const before = step.before.machines["stoveGuard"] as StoveState;
    // A hold is taken only while the guard sees a cooking; all else is held against the world.
    this.holdable = before.cooking !== null;
    const wasHot = this.high && before.latch === null;
    this.hear(step.event);
    for (const fact of step.derived) this.hear(fact);
    const now = step.after.machines["stoveGuard"] as StoveState;
    for (const effect of step.effects) this.judgeEffect(effect, now);
    if (wasHot) this.judgeHot(step, now);
    this.judgeTurn(before, now);
    this.judgeDeadlines(now);
  }

  private judgeTurn(before: StoveState, now: StoveState): void {
    if (before.latch === null && now.latch !== null) this.judgeCut(now.latch.because);
    if (before.latch !== null && now.latch === null) this.judgeReset();
    if (before.phase === "warned" && (now.phase === "on" || now.phase === "unattended")) {
      this.counts.taken += 1;
    }
    if (before.phase !== "cut" && now.phase === "cut") this.cutBegan = this.world().now;
    if (before.phase !== "proved-off" && now.phase === "proved-off") this.judgeProof();
  }

  /** Called between steps, often: what must not last. */
  watch(): void {
    const world = this.world();
    const guard = world.state.machines["stoveGuard"] as StoveState;
    const reports = !["mute", "unmetered", "unreported"].includes(world.plug.fault);
    const reachable = world.up && (world.radioReady || world.isWired);
    const flows =
      world.watts() > onAboveWatts && reports && reachable && guard.phase === "proved-off";
    if (!flows) this.flowsSince = null;
    else this.flowsSince ??= world.now;
    const bound = reportDelayMax + 10 * second + 3 * minute;
    if (this.flowsSince !== null && world.now - this.flowsSince > bound) {
      this.fail("I2: said to be proved off while power flows and is reported");
      this.flowsSince = world.now;
    }
    const obeys = ["none", "deaf", "unmetered", "unreported"].includes(world.plug.fault);
    const isCut = guard.latch !== null && guard.phase !== "proved-off";
    if (!isCut || !world.plug.contact || !reachable || !obeys || !world.mains)
      this.closedSince = null;
    else this.closedSince ??= world.now;
    if (this.closedSince !== null && world.now - this.closedSince > minute + fallMax) {
      this.fail("I7: cut, and its contact stays closed");
    }
    if (world.up) this.judgeDeadlines(guard);
  }

  private hear(event: RuleEvent): void {
    const { now } = this.world();
    this.alarms.hear(event, now);
    switch (event.kind) {
      case "gateway-started":
        this.started(event.gapMs);
        return;
      case "radio-ready":
        this.awaySince = null;
        return;
      case "radio-lost":
        this.awaySince = now;
        this.sightings.deaf(now);
        if (!this.world().isWired) this.forgetPlug();
        return;
      case "motion-sensed":
        this.moved(event.device, event.moving);
        return;
      case "contact-sensed":
        this.door(event.open);
        return;
      case "hazard-sensed":
        if (event.present) this.hazards.add(event.device);
        else this.hazards.delete(event.device);
        return;
      case "power-read":
        this.power(event.watts);
        return;
      case "relay-read":
        this.relayRead(event.on);
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
      case "fault-cleared":
        if (event.fault.what === "stuck") this.sightings.mended(event.fault.subject);
        return;
      case "alarm-raised":
        this.counts.alarms += 1;
        if (this.alarms.isAgain(event.alarm.reason)) this.counts.again += 1;
        return;
      default:
        return;
    }
  }

  private held(minutes: number): void {
    if (!this.holdable || minutes > 99) return;
    this.touched();
    this.cookings.held(this.world().now, minutes * minute);
  }

  private faulty(fault: Fault): void {
    if (fault.what === "stuck") {
      this.counts.stuck += 1;
      this.sightings.foundStuck(fault.subject, this.world().now);
    }
    if (fault.subject === "plug" && fault.what === "silent") this.forgetPlug();
  }

  private started(gapMs: number | null): void {
    const { now } = this.world();
    this.startedAt = now;
    this.awaySince = now;
    this.gapUnknown = gapMs === null || (this.gapUnknown && this.latchedAt === null);
    if (gapMs === null) this.cookings.doubt();
    this.sightings.deaf(now - (gapMs ?? 0));
    this.forgetPlug();
  }

  private forgetPlug(): void {
    this.high = false;
    this.relay = null;
    this.forgottenAt = this.world().now;
    this.cookings.forget();
  }

  /** How long the stove's relay may still read as before it was cut. */
  private falls(): number {
    return this.world().isWired ? fallMax : 0;
  }

  private isWell(device: string): boolean {
    const sensor = this.world().sensors.get(device);
    return sensor?.fault === "none" && !sensor.endLost;
  }

  private moved(device: string, moving: boolean): void {
    const healthy = this.isWell(device);
    if (moving && healthy && !this.sightings.isStuck(device)) this.leftLeast = null;
    if (moving) this.leftMost = null;
    this.sightings.said(device, moving, this.world().now, healthy);
  }

  private door(open: boolean): void {
    const { now } = this.world();
    if (open) {
      this.leftLeast = null;
      this.leftMost = null;
    } else if (this.doorOpen) {
      this.leftLeast = now;
      this.leftMost = now;
    }
    this.doorOpen = open;
  }

  private touched(): void {
    this.cookings.touched(this.world().now);
    this.leftLeast = null;
    this.leftMost = null;
  }

  private relayRead(on: boolean): void {
    const { now } = this.world();
    const last = this.relay;
    const first = last === null || now - last.at >= known ? now : last.first;
    const since = last === null || last.on !== on ? now : last.since;
    this.relay = { on, at: now, since, first };
    if (!on) this.cookings.doubt();
  }

  /** Power as it reached the gateway; a return after a long rest may be a hand at the knob. */
  private power(watts: number): void {
    const { now, lost } = this.world();
    const at = { now, told: now - lost };
    const high = watts > onAboveWatts;
    if (now - this.powerAt >= known) this.cookings.forget();
    if (now >= this.unreadFrom() + grace) this.cookings.presumed(now);
    this.powerAt = now;
    this.isPresumed = false;
    if (high && !this.high) this.highSince = now;
    if (high && now - this.cutBegan > 4 * second + this.falls()) this.heatedAt = now;
    if (high) {
      this.cookings.high(at, {
        least: this.sightings.least("kitchen", now, this.isWell("kitchen")),
        most: this.sightings.most("kitchen", now),
      });
    } else this.cookings.low(at);
    this.high = high;
  }

  private judgeEffect(effect: PlannedEffect, guard: StoveState): void {
    const { now } = this.world();
    if (effect.kind === "cut-power") {
      this.triedAt = now;
      if (guard.latch === null) this.fail("I7: cut without a latch");
    }
    if (effect.kind === "give-power" && !this.resetAsked) this.fail("I7: given back unasked");
    if (effect.kind !== "announce") return;
    if (effect.key === "stove-unattended") this.warnedAt = now;
    if (effect.key === "stove-proved-off" && guard.phase !== "proved-off") {
      this.fail("I2: said to be off without proof");
    }
  }

  /** What befalls a hot stove must be said, or end it. */
  private judgeHot({ event, effects }: WorldStep, guard: StoveState): void {
    const said = effects.some(
      (effect) => effect.kind === "announce" && effect.key === "stove-unguarded",
    );
    if (event.kind === "radio-lost" && said === this.world().isWired) {
      this.fail("I2: a stove that cannot be cut was not said, or said of one that can");
    }
    const isUnknown = event.kind === "gateway-started" && event.gapMs === null;
    if (isUnknown && guard.latch === null) this.fail("I5: on over an unknown gap, and not cut");
  }

  private judgeCut(because: string): void {
    const { now } = this.world();
    this.counts.cuts += 1;
    if (because === "smoke" || because === "heat") this.counts.fires += 1;
    this.latchedAt = now;
    const isWarned = this.warnedAt !== null && now - this.warnedAt >= preAlarm;
    const atOnce = ["smoke", "heat", "after-gap"].includes(because);
    if (!atOnce && !isWarned) this.fail(`cut for ${because} without a warning of 15 s`);
    const why = this.faultOf(because, now);
    if (why !== null) this.fail(`cut for ${because}, but ${why}`);
    this.warnedAt = null;
    this.leftMost = null;
  }

  /**
   * Why this cut was wrong; null when the world gives it right. That it was warned of is judged
   * beside this: another rule may have come due while the warning ran.
   */
  private faultOf(because: string, now: number): string | null {
    const { least } = this.cookings;
    switch (because) {
      case "absence":
        return this.absenceFault(now);
      case "left-home":
        if (this.leftLeast === null || this.leftLeast < least.onAt) return "nobody had left";
        return now - this.leftLeast < leftHome ? "it was too soon" : null;
      case "untouched":
        return now - least.touchedAt < untouched ? "it was touched" : null;
      case "total":
        return now - least.onAt < total ? "it was too soon" : null;
      case "smoke":
      case "heat":
        return this.hazards.size === 0 ? "nothing burns" : null;
      case "after-gap":
        return this.gapFault(now);
      default:
        return "nobody knows that reason";
    }
  }

  /** The last presence that somebody could trust. */
  private presentAt(now: number): number {
    const seen = this.sightings.least("kitchen", now, this.isWell("kitchen"));
    return Math.max(seen, this.cookings.least.touchedAt);
  }

  private absenceFault(now: number): string | null {
    if (now - this.presentAt(now) < absence) return "somebody was there";
    return now < this.cookings.least.holdUntil ? "the hold had not ended" : null;
  }

  private gapFault(now: number): string | null {
    if (this.gapUnknown && this.cookings.least.onAt < this.startedAt) return null;
    if (this.startedAt !== now) return "the gateway did not start";
    return now - this.presentAt(now) >= absence ? null : this.shortGap(now);
  }

  /** A known, short gap ends a cooking only where another rule was overdue, or the warning over. */
  private shortGap(now: number): string | null {
    const { least } = this.cookings;
    if (this.warnedAt !== null && now - this.warnedAt >= preAlarm) return null;
    const left = this.leftLeast !== null && now - this.leftLeast >= leftHome + preAlarm;
    const long = now - least.touchedAt >= untouched || now - least.onAt >= total;
    return left || long ? null : "the gap was short and somebody was there";
  }

  private judgeReset(): void {
    this.counts.resets += 1;
    if (!this.resetAsked) this.fail("I7: the latch was released unasked");
    if (this.hazards.size > 0) this.fail("I7: given back while something burns");
    if (this.high) this.fail("I7: given back while power was last seen flowing");
    if (this.world().now - this.powerAt >= known) this.fail("I7: given back unread");
    this.resetAsked = false;
    this.latchedAt = null;
    this.relay = null;
    this.cookings.over();
  }

  private judgeProof(): void {
    const world = this.world();
    this.counts.proofs += 1;
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
    const world = this.world();
    this.resetAsked = false;
    if (this.latchedAt !== null && guard.latch === null) this.fail("I7: the latch was lost");
    if (guard.warning === null) this.warnedAt = null;
    const { startedAt } = this;
    const away = world.isWired ? null : this.awaySince;
    const both = { now: world.now, told: world.now - world.lost };
    this.alarms.judge(guard, both, { startedAt, away, falls: this.falls() });
    if (guard.latch !== null) this.judgeTries(guard);
    else this.judgeLeftOn();
  }

  /** A stove that is not proved off is tried again without end, while it can be reached. */
  private judgeTries(guard: StoveState): void {
    const { now, radioReady, isWired } = this.world();
    if (!(radioReady || isWired) || guard.phase === "proved-off") return;
    if (now - Math.max(this.triedAt, this.startedAt) > 31 * second) {
      this.fail("I4: not proved off, and nobody tries");
    }
  }

  /**
   * From when the guard must count with a hot stove; undefined while it need not. Power that is no
   * longer told counts as flowing, if the relay says on.
   */
  private hotFrom(): number | undefined {
    const world = this.world();
    if (this.high) return this.highSince;
    const { relay } = this;
    if (relay === null || !relay.on) return undefined;
    const unread = Math.max(
      this.forgottenAt,
      this.powerAt > this.forgottenAt ? this.powerAt + known : never,
    );
    const from = Math.max(unread, relay.first, relay.since) + grace;
    if (world.now < from) {
      this.isPresumed = false;
      return undefined;
    }
    if (!this.isPresumed) this.cookings.presumed(from);
    this.isPresumed = true;
    return world.watts() > onAboveWatts ? from : undefined;
  }

  private unreadFrom(): number {
    return this.powerAt > this.forgottenAt ? this.powerAt + known : this.forgottenAt;
  }

  private judgeLeftOn(): void {
    const { now } = this.world();
    const { hazards, relay } = this;
    const isOff = relay !== null && !relay.on && now - relay.at < known;
    if (hazards.size > 0 && (this.high || !isOff)) this.fail("I1: smoke or heat, and not cut");
    const hotFrom = this.hotFrom();
    if (hotFrom === undefined) return;
    const { most } = this.cookings;
    const knownAt = Math.max(hotFrom, this.startedAt, this.sightings.forgottenAt);
    const late = (due: number): boolean => now > Math.max(due, knownAt) + preAlarm + slack;
    const seen = Math.max(this.sightings.most("kitchen", now), most.touchedAt) + absence;
    const absent = Math.max(seen, this.sightings.mostUntil("kitchen", now), most.holdUntil);
    if (late(absent)) this.fail("a forgotten stove was not cut");
    if (late(most.touchedAt + untouched)) this.fail("untouched for three hours and not cut");
    if (late(most.onAt + total)) this.fail("on for five hours and not cut");
    // Who switched the stove on after the door closed had not left.
    if (this.leftMost === null || this.leftMost < most.onAt) return;
    const stayed = this.sightings.anyUntil(now);
    if (late(Math.max(this.leftMost + leftHome, stayed))) this.fail("left alone and not cut");
  }
}
