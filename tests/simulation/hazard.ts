/** Days of fires and floods, detectors that are not heard, and people who come, from one number. */
import type { HomePlan } from "../../protocol/home.ts";
import { hours, instant, minutes } from "../../protocol/time.ts";
import type { PlannedEffect } from "../../rules/effects.ts";
import { type EngineState, initialState, stepEngine, wakeAt } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import type { Machine } from "../../rules/machine.ts";
import { homeEscalation } from "../../rules/machines/escalation.ts";
import { type HazardState, hazard } from "../../rules/machines/hazard.ts";
import { anna, bert, callHome, closingBy } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { onBattery } from "../support/stove-home.ts";
import { HazardTruths, type Word } from "./hazard-truths.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

const closeWithin = hours(1);
const kinds = { smoke: "smoke", guard: "heat", leak: "leak" } as const;
type DetectorId = keyof typeof kinds;
const detectors: readonly DetectorId[] = ["smoke", "guard", "leak"];
const onRadio: readonly DetectorId[] = ["smoke", "leak"];

const plan: HomePlan = {
  ...callHome,
  devices: [
    onBattery("smoke", "smoke", "kitchen", hours(12)),
    onBattery("leak", "leak", "bath", hours(12)),
    {
      id: "guard",
      roles: ["heat"],
      room: "kitchen",
      power: "mains",
      checkInEvery: minutes(1),
      byRadio: false,
    },
  ],
  link: { ...callHome.link, closeWithin },
};

export interface HazardRun {
  readonly violations: readonly string[];
  readonly counts: HazardTruths["counts"];
}

class HazardDay {
  readonly truths = new HazardTruths(kinds, closeWithin);
  readonly #line = new Timeline();
  readonly #random: SeededRandom;
  readonly #machines: { hazard: Machine<HazardState>; escalation: typeof homeEscalation };
  readonly #fires = new Map<DetectorId, number>();
  readonly #visits = new Set<string>();
  #state: EngineState;
  #up = true;
  #ready = false;
  #count = 0;
  #wakes = 0;

  constructor(random: SeededRandom, machine: Machine<HazardState>) {
    this.#random = random;
    this.#machines = { hazard: machine, escalation: homeEscalation };
    this.#state = initialState(this.#machines, plan);
  }

  run(length: number): void {
    this.#tell({ kind: "gateway-started", boot: "b", gapMs: 0 });
    this.#tell({ kind: "peer-lost" });
    this.#connect();
    for (const id of detectors) {
      // Some detectors repeat themselves while there is danger, some speak only when it changes.
      const every = this.#random.pick([0, minute, 4 * minute, 20 * minute]);
      this.#sometimes(4 * hour, () => this.#burn(id, every));
    }
    this.#sometimes(3 * hour, () => this.#trouble());
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

  #tell(fact: Fact, word?: Word): void {
    if (!this.#up || this.truths.violations.length > 0) return;
    this.#count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.#count}`, at: instant(this.#line.now) };
    const step = stepEngine(this.#machines, plan, this.#state, event);
    this.#state = step.state;
    for (const { why } of step.failures) throw new Error(why);
    const state = step.state.machines["hazard"] as HazardState;
    this.truths.after(event, step, { state, word });
    for (const effect of step.effects) this.#do(effect);
    const due = wakeAt(this.#machines, this.#state);
    this.#wakes += 1;
    const wake = this.#wakes;
    if (due === undefined) return;
    this.#line.later(due - this.#line.now + this.#random.int(20), () => {
      if (wake === this.#wakes) this.#tell({ kind: "deadline-reached", lateMs: 0 });
    });
  }

  /** Whoever is told comes, sooner or later, and says what happened; sometimes without looking. */
  #do(effect: PlannedEffect): void {
    if (effect.kind !== "tell-party" || this.#visits.has(effect.alarm.id)) return;
    const { id } = effect.alarm;
    const { pick, int, chance } = this.#random;
    if (chance(0.3)) return;
    this.#visits.add(id);
    const by = pick([anna, bert]);
    this.#line.later(int(5 * minute), () => {
      this.#tell({ kind: "alarm-accepted", alarmId: id, by, from: "here" });
      this.#line.later(int(chance(0.7) ? 20 * minute : 3 * hour), () => this.#close(id));
    });
  }

  #close(alarmId: string): void {
    if (!this.#up) {
      this.#line.later(minute, () => this.#close(alarmId));
      return;
    }
    const from = this.#random.chance(0.5) ? "here" : "peer";
    this.#tell({ kind: "alarm-closed", alarmId, closing: closingBy(anna), from });
  }

  /** A fire of some length, unless it burns there already. */
  #burn(id: DetectorId, every: number): void {
    if (this.#fires.has(id)) return;
    const fire = this.#count;
    this.#fires.set(id, fire);
    const { int, chance } = this.#random;
    const length = chance(0.6) ? int(4 * minute) : int(3 * hour);
    const speak = (): void => {
      if (this.#fires.get(id) !== fire) return;
      this.#speak(id, fire);
      if (every > 0) this.#line.later(every, speak);
    };
    speak();
    // Misfortunes like company: nobody hears the end, and the pan is back on the hob.
    if (chance(0.3)) this.#line.later(length - int(20 * second), () => this.#trouble());
    this.#line.later(length, () => {
      this.#fires.delete(id);
      this.#speak(id, fire);
      const pause = second + int(chance(0.4) ? 20 * second : 10 * minute);
      if (chance(0.5)) this.#line.later(pause, () => this.#burn(id, every));
    });
  }

  /** A frame is lost now and then, and always while nobody listens. A wire loses nothing. */
  #speak(id: DetectorId, fire: number): void {
    const wired = !onRadio.includes(id);
    if (!this.#up || !(wired || (this.#ready && !this.#random.chance(0.15)))) return;
    const present = this.#fires.get(id) === fire;
    const fact: Fact = { kind: "hazard-sensed", device: id, hazard: kinds[id], present };
    this.#tell(fact, { device: id, fire, present });
  }

  #connect(): void {
    if (!this.#up || this.#ready) return;
    this.#ready = true;
    this.truths.deaf(onRadio);
    this.#tell({ kind: "radio-ready" });
  }

  #trouble(): void {
    if (!this.#up) return;
    const { int, chance } = this.#random;
    const length = second + (chance(0.5) ? int(minute) : int(hour));
    this.#ready = false;
    if (chance(0.5)) {
      this.#tell({ kind: "radio-lost", cause: "unplugged" });
      this.#line.later(length, () => this.#connect());
      return;
    }
    this.#up = false;
    const gapMs = chance(0.5) ? length : null;
    this.#line.later(length, () => {
      this.#up = true;
      this.#state = JSON.parse(JSON.stringify(this.#state)) as EngineState;
      this.truths.deaf(detectors);
      this.#tell({ kind: "gateway-started", boot: `b${this.#count}`, gapMs });
      // A wire is read at once, and says how it is.
      this.#speak("guard", this.#fires.get("guard") ?? this.#count);
      this.#line.later(int(minute), () => this.#connect());
    });
  }
}

/** One seed: three days. */
export function runHazardSeed(seed: number, machine: Machine<HazardState> = hazard): HazardRun {
  const day = new HazardDay(seededRandom(seed), machine);
  day.run(72 * hour);
  return { violations: day.truths.violations, counts: day.truths.counts };
}
