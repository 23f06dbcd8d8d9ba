/**
 * Days of a resident who adds, drops and pauses, says that all is well or forgets to, cooks and
 * calls; with restarts, clocks that jump, and words that come twice. From one number.
 */
import type { HomePlan } from "../../protocol/home.ts";
import { instant, minutes, seconds } from "../../protocol/time.ts";
import type { HomeView } from "../../protocol/view.ts";
import { adoptState } from "../../rules/adopt.ts";
import type { AnnouncementKey, PlannedEffect } from "../../rules/effects.ts";
import {
  type EngineState,
  type EngineStep,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import { type Fact, isDeviceFact, type RuleEvent } from "../../rules/events.ts";
import { localAt } from "../../rules/hour.ts";
import { homeMachines, manifests } from "../../rules/index.ts";
import { viewOf } from "../../rules/view.ts";
import { anna, closingBy } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { stoveHome } from "../support/stove-home.ts";
import { ChoicesTruths, type ToldClock } from "./choices-truths.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

/** An engine as the home runs it. */
export interface Engine {
  readonly machines: MachineList;
  readonly step: typeof stepEngine;
}

export const realEngine: Engine = { machines: homeMachines, step: stepEngine };

const devices = new Set(["plug", "kitchen", "smoke", "sos"]);

function planOf(random: SeededRandom): HomePlan {
  const confirms = random.pick([
    [],
    ["stove-guard"] as const,
    ["daily-sign"] as const,
    ["stove-guard", "daily-sign"] as const,
  ]);
  return {
    ...stoveHome,
    devices: stoveHome.devices.filter(({ id }) => devices.has(id)),
    agreement: { ...stoveHome.agreement, confirms, daily_sign_minute: random.pick([480, 600]) },
    link: {
      ...stoveHome.link,
      beatEvery: seconds(60),
      silentAfter: seconds(150),
      closeWithin: minutes(60),
    },
  };
}

/** Greenwich is two hours behind the home. */
const zone = 2 * hour;
const span = 4 * 24 * hour;
/** One event of so many is played again. */
const replayed = 32;

export interface ChoicesRun {
  readonly violations: readonly string[];
  readonly counts: ChoicesTruths["counts"];
}

class ChoicesDays {
  readonly truths: ChoicesTruths;
  readonly #line = new Timeline();
  readonly #random: SeededRandom;
  readonly #engine: Engine;
  readonly #plan: HomePlan;
  readonly #visits = new Set<string>();
  /** Wishes that the care service has: told again, it does not answer them again. */
  readonly #asks = new Set<string>();
  readonly #said: Fact[] = [];
  #state: EngineState;
  #view: HomeView;
  #up = true;
  /** How far the home's clock is from its time since the start; undefined while nobody knows it. */
  #offset = 600 * minute;
  #isTold = false;
  #isOverdue = false;
  #relay = true;
  #watts = 0;
  #count = 0;
  #wakes = 0;
  /** Since when nothing disturbs the daily sign: the clock, the module, the pause and the gateway. */
  #calmSince = 0;
  /** When a sign was given last, by the home's clock and by its time since the start. */
  #well = { local: -span, now: -span };
  #guardSince = 0;
  #isBurning = false;
  /** The offset of the clock that the home was told last. */
  #toldOffset = 0;
  /** When somebody was last at the stove: who comes back has not forgotten it. */
  #cookedAt = 0;

  constructor(random: SeededRandom, engine: Engine) {
    this.#random = random;
    this.#engine = engine;
    this.#plan = planOf(random);
    this.truths = new ChoicesTruths(manifests, this.#plan.agreement.confirms ?? []);
    this.#state = initialState(engine.machines, this.#plan);
    this.#view = viewOf(this.#plan, this.#state, instant(0));
  }

  run(length: number): void {
    this.#start(0, false);
    this.#sometimes(6 * hour, () => this.#chooses());
    this.#sometimes(7 * hour, () => this.#pauses());
    this.#sometimes(11 * hour, () => this.#says({ kind: "wellbeing-said", client: "tablet" }));
    this.#sometimes(20 * hour, () => this.#tell({ kind: "button-pressed", device: "sos" }));
    this.#sometimes(20 * hour, () => this.#burns());
    this.#sometimes(10 * hour, () => this.#cooks());
    this.#sometimes(8 * hour, () => this.#trouble());
    this.#sometimes(3 * hour, () => this.#again());
    this.#every(10 * minute, () => this.#tellClock());
    this.#every(9 * minute, () => this.#reports());
    this.#every(50 * minute, () => this.#checkIn());
    this.#every(minute, () => this.#mustCall());
    for (let now = 0; now < length && this.truths.violations.length === 0; now += hour) {
      this.#line.runUntil(now + hour);
    }
  }

  #sometimes(mean: number, run: () => void): void {
    this.#line.later(this.#random.int(2 * mean), () => {
      run();
      this.#sometimes(mean, run);
    });
  }

  #every(pause: number, run: () => void): void {
    this.#line.later(pause, () => {
      run();
      this.#every(pause, run);
    });
  }

  #look(): HomeView {
    this.#view = viewOf(this.#plan, this.#state, instant(this.#line.now));
    return this.#view;
  }

  #clock(): ToldClock | null {
    const isKnown = localAt(this.#state, instant(this.#line.now)) !== undefined;
    return isKnown ? { local: this.#local(), told: this.#line.now + this.#toldOffset } : null;
  }

  /** Local time at the home, counted from the midnight before it all began. */
  #local(): number {
    return this.#line.now + this.#offset;
  }

  #tell(fact: Fact): void {
    if (!this.#up || this.truths.violations.length > 0) return;
    this.#count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.#count}`, at: instant(this.#line.now) };
    if (fact.kind === "clock-told" && fact.trusted) this.#toldOffset = fact.wallMs - event.at;
    const step = this.#step(event);
    this.#state = step.state;
    for (const { machine, why } of step.failures) throw new Error(`${machine}: ${why}`);
    // What no rule took notice of is shown as before: pictures take longer than rules.
    const isNews = step.decisions.length + step.effects.length + step.derived.length > 0;
    const view = isNews || !isDeviceFact(event) ? this.#look() : this.#view;
    this.truths.waits(event, step, this.#isOverdue);
    this.truths.after(event, step, { view, clock: this.#clock() });
    if (view.pause.until !== null) this.#calmSince = event.at;
    if (step.derived.some(({ kind }) => kind === "alarm-raised")) this.#isOverdue = false;
    for (const effect of step.effects) this.#do(effect);
    this.#wakes += 1;
    const wake = this.#wakes;
    const due = wakeAt(this.#engine.machines, this.#state);
    if (due === undefined) return;
    this.#line.later(due - this.#line.now + this.#random.int(20), () => this.#ring(wake));
  }

  /** Now and then twice: what a step comes to is said by memory and event alone, and no more. */
  #step(event: RuleEvent): EngineStep {
    const step = (): EngineStep =>
      this.#engine.step(this.#engine.machines, this.#plan, this.#state, event);
    if (this.#count % replayed !== 0) return step();
    const before = JSON.stringify(this.#state);
    const first = step();
    const isSame = JSON.stringify(step()) === JSON.stringify(first);
    if (isSame && JSON.stringify(this.#state) === before) return first;
    this.truths.fail(event, "I11: a replay does not come to the same");
    return first;
  }

  #ring(wake: number): void {
    if (wake !== this.#wakes || !this.#up) return;
    this.#tell({ kind: "deadline-reached", lateMs: 0 });
    const next = wakeAt(this.#engine.machines, this.#state);
    if (next !== undefined && next <= this.#line.now) {
      this.truths.violations.push(`a deadline spins at ${this.#line.now} ms`);
    }
  }

  /** The plug does as it is told; who is told of an alarm looks, and says what happened. */
  #do(effect: PlannedEffect): void {
    switch (effect.kind) {
      case "cut-power":
      case "give-power":
        this.#relay = effect.kind === "give-power";
        if (!this.#relay) this.#watts = 0;
        return;
      case "read-relay":
        this.#line.later(50, () => this.#reports());
        return;
      case "tell-party":
        this.#visit(effect.alarm.id);
        return;
      case "announce":
        this.#hears(effect.key);
        return;
      case "tell-peer-living":
        if (effect.body.kind === "module-wish" && !effect.body.on) this.#answer(effect.body.ask);
        return;
      default:
        return;
    }
  }

  /** What seldom meets by itself: all that may happen to a question, and a choice while blind. */
  #hears(key: AnnouncementKey): void {
    const { chance, int, pick } = this.#random;
    const answer = (): void => this.#says({ kind: "wellbeing-said", client: "tablet" });
    if (key === "daily-sign-asked" && chance(0.2)) {
      const next = pick([answer, () => this.#trouble(), () => this.#pauses()]);
      this.#line.later(int(10 * minute), next);
    }
    if (key === "module-blind" && chance(0.3)) {
      const dropped = { kind: "module-choice-said", module: "daily-sign", on: false } as const;
      this.#line.later(minute, () => this.#says({ ...dropped, client: "tablet" }));
    }
  }

  #visit(alarmId: string): void {
    if (this.#visits.has(alarmId)) return;
    this.#visits.add(alarmId);
    const close = (): void => {
      if (!this.#up) {
        this.#line.later(minute, close);
        return;
      }
      // From here on the day is asked about again.
      if (this.truths.isConcern(alarmId)) this.#calmSince = this.#line.now;
      this.#tell({ kind: "alarm-closed", alarmId, closing: closingBy(anna), from: "peer" });
    };
    // Some look in the same hour, and some say only days later what they found.
    const length = this.#random.chance(0.1) ? 40 * hour : 40 * minute;
    this.#line.later(minute + this.#random.int(length), close);
  }

  /** The care service answers in its own time, sometimes twice; links bring it late. */
  #answer(ask: string): void {
    if (this.#asks.has(ask)) return;
    this.#asks.add(ask);
    const { int, chance } = this.#random;
    if (chance(0.2)) return;
    const by = { id: "maier", name: "Frau Maier" };
    const said: Fact = { kind: "module-answered", ask, granted: chance(0.5), by, note: "" };
    this.#line.later(int(3 * hour), () => this.#says(said));
  }

  #says(fact: Fact): void {
    if (!this.#up) return;
    const isAdded = fact.kind === "module-choice-said" && fact.on && !this.#has(fact.module);
    // Who adds the module is there, and speaks.
    const isSign = isAdded && fact.module === "daily-sign";
    if (fact.kind === "wellbeing-said" || isSign)
      this.#well = { local: this.#local(), now: this.#line.now };
    if (fact.kind === "module-choice-said" || fact.kind === "module-answered") {
      this.#calmSince = this.#line.now;
      this.#guardSince = this.#line.now;
    }
    this.#said.push(fact);
    this.#tell(fact);
  }

  #chooses(): void {
    const { pick, int, chance } = this.#random;
    const module = chance(0.8)
      ? pick(["stove-guard", "daily-sign", "daily-sign"])
      : pick([...manifests.map(({ name }) => name), "no-such-thing"]);
    const on = chance(module === "daily-sign" ? 0.8 : 0.5);
    const said: Fact = { kind: "module-choice-said", module, on, client: "tablet" };
    this.#says(said);
    // A hand that trembles.
    if (chance(0.3)) this.#line.later(int(second), () => this.#says(said));
  }

  #pauses(): void {
    const { pick, int, chance } = this.#random;
    const count = chance(0.3) ? 0 : pick([int(60), 120, int(1_000), 4_320, 100_000]);
    this.#says({ kind: "pause-said", minutes: count, client: "tablet" });
  }

  /** A word that comes once more, late. */
  #again(): void {
    const answers = this.#said.filter(({ kind }) => kind === "module-answered");
    if (answers.length > 0) this.#says(this.#random.pick(answers));
    else this.#tell({ kind: "peer-back" });
  }

  #burns(): void {
    // A detector that repeats itself tells of the fire it told of.
    if (this.#isBurning) return;
    this.#isBurning = true;
    const present = { kind: "hazard-sensed", device: "smoke", hazard: "smoke" } as const;
    this.#tell({ ...present, present: true });
    this.#line.later(minute, () => {
      this.#isBurning = false;
      this.#tell({ ...present, present: false });
    });
  }

  /** Somebody cooks, and forgets it more often than not; and resets the stove when it is over. */
  #cooks(): void {
    if (!this.#relay) {
      this.#watts = 0;
      this.#reports();
      this.#tell({ kind: "stove-reset-requested", client: "tablet" });
      return;
    }
    const { chance, int } = this.#random;
    this.#tell({ kind: "motion-sensed", device: "kitchen", moving: true });
    this.#watts = 1_800;
    this.#reports();
    this.#tell({ kind: "motion-sensed", device: "kitchen", moving: false });
    const from = this.#line.now;
    this.#cookedAt = from;
    const length = chance(0.5) ? int(4 * minute) : 10 * minute;
    this.#line.later(length, () => {
      const isAlone = this.#cookedAt === from;
      const isForgotten = isAlone && length > 6 * minute && this.#watts > 0;
      if (isForgotten && this.#up && this.#has("stove-guard") && this.#guardSince < from) {
        this.truths.violations.push(`${this.#line.now}: a forgotten stove is on, and guarded`);
      }
      this.#watts = 0;
      this.#reports();
    });
  }

  #has(module: string): boolean {
    return this.#view.modules.some(({ name, on }) => name === module && on);
  }

  #reports(): void {
    this.#tell({ kind: "relay-read", device: "plug", on: this.#relay });
    this.#tell({ kind: "power-read", device: "plug", watts: this.#watts });
  }

  #checkIn(): void {
    for (const device of devices) this.#tell({ kind: "device-heard", device });
  }

  #tellClock(): void {
    if (!this.#isTold) return;
    const local = this.#local();
    const minuteOfDay = Math.floor((local % (24 * hour)) / minute);
    const weekday = (Math.floor(local / (24 * hour)) % 7) + 1;
    this.#tell({
      kind: "clock-told",
      wallMs: local - zone,
      trusted: true,
      local: { weekday, minute: minuteOfDay },
    });
  }

  #trouble(): void {
    const { int, chance } = this.#random;
    if (!this.#up) return;
    if (chance(0.3)) {
      // Somebody, or something, sets the clock: by an hour of summer, or by a day.
      this.#offset += chance(0.7) ? (chance(0.5) ? hour : -hour) : 24 * hour;
      this.#calmSince = this.#line.now;
      this.#tellClock();
      return;
    }
    this.#up = false;
    this.#isTold = false;
    const isKnown = chance(0.7);
    const away = second + (chance(0.7) ? int(2 * minute) : int(14 * hour));
    // The home's own time stands still over a gap that nobody knows.
    if (!isKnown) this.#offset += away;
    this.#line.later(isKnown ? away : second, () => {
      this.#up = true;
      this.#state = this.#read();
      this.#start(isKnown ? away : null, chance(0.2));
    });
  }

  /** The memory as it was written, or as a bad card gives it back. */
  #read(): EngineState {
    const read = JSON.parse(JSON.stringify(this.#state)) as EngineState;
    if (this.#random.chance(0.8)) return adoptState(this.#engine.machines, this.#plan, read);
    const { switched: _, ...rest } = read;
    const vital = ["emergency-call", "hazard", "escalation", "supervision", "choices"];
    const nonsense = Object.fromEntries(vital.map((name) => [name, false]));
    return { ...rest, switched: nonsense };
  }

  #start(gapMs: number | null, late: boolean): void {
    this.#calmSince = this.#line.now;
    this.#guardSince = this.#line.now;
    if (gapMs === null || gapMs > minute) this.#isOverdue = true;
    this.#tell({ kind: "gateway-started", boot: `b${this.#count}`, gapMs });
    this.#tell({ kind: "radio-ready" });
    this.#line.later(50, () => this.#reports());
    this.#line.later(late ? this.#random.int(3 * hour) : second, () => {
      this.#isTold = true;
      this.#calmSince = this.#line.now;
      this.#tellClock();
    });
  }

  /** Two minutes after the hour of a day on which nothing was in the way, somebody is called. */
  #mustCall(): void {
    const clock = this.#clock();
    if (!this.#up || clock === null || this.truths.violations.length > 0) return;
    const hourAt = (this.#plan.agreement.daily_sign_minute ?? 600) * minute;
    const sinceHour = (clock.local % (24 * hour)) - hourAt;
    if (sinceHour < 2 * minute || sinceHour > 20 * minute) return;
    const isCalm = this.#line.now - this.#calmSince > sinceHour + 40 * minute;
    const began = clock.local - (clock.local % (24 * hour)) + 4 * hour;
    const sinceSign = Math.min(this.#line.now - this.#well.now, clock.local - this.#well.local);
    const isWell = sinceSign <= clock.local - began + minute;
    if (!isCalm || isWell || this.truths.isCalled(clock)) return;
    if (this.#has("daily-sign"))
      this.truths.violations.push(`${this.#line.now}: no word came, and nobody is called`);
  }
}

/** One seed: four days. */
export function runChoicesSeed(seed: number, engine: Engine = realEngine): ChoicesRun {
  const days = new ChoicesDays(seededRandom(seed), engine);
  days.run(span);
  return { violations: days.truths.violations, counts: days.truths.counts };
}
