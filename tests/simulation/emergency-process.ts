/** A home or care process with its engine, disk and outbox, between which a bad link lies. */
import type { HomePlan } from "../../protocol/home.ts";
import { instant } from "../../protocol/time.ts";
import { type PlannedEffect, waitsForDisk } from "../../rules/effects.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact } from "../../rules/events.ts";
import type { SeededRandom } from "../support/random.ts";
import { factOf, type SideName } from "./custody-model.ts";
import { second, type Timeline } from "./timeline.ts";

/** What everything in a simulated day shares. */
export interface Day {
  readonly line: Timeline;
  readonly random: SeededRandom;
  readonly plan: HomePlan;
  /** What the link does to messages, and since when it does it. */
  link: { up: boolean; loss: number; since: number };
}

/** Who watches a process: told of each step, and of each promise when it is spoken. */
export interface Witness {
  /** Before anything that this fact leads to. */
  hears(process: Process, fact: Fact): void;
  stepped(process: Process, fact: Fact, effects: readonly PlannedEffect[], id: string): void;
  spoken(process: Process, pledge: PlannedEffect): void;
  written(process: Process): void;
  broke(sentence: string): void;
}

interface Letter {
  readonly id: string;
  readonly fact: Fact;
}

interface Disk {
  readonly engine: EngineState;
  readonly gatewayTime: number;
  readonly writtenAt: number;
  readonly outbox: readonly Letter[];
}

export class Process {
  readonly name: SideName;
  peer: Process | undefined;
  up = true;
  /** When this process started for the last time. */
  startedAt = 0;
  engine: EngineState;
  /** The memory that would be found after a crash at this moment. */
  saved: EngineState;
  outbox: readonly Letter[] = [];
  readonly #day: Day;
  readonly #machines: MachineList;
  readonly #witness: Witness;
  #disk: Disk;
  #gatewayAtStart = 0;
  #lives = 0;
  #count = 0;
  #waiting: PlannedEffect[] = [];
  #receipts: string[] = [];
  #writing = false;
  #wakes = 0;

  constructor(name: SideName, machines: MachineList, day: Day, witness: Witness) {
    this.name = name;
    this.#day = day;
    this.#machines = machines;
    this.#witness = witness;
    this.engine = initialState(machines, day.plan);
    this.saved = this.engine;
    this.#disk = { engine: this.engine, gatewayTime: 0, writtenAt: 0, outbox: [] };
  }

  /** Gateway time: goes on with the process, resumes after a restart. */
  get gatewayTime(): number {
    return this.#gatewayAtStart + this.#day.line.now - this.startedAt;
  }

  /** Runs later, unless the process has ended by then. */
  later(delay: number, run: () => void): void {
    const life = this.#lives;
    this.#day.line.later(delay, () => {
      if (this.up && life === this.#lives) run();
    });
  }

  hear(fact: Fact): void {
    this.#count += 1;
    const id = `${this.name}${this.#lives}.${this.#count}`;
    const event = { ...fact, id, at: instant(this.gatewayTime) };
    this.#witness.hears(this, fact);
    const step = stepEngine(this.#machines, this.#day.plan, this.engine, event);
    this.engine = step.state;
    for (const effect of step.effects) {
      if (waitsForDisk(effect)) this.#waiting.push(effect);
      else if (effect.kind === "announce") this.#witness.spoken(this, effect);
      else this.#post(effect);
    }
    this.#setAlarmClock();
    this.#write();
    this.#witness.stepped(this, fact, step.effects, id);
  }

  /** The process ends without warning; what was not on disk is gone. */
  crash(): void {
    this.up = false;
    this.#lives += 1;
    this.#waiting = [];
    this.#receipts = [];
    this.#writing = false;
    this.outbox = this.#disk.outbox;
    this.engine = this.saved;
  }

  start(knowsGap: boolean): void {
    const { engine, gatewayTime, writtenAt } = this.#disk;
    const written = JSON.stringify(engine);
    const gapMs = this.#day.line.now - writtenAt;
    this.engine = JSON.parse(written) as EngineState;
    if (JSON.stringify(this.engine) !== written)
      this.#witness.broke("I5: memory is not plain JSON");
    this.saved = this.engine;
    this.up = true;
    this.startedAt = this.#day.line.now;
    this.#gatewayAtStart = gatewayTime + (knowsGap ? gapMs : 0);
    this.hear({
      kind: "gateway-started",
      boot: `${this.name}${this.#lives}`,
      gapMs: knowsGap ? gapMs : null,
    });
    this.#sendAgain();
  }

  /** A letter of the other side. Its receipt goes out when what it led to is on disk. */
  receive(letter: Letter): void {
    this.#receipts.push(letter.id);
    this.hear(letter.fact);
  }

  #post(effect: PlannedEffect): void {
    const fact = factOf(effect);
    if (fact === undefined) return;
    const letter = { id: `${this.name}${this.#lives}/${effect.id}/${this.#day.line.now}`, fact };
    this.outbox = [...this.outbox, letter];
    this.#send(letter);
  }

  /** Through the link: lost, late, twice, or well. */
  through(run: (peer: Process) => void): void {
    const { link, random, line } = this.#day;
    const copies = random.chance(0.05) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (!link.up || random.chance(link.loss)) continue;
      line.later(20 + random.int(random.chance(0.1) ? 20_000 : 500), () => {
        if (this.peer?.up === true) run(this.peer);
      });
    }
  }

  #send(letter: Letter): void {
    this.through((peer) => peer.receive(letter));
  }

  #sendAgain(): void {
    for (const letter of this.outbox) this.#send(letter);
    this.later(20 * second, () => this.#sendAgain());
  }

  /** The loop's one timer: sometimes a little late, seldom seconds late. */
  #setAlarmClock(): void {
    const due = wakeAt(this.#machines, this.engine);
    this.#wakes += 1;
    if (due === undefined) return;
    const { random } = this.#day;
    const lateMs = random.chance(0.02) ? random.int(9_000) : random.int(20);
    const wake = this.#wakes;
    this.later(due - this.gatewayTime + lateMs, () => {
      if (wake === this.#wakes) this.hear({ kind: "deadline-reached", lateMs });
    });
  }

  /** Group commit: one write at a time, with all that happened until it began. */
  #write(): void {
    if (this.#writing) return;
    this.#writing = true;
    const { engine, outbox } = this;
    const waiting = this.#waiting;
    const receipts = this.#receipts;
    const gatewayTime = this.gatewayTime;
    const writtenAt = this.#day.line.now;
    this.#waiting = [];
    this.#receipts = [];
    const { random } = this.#day;
    this.later(2 + random.int(random.chance(0.1) ? 500 : 30), () => {
      this.#writing = false;
      this.saved = engine;
      this.#disk = { engine, gatewayTime, writtenAt, outbox };
      this.#witness.written(this);
      for (const pledge of waiting) {
        if (pledge.kind !== "announce") this.#post(pledge);
        this.#witness.spoken(this, pledge);
      }
      for (const id of receipts) this.through((peer) => peer.forget(id));
      if (this.engine !== engine) this.#write();
    });
  }

  /** The other side has this letter on its disk. */
  forget(id: string): void {
    this.outbox = this.outbox.filter((letter) => letter.id !== id);
  }
}
