/** A home's line to the care service that breaks, hangs and comes back, from one number. */
import { instant, seconds } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine, wakeAt } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import type { Machine } from "../../rules/machine.ts";
import { careLink, type LinkState } from "../../rules/machines/care-link.ts";
import { callHome } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

const beatEvery = minute;
const silentAfter = 150 * second;
const brokenAfter = 10 * second;
const lateMax = second;
const link = { ...callHome.link, beatEvery: seconds(60), silentAfter: seconds(150) };
const plan = { ...callHome, link };

export interface CareLinkRun {
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<"beats" | "silences" | "breaks" | "kept" | "returns", number>>;
}

class Line {
  readonly violations: string[] = [];
  readonly counts = { beats: 0, silences: 0, breaks: 0, kept: 0, returns: 0 };
  readonly #line = new Timeline();
  readonly #random: SeededRandom;
  readonly #machines: { readonly careLink: Machine<LinkState> };
  #state: EngineState;
  #up = true;
  #whole = true;
  #answers = true;
  #count = 0;
  #wakes = 0;
  /** A beat, or the start of the gateway; and the first break since. */
  #heardAt = 0;
  #brokenAt: number | null = null;
  #lost = false;

  constructor(random: SeededRandom, machine: Machine<LinkState>) {
    this.#random = random;
    this.#machines = { careLink: machine };
    this.#state = initialState(this.#machines, plan);
  }

  run(length: number): void {
    this.#start(0);
    const beat = (): void => {
      this.#beat();
      this.#line.later(beatEvery, beat);
    };
    beat();
    const trouble = (): void => {
      this.#trouble();
      this.#line.later(this.#random.int(30 * minute), trouble);
    };
    this.#line.later(this.#random.int(30 * minute), trouble);
    const look = (): void => {
      this.#tell({
        kind: "clock-told",
        wallMs: 0,
        trusted: true,
        local: { weekday: 1, minute: 0 },
      });
      this.#line.later(5 * second, look);
    };
    look();
    for (let now = 0; now < length && this.violations.length === 0; now += hour) {
      this.#line.runUntil(now + hour);
    }
  }

  #beat(): void {
    if (!this.#up || !this.#whole || !this.#answers || this.#random.chance(0.05)) return;
    this.#line.later(this.#random.int(300), () => this.#tell({ kind: "peer-heard", holds: [] }));
  }

  #tell(fact: Fact): void {
    if (!this.#up || this.violations.length > 0) return;
    this.#count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.#count}`, at: instant(this.#line.now) };
    const step = stepEngine(this.#machines, plan, this.#state, event);
    this.#state = step.state;
    for (const { why } of step.failures) throw new Error(why);
    this.#judge(event, step.derived);
    const said = step.effects.map((effect) => (effect.kind === "announce" ? effect.key : ""));
    const due = step.derived.map(({ kind }) =>
      kind === "peer-lost" ? "care-unreachable" : "care-reachable",
    );
    const again = event.kind === "gateway-started" && this.#lost ? ["care-unreachable"] : [];
    if (said.join() !== [...due, ...again].join()) this.#fail(event, `said ${said.join()}`);
    this.#setAlarmClock();
  }

  #fail(event: RuleEvent, sentence: string): void {
    this.violations.push(`${event.at / 1_000} s, ${event.kind}: ${sentence}`);
  }

  /** When the care service must be called lost: by its silence, or by a break that lasts. */
  #lostAt(): number {
    const broken = this.#brokenAt === null ? Number.POSITIVE_INFINITY : this.#brokenAt;
    return Math.min(this.#heardAt + silentAfter, broken + brokenAfter);
  }

  #judge(event: RuleEvent, derived: readonly RuleEvent[]): void {
    const due = this.#lostAt();
    for (const { kind } of derived) {
      if (kind === "peer-lost") this.#loses(event, due);
      if (kind === "peer-back") this.#returns(event);
    }
    if (event.kind === "peer-heard") this.#hears(event);
    else if (event.kind === "peer-disconnected") this.#brokenAt ??= event.at;
    else if (!this.#lost && event.at > due + lateMax) this.#fail(event, "I6: silent, not lost");
  }

  #loses(event: RuleEvent, due: number): void {
    if (this.#lost || event.at < due) this.#fail(event, "I6: lost, and it was not");
    const byBreak = due < this.#heardAt + silentAfter;
    this.counts[byBreak ? "breaks" : "silences"] += 1;
    this.#lost = true;
  }

  #returns(event: RuleEvent): void {
    if (!this.#lost || event.kind !== "peer-heard") this.#fail(event, "I6: back, and unheard");
    this.counts.returns += 1;
    this.#lost = false;
  }

  #hears(event: RuleEvent): void {
    if (this.#lost) this.#fail(event, "I6: heard, and still lost");
    if (this.#brokenAt !== null) this.counts.kept += 1;
    this.counts.beats += 1;
    this.#heardAt = event.at;
    this.#brokenAt = null;
  }

  #setAlarmClock(): void {
    const due = wakeAt(this.#machines, this.#state);
    this.#wakes += 1;
    if (due === undefined) return;
    const lateMs = this.#random.int(500);
    const wake = this.#wakes;
    this.#line.later(due - this.#line.now + lateMs, () => {
      if (wake === this.#wakes) this.#tell({ kind: "deadline-reached", lateMs });
    });
  }

  #trouble(): void {
    const { int, chance } = this.#random;
    const length = second + (chance(0.5) ? int(15 * second) : int(10 * minute));
    const kind = int(3);
    if (kind === 0 && this.#whole) {
      this.#whole = false;
      this.#tell({ kind: "peer-disconnected" });
      this.#line.later(length / 2, () => this.#tell({ kind: "peer-disconnected" }));
      this.#line.later(length, () => {
        this.#whole = true;
        this.#beat();
      });
    } else if (kind === 1) {
      this.#answers = false;
      this.#line.later(length, () => {
        this.#answers = true;
      });
    } else if (this.#up) {
      this.#up = false;
      this.#line.later(length, () => {
        this.#up = true;
        this.#state = JSON.parse(JSON.stringify(this.#state)) as EngineState;
        this.#start(chance(0.5) ? length : null);
      });
    }
  }

  /** A start asks anew; the first try on a broken line fails, and is told. */
  #start(gapMs: number | null): void {
    this.#heardAt = this.#line.now;
    this.#brokenAt = null;
    this.#tell({ kind: "gateway-started", boot: `b${this.#count}`, gapMs });
    if (this.#whole) this.#beat();
    else this.#tell({ kind: "peer-disconnected" });
  }
}

/** One seed: a day. */
export function runCareLinkSeed(seed: number, machine: Machine<LinkState> = careLink): CareLinkRun {
  const line = new Line(seededRandom(seed), machine);
  line.run(24 * hour);
  return { violations: line.violations, counts: line.counts };
}
