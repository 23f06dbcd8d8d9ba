/** A home that speaks, leaves and falls silent, and a care service that watches, sleeps and restarts. */
import { instant, minutes, seconds } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine, wakeAt } from "../../rules/engine.ts";
import type { Fact, Leaving, RuleEvent } from "../../rules/events.ts";
import type { Machine } from "../../rules/machine.ts";
import { type HomeLinkState, homeLink, shownLink } from "../../rules/machines/home-link.ts";
import { anna, callHome, closingBy } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { HomeLinkTruths } from "./home-link-truths.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

const plan = {
  ...callHome,
  link: {
    ...callHome.link,
    beatEvery: seconds(60),
    silentAfter: seconds(150),
    alarmAfter: seconds(180),
    closeWithin: minutes(60),
  },
};

export interface HomeLinkRun {
  readonly violations: readonly string[];
  readonly counts: HomeLinkTruths["counts"];
}

class WatchedHome {
  readonly truths = new HomeLinkTruths(plan.link);
  readonly #line = new Timeline();
  readonly #random: SeededRandom;
  readonly #machines: { readonly homeLink: Machine<HomeLinkState> };
  /** What arrived while the care service slept, in its sockets. */
  readonly #sockets: Fact[] = [];
  #state: EngineState;
  #awake = true;
  #up = true;
  #speaks = true;
  #count = 0;
  #wakes = 0;

  constructor(random: SeededRandom, machine: Machine<HomeLinkState>) {
    this.#random = random;
    this.#machines = { homeLink: machine };
    this.#state = initialState(this.#machines, plan);
  }

  run(length: number): void {
    this.#start(0);
    this.#beat();
    this.#sometimes(2 * hour, () => this.#trouble());
    this.#sometimes(hour, () => this.#people());
    // Desks look at any time; what they are shown must be so then.
    this.#sometimes(minute, () => this.#tell({ kind: "clock-told", ...noon }));
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

  #tell(fact: Fact): void {
    if (!this.#up || !this.#awake || this.truths.violations.length > 0) return;
    this.#count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.#count}`, at: instant(this.#line.now) };
    const step = stepEngine(this.#machines, plan, this.#state, event);
    this.#state = step.state;
    for (const { why } of step.failures) throw new Error(why);
    const memory = step.state.machines["homeLink"] as HomeLinkState;
    this.truths.after(event, step.derived, shownLink(memory));
    this.#setAlarmClock();
  }

  /** The one timer. A process that slept finds it overdue, after what waits in its sockets or before. */
  #setAlarmClock(): void {
    const due = wakeAt(this.#machines, this.#state);
    this.#wakes += 1;
    if (due === undefined) return;
    const lateMs = this.#random.int(this.#random.chance(0.1) ? 4_000 : 20);
    const wake = this.#wakes;
    this.#line.later(due - this.#line.now + lateMs, () => this.#ring(wake));
  }

  #ring(wake: number): void {
    if (wake !== this.#wakes || !this.#up || !this.#awake) return;
    this.#drain();
    if (wake !== this.#wakes) return;
    this.#tell({ kind: "deadline-reached", lateMs: 0 });
    const next = wakeAt(this.#machines, this.#state);
    if (next !== undefined && next <= this.#line.now) {
      this.truths.violations.push(`a deadline spins at ${this.#line.now} ms`);
    }
  }

  #drain(): void {
    for (const fact of this.#sockets.splice(0)) this.#tell(fact);
  }

  /** The home's beats: some are lost, the others take up to half a second. */
  #beat(): void {
    if (this.#speaks) this.#send(null);
    this.#line.later(plan.link.beatEvery, () => this.#beat());
  }

  #send(leaving: Leaving | null): void {
    if (this.#random.chance(0.1)) return;
    if (this.#up) this.truths.sent(this.#line.now);
    const fact: Fact = { kind: "peer-heard", holds: [], ...(leaving === null ? {} : { leaving }) };
    this.#line.later(this.#random.int(500), () => {
      if (this.#awake) this.#tell(fact);
      else this.#sockets.push(fact);
    });
  }

  #people(): void {
    const { open } = this.truths;
    const { int, chance } = this.#random;
    if (open !== null && chance(0.7)) {
      const closing = closingBy(anna);
      this.#tell({ kind: "alarm-closed", alarmId: open, closing, from: "here" });
    }
    if (!chance(0.2)) return;
    const until = instant(this.#line.now + (chance(0.3) ? -int(minute) : int(3 * hour)));
    this.#tell({ kind: "maintenance-told", until });
  }

  #trouble(): void {
    const { int, chance } = this.#random;
    switch (int(4)) {
      case 0:
        this.#speaks = false;
        this.#line.later(chance(0.5) ? int(5 * minute) : int(6 * hour), () => this.#returns());
        return;
      case 1:
        if (this.#speaks) this.#send(chance(0.8) ? "restart" : "maintenance");
        this.#speaks = false;
        this.#line.later(int(chance(0.7) ? minute : hour), () => this.#returns());
        return;
      case 2:
        this.#sleep(int(chance(0.5) ? 4 * second : 10 * minute));
        return;
      default:
        this.#restart(int(chance(0.5) ? 5 * second : 20 * minute));
    }
  }

  #returns(): void {
    this.#speaks = true;
    this.#send(null);
  }

  /** A machine that was paused: what was sent to it waits in its sockets. */
  #sleep(length: number): void {
    if (!this.#up || !this.#awake) return;
    this.#awake = false;
    this.#line.later(length, () => {
      this.#awake = true;
      if (length > 4 * second) this.truths.listens(this.#line.now);
      // The timer may be first, or the sockets.
      if (length > 4 * second && this.#random.chance(0.5)) {
        const due = wakeAt(this.#machines, this.#state);
        if (due !== undefined && due <= this.#line.now) {
          this.#tell({ kind: "deadline-reached", lateMs: this.#line.now - due });
        }
      }
      this.#drain();
      this.#setAlarmClock();
    });
  }

  #restart(length: number): void {
    if (!this.#up || !this.#awake) return;
    this.#up = false;
    this.#sockets.splice(0);
    this.#line.later(length, () => {
      this.#up = true;
      this.#state = JSON.parse(JSON.stringify(this.#state)) as EngineState;
      this.#start(length);
    });
  }

  #start(gapMs: number): void {
    this.truths.listens(this.#line.now);
    this.#tell({ kind: "gateway-started", boot: `b${this.#count}`, gapMs });
  }
}

const noon = { wallMs: 0, trusted: true, local: { weekday: 1, minute: 720 } } as const;

/** One seed: a day and a half. */
export function runHomeLinkSeed(
  seed: number,
  machine: Machine<HomeLinkState> = homeLink,
): HomeLinkRun {
  const home = new WatchedHome(seededRandom(seed), machine);
  home.run(36 * hour);
  return { violations: home.truths.violations, counts: home.truths.counts };
}
