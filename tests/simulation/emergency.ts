/** Whole days and nights of calls for help, from one number: presses, people, crashes and bad links. */
import type { Person } from "../../protocol/alarm.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { minutes, seconds } from "../../protocol/time.ts";
import { anna, bert, callHome, closingBy, desk } from "../support/call-home.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { callIn, holdsIn, type Machines, openIn, realMachines } from "./custody-model.ts";
import { type Day, Process } from "./emergency-process.ts";
import { EmergencyTruths, type Tell } from "./emergency-truths.ts";
import { hour, minute, second, Timeline } from "./timeline.ts";

export interface EmergencyRun {
  readonly violations: readonly string[];
  readonly log: readonly string[];
  readonly counts: EmergencyTruths["counts"];
}

function planOf(random: SeededRandom): HomePlan {
  const beatEvery = random.pick([60, 120, 180]);
  const parties = callHome.agreement.parties.map((party) =>
    party.id === desk.id ? party : { ...party, reach: ["sms:+491511"] },
  );
  return {
    ...callHome,
    agreement: { ...callHome.agreement, parties },
    link: {
      beatEvery: seconds(beatEvery),
      silentAfter: seconds(3 * beatEvery),
      alarmAfter: seconds(4 * beatEvery),
      custodyWithin: seconds(random.pick([10, 20, 60])),
      closeWithin: minutes(random.pick([20, 60])),
      repeatEvery: seconds(30),
    },
  };
}

/** Somebody of the agreement, who comes, does not come, changes their mind, or does not hear. */
class Neighbour {
  calm = false;
  readonly #who: Person;
  readonly #day: Day;
  readonly #truths: EmergencyTruths;
  readonly #busy = new Set<string>();

  constructor(who: Person, day: Day, truths: EmergencyTruths) {
    this.#who = who;
    this.#day = day;
    this.#truths = truths;
  }

