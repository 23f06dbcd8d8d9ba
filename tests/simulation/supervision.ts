/** Days and nights of devices that speak, fall silent, hang and run low, from one number. */
import { instant } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine, wakeAt } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import type { SupervisionState } from "../../rules/machines/supervision-state.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { stoveHome } from "../support/stove-home.ts";
import { SupervisionOracle } from "./supervision-oracle.ts";

const { supervision } = homeMachines;
const machines = { supervision };
const minute = 60_000;
const hour = 60 * minute;

export interface SupervisionRun {
  readonly violations: readonly string[];
  readonly counts: SupervisionOracle["counts"];
}

interface Due {
  readonly at: number;
  readonly act: () => void;
}

class DeviceWorld {
  now = 0;
  private state: EngineState = initialState(machines, stoveHome);
  private readonly queue: Due[] = [];
  private up = true;
  private ready = false;
  private count = 0;
  private readonly mute = new Set<string>();
  private readonly oracle: SupervisionOracle;
  private readonly random: SeededRandom;

  constructor(random: SeededRandom, oracle: SupervisionOracle) {
    this.random = random;
    this.oracle = oracle;
  }

  later(delay: number, act: () => void): void {
    const due = { at: this.now + delay, act };
    const place = this.queue.findIndex((other) => other.at > due.at);
    if (place === -1) this.queue.push(due);
    else this.queue.splice(place, 0, due);
  }

  private wake(): number {
    return (this.up ? wakeAt(machines, this.state) : undefined) ?? Number.POSITIVE_INFINITY;
  }

  run(end: number): void {
    while (this.oracle.violations.length === 0) {
      const next = this.queue[0]?.at ?? Number.POSITIVE_INFINITY;
      const wake = this.wake();
      if (Math.min(next, wake) > end) return;
      // At the same instant the deadline is first, so that the oracle may judge every event.
      if (wake <= next) {
        this.now = Math.max(this.now, wake);
        this.tell({ kind: "deadline-reached", lateMs: 0 });
        if (this.wake() <= this.now) throw new Error("a deadline spins");
      } else {
        const due = this.queue.shift() as Due;
        this.now = due.at;
        due.act();
      }
    }
  }

  private tell(fact: Fact): void {
    if (!this.up) return;
    this.count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.count}`, at: instant(this.now) };
    const step = stepEngine(machines, stoveHome, this.state, event);
    this.state = step.state;
    this.oracle.after(event, step.derived, step.state.machines["supervision"] as SupervisionState);
    const asked = step.effects.some((effect) => effect.kind === "read-relay");
    if (asked) {
      this.later(200, () => this.say({ kind: "relay-read", device: "plug", on: true }));
    }
  }

  /** A frame on the air: lost while the device is mute or nobody listens. */
  private say(fact: Fact & { readonly device: string }): void {
    if (this.ready && !this.mute.has(fact.device)) this.tell(fact);
  }

  private connect(): void {
    if (!this.up || this.ready) return;
    this.ready = true;
    this.tell({ kind: "radio-ready" });
  }

  begin(): void {
    this.tell({ kind: "gateway-started", boot: "b1", gapMs: null });
    this.connect();
    for (const { id, checkInEvery } of stoveHome.devices) {
      const checkIn = (): void => {
        // A check-in now and then does not get through.
        if (!this.random.chance(0.02)) this.say({ kind: "device-heard", device: id });
        this.later(Math.floor(checkInEvery * (0.5 + this.random.next() * 0.49)), checkIn);
      };
      this.later(this.random.int(checkInEvery), checkIn);
    }
    for (const room of ["kitchen", "hall", "bath"]) this.walk(room);
  }

  /** Somebody comes and goes; now and then stays for long, and now and then the end is lost. */
  private walk(room: string): void {
    const stay = this.random.chance(0.05)
      ? this.random.int(100) * minute
      : this.random.int(9) * minute;
    this.say({ kind: "motion-sensed", device: room, moving: true });
    this.later(stay, () => {
      if (!this.random.chance(0.01)) {
        this.say({ kind: "motion-sensed", device: room, moving: false });
      }
      const pause = this.random.chance(0.3) ? this.random.int(180) : this.random.int(12);
      this.later(pause * minute + 1_000, () => this.walk(room));
    });
  }

  trouble(): void {
    const { random } = this;
    const device = random.pick(stoveHome.devices).id;
    switch (random.int(8)) {
      case 0:
      case 1:
        this.mute.add(device);
        this.later(random.int(40) * hour, () => this.mute.delete(device));
        return;
      case 2:
        this.ready = false;
        this.tell({ kind: "radio-lost", cause: "unplugged" });
        this.later(random.int(random.chance(0.5) ? 100_000 : 5 * hour), () => this.connect());
        return;
      case 3:
        this.restart();
        return;
      case 4:
        this.tell({ kind: "device-missing", device });
        this.later(random.int(3) * hour, () => this.tell({ kind: "device-found", device }));
        return;
      case 5:
        this.tell({ kind: "fail-safe-read", device: "plug", armed: random.chance(0.5) });
        return;
      case 6:
        this.busy(random.int(14) * hour);
        return;
      default:
        this.say({ kind: "battery-read", device, volts: 2.2 + random.next() });
    }
  }

  /** A curtain in the draught: a sensor that fires again and again. */
  private busy(length: number): void {
    const until = this.now + length;
    const fire = (): void => {
      if (this.now >= until) return;
      this.say({ kind: "motion-sensed", device: "hall", moving: true });
      this.later(minute, () => this.say({ kind: "motion-sensed", device: "hall", moving: false }));
      this.later(2 * minute + this.random.int(4 * minute), fire);
    };
    fire();
  }

  private restart(): void {
    if (!this.up) return;
    this.up = false;
    this.ready = false;
    const known = this.random.chance(0.5);
    const length = this.random.int(20) * minute + 1_000;
    this.later(length, () => {
      this.up = true;
      this.state = JSON.parse(JSON.stringify(this.state)) as EngineState;
      this.tell({ kind: "gateway-started", boot: `b${this.count}`, gapMs: known ? length : null });
      this.later(this.random.int(150) * 1_000, () => this.connect());
    });
  }
}

/** One seed: four days, held against the oracle at every step. */
export function runSupervisionSeed(seed: number): SupervisionRun {
  const random = seededRandom(seed);
  const oracle = new SupervisionOracle();
  const world = new DeviceWorld(random, oracle);
  const length = 96 * hour;
  world.begin();
  for (let fault = 4 + random.int(12); fault > 0; fault -= 1) {
    world.later(random.int(length), () => world.trouble());
  }
  world.run(length);
  return { violations: oracle.violations, counts: oracle.counts };
}