  /** Told by the care service; now and then the answer is given in the home itself. */
  told(care: Process, { alarm, step, round }: Tell): void {
    const alarmId = alarm.id;
    const party = this.#who.id;
    if (this.calm || this.#day.random.chance(0.7)) {
      const fact = { kind: "party-reached", alarmId, party, step, round } as const;
      care.later(this.#day.random.int(40 * second), () => care.hear(fact));
    } else this.#truths.counts.unreached += 1;
    if (this.#busy.has(alarmId)) return;
    const { random, line } = this.#day;
    if (!this.calm && random.chance(0.4)) return;
    this.#busy.add(alarmId);
    const at = random.chance(0.1) && care.peer !== undefined ? care.peer : care;
    line.later(random.int(2 * minute), () => this.#answer(at, alarmId));
  }

  #answer(process: Process, alarmId: string): void {
    const { random, line } = this.#day;
    if (!process.up || openIn(process.engine, alarmId) === undefined) {
      this.#busy.delete(alarmId);
      return;
    }
    const by = this.#who;
    if (!this.calm && random.chance(0.3)) {
      this.#busy.delete(alarmId);
      process.hear({ kind: "alarm-declined", alarmId, by, from: "here" });
      return;
    }
    this.#truths.answered(alarmId, by.name, "accepts", process);
    process.hear({ kind: "alarm-accepted", alarmId, by, from: "here" });
    line.later(3 * minute + random.int(20 * minute), () => this.#arrive(process, alarmId));
  }

  #arrive(process: Process, alarmId: string): void {
    const { random } = this.#day;
    const by = this.#who;
    if (this.calm || random.chance(0.7)) {
      this.#close(process, alarmId);
      return;
    }
    // Forgets to close, or a car that does not start: the chain finds somebody.
    this.#busy.delete(alarmId);
    if (process.up && process.name === "care" && random.chance(0.3)) {
      this.#truths.answered(alarmId, by.name, "withdraws", process);
      this.#truths.counts.handedOver += 1;
      process.hear({ kind: "alarm-handed-over", alarmId, by, to: random.pick([anna, bert, desk]) });
    } else if (process.up && random.chance(0.6)) {
      this.#truths.answered(alarmId, by.name, "withdraws", process);
      process.hear({ kind: "alarm-declined", alarmId, by, from: "here" });
    }
  }

  /** Says what happened, and looks a minute later whether it was taken down. */
  #close(process: Process, alarmId: string): void {
    const isOpen = process.up && openIn(process.engine, alarmId) !== undefined;
    if (isOpen) {
      this.#truths.answered(alarmId, this.#who.name, "closes", process);
      const closing = closingBy(this.#who);
      process.hear({ kind: "alarm-closed", alarmId, closing, from: "here" });
    }
    if (isOpen || !process.up) {
      this.#day.line.later(minute, () => this.#close(process, alarmId));
    } else this.#busy.delete(alarmId);
  }
}

class EmergencyDay {
  readonly truths: EmergencyTruths;
  readonly #day: Day;
  readonly #home: Process;
  readonly #care: Process;
  readonly #people: readonly Neighbour[];
  #calm = false;

  constructor(seed: number, machines: Machines) {
    const random = seededRandom(seed);
    this.#day = {
      line: new Timeline(),
      random,
      plan: planOf(random),
      link: { up: true, loss: 0.1, since: 0 },
    };
    const people = new Map<string, Neighbour>();
    this.truths = new EmergencyTruths(this.#day, (process, tell) =>
      people.get(tell.party)?.told(process, tell),
    );
    for (const who of [anna, bert, desk]) {
      people.set(who.id, new Neighbour(who, this.#day, this.truths));
    }
    this.#people = [...people.values()];
    this.#home = new Process("home", machines.home, this.#day, this.truths);
    this.#care = new Process("care", machines.care, this.#day, this.truths);
    this.#home.peer = this.#care;
    this.#care.peer = this.#home;
    this.truths.watch(this.#home, this.#care);
  }

  run(): void {
    const { line } = this.#day;
    for (const side of [this.#home, this.#care]) {
      side.start(true);
      this.#every(this.#day.plan.link.beatEvery, () => this.#beat(side));
      this.#every(5 * hour, () => this.#tellClock(side));
    }
    this.#every(minute, () => {
      this.truths.askWhetherTold(this.#home);
      this.truths.askWhetherReached();
    });
    this.#sometimes(5 * hour, () => this.#press());
    this.#sometimes(4 * hour, () => this.#fault());
    this.#sometimes(12 * hour, () => this.#drill());
    line.runUntil(24 * hour);
    this.#calm = true;
    this.#setLink(true, 0);
    for (const person of this.#people) person.calm = true;
    line.runUntil(line.now + 6 * hour);
    this.truths.askWhetherCalm();
  }

  #setLink(up: boolean, loss: number): void {
    this.#day.link = { up, loss, since: this.#day.line.now };
  }

  #every(span: number, run: () => void): void {
    const again = (): void => {
      run();
      this.#day.line.later(span, again);
    };
    this.#day.line.later(this.#day.random.int(span), again);
  }

  #sometimes(mean: number, run: () => void): void {
    const { line, random } = this.#day;
    line.later(random.int(2 * mean), () => {
      if (this.#calm) return;
      run();
      this.#sometimes(mean, run);
    });
  }

  #beat(side: Process): void {
    if (!side.up) return;
    const holds = holdsIn(side.saved);
    side.through((peer) => peer.hear({ kind: "peer-heard", holds }));
  }

  /** Wall time jumps as it likes; only the choice of a chain may follow it. */
  #tellClock(side: Process): void {
    if (!side.up) return;
    const { random } = this.#day;
    const local = { weekday: 1 + random.int(7), minute: random.int(1_440) };
    const wallMs = random.int(2_000_000_000);
    side.hear({ kind: "clock-told", wallMs, trusted: random.chance(0.7), local });
  }

  /** Faults like company: many come while a call is young. Some residents press again and again. */
  #press(): void {
    const { line, random } = this.#day;
    if (this.#home.up) this.#home.hear({ kind: "button-pressed", device: "sos" });
    if (random.chance(0.5)) line.later(random.int(minute), () => this.#fault());
    if (random.chance(0.3)) line.later(random.int(50), () => this.#crash(this.#home));
    if (random.chance(0.3)) line.later(random.int(10 * minute), () => this.#press());
    if (random.chance(0.4)) line.later(random.int(20 * minute), () => this.#callItFalse());
  }

  #drill(): void {
    if (!this.#care.up) return;
    this.truths.counts.drills += 1;
    this.#care.hear({ kind: "drill-ordered", drillId: `${this.truths.counts.drills}` });
  }

  #callItFalse(): void {
    const { call } = callIn(this.#home.engine);
    if (!this.#home.up || call === null) return;
    const { alarmId } = call;
    this.#home.hear({ kind: "false-alarm-said", alarmId, client: "tablet" });
    const { line, random } = this.#day;
    if (random.chance(0.3)) line.later(random.int(5 * minute), () => this.#press());
  }

  #fault(): void {
    if (this.#calm) return;
    const { line, random } = this.#day;
    const kind = random.int(4);
    if (kind === 0) this.#crash(this.#home);
    else if (kind === 1) this.#crash(this.#care);
    else {
      const length = random.chance(0.5) ? random.int(2 * minute) : random.int(2 * hour);
      this.#setLink(false, 0.1);
      line.later(length, () => this.#setLink(true, this.#calm ? 0 : random.next() * 0.3));
    }
    if (random.chance(0.3)) line.later(random.int(20 * second), () => this.#fault());
  }

  #crash(side: Process): void {
    if (!side.up || this.#calm) return;
    const { line, random } = this.#day;
    const length = random.chance(0.7) ? random.int(30 * second) : random.int(hour);
    side.crash();
    this.truths.crashed(side);
    line.later(second + length, () => side.start(random.chance(0.6)));
  }
}

/** One seeded day and night, and a calm time after it in which everything must end well. */
export function runEmergencySeed(seed: number, machines = realMachines): EmergencyRun {
  const day = new EmergencyDay(seed, machines);
  day.run();
  const { violations, log, counts } = day.truths;
  return { violations, log, counts };
}
