/** Days and nights of devices that speak, fall silent, hang and run low, from one number. */
import { instant } from "../../protocol/time.ts";
import { type EngineState, initialState, stepEngine, wakeAt } from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import type { Machine } from "../../rules/machine.ts";
import type { SupervisionState } from "../../rules/machines/supervision-state.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { SupervisionOracle, supervisedHome } from "./supervision-oracle.ts";
import { hour, minute, Timeline } from "./timeline.ts";

const closing = { by: { id: "t", name: "T" }, outcome: "fault-repaired", note: "" } as const;
const wired = new Set(supervisedHome.devices.flatMap((one) => (one.byRadio ? [] : [one.id])));

export interface SupervisionRun {
  readonly violations: readonly string[];
  readonly counts: SupervisionOracle["counts"];
}

class DeviceWorld {
  readonly line = new Timeline();
  private readonly machines: { readonly supervision: Machine<SupervisionState> };
  private state: EngineState;
  private up = true;
  private ready = false;
  private count = 0;
  private wakes = 0;
  private readonly mute = new Set<string>();
  private readonly oracle: SupervisionOracle;
  private readonly random: SeededRandom;

  constructor(
    random: SeededRandom,
    oracle: SupervisionOracle,
    supervision: Machine<SupervisionState>,
  ) {
    this.random = random;
    this.oracle = oracle;
    this.machines = { supervision };
    this.state = initialState(this.machines, supervisedHome);
  }

  later(delay: number, act: () => void): void {
    this.line.later(delay, act);
  }

  run(end: number): void {
    for (let now = 0; now < end && this.oracle.violations.length === 0; now += hour) {
      this.line.runUntil(Math.min(end, now + hour));
    }
  }

  private tell(fact: Fact): void {
    if (!this.up || this.oracle.violations.length > 0) return;
    this.count += 1;
    const event: RuleEvent = { ...fact, id: `e${this.count}`, at: instant(this.line.now) };
    const step = stepEngine(this.machines, supervisedHome, this.state, event);
    this.state = step.state;
    for (const { why } of step.failures) throw new Error(why);
    this.oracle.after(event, step.derived, step.state.machines["supervision"] as SupervisionState);
    const asked = step.effects.some((effect) => effect.kind === "read-relay");
    if (asked) {
      this.later(200, () => this.say({ kind: "relay-read", device: "plug", on: true }));
    }
    this.setAlarmClock();
  }

  /** The loop's one timer: a little late, and often by seconds: other events come in between. */
  private setAlarmClock(): void {
    const due = wakeAt(this.machines, this.state);
    this.wakes += 1;
    if (due === undefined) return;
    const { random } = this;
    const lateMs = random.chance(0.2) ? random.int(9_000) : random.int(20);
    const wake = this.wakes;
    this.later(due - this.line.now + lateMs, () => {
      if (wake !== this.wakes || !this.up) return;
      this.tell({ kind: "deadline-reached", lateMs });
      const next = wakeAt(this.machines, this.state);
      if (next !== undefined && next <= this.line.now) {
        this.oracle.violations.push(`a deadline spins at ${this.line.now} ms`);
      }
    });
  }

  /** A frame: lost while the device is mute or, on the air, while nobody listens. */
  private say(fact: Fact & { readonly device: string }): void {
    if (this.mute.has(fact.device)) return;
    if (this.ready || wired.has(fact.device)) this.tell(fact);
  }

  private connect(): void {
    if (!this.up || this.ready) return;
    this.ready = true;
    this.tell({ kind: "radio-ready" });
  }

  begin(): void {
    this.tell({ kind: "gateway-started", boot: "b1", gapMs: null });
    this.connect();
    for (const { id, checkInEvery } of supervisedHome.devices) {
      const checkIn = (): void => {
        // A check-in now and then does not get through.
        if (!this.random.chance(0.02)) this.say({ kind: "device-heard", device: id });
        this.later(Math.floor(checkInEvery * (0.5 + this.random.next() * 0.49)), checkIn);
      };
      this.later(this.random.int(checkInEvery), checkIn);
    }
    for (const room of ["kitchen", "hall", "bath"]) this.walk(room);
    this.later(hour, () => this.visit());
  }

  /** Somebody looks after an alarm, whether or not that mends anything. */
  private visit(): void {
    const [alarmId] = this.oracle.alarms.open();
    if (alarmId !== undefined && this.random.chance(0.5)) {
      this.tell({ kind: "alarm-closed", alarmId, closing, from: "here" });
    }
    this.later(this.random.int(6 * hour), () => this.visit());
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
    const device = random.pick(supervisedHome.devices).id;
    switch (random.int(9)) {
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
        this.flap(10);
        return;
      case 7:
        this.busy(random.int(14) * hour);
        return;
      default:
        this.say({ kind: "battery-read", device, volts: 2.2 + random.next() });
    }
  }

  /** A bad cable: the radio comes and goes every minute, and the plug does not get through. */
  private flap(times: number): void {
    if (times === 0) {
      this.mute.delete("plug");
      return;
    }
    this.mute.add("plug");
    this.ready = false;
    this.tell({ kind: "radio-lost", cause: "a bad cable" });
    this.later(5_000, () => this.connect());
    this.later(55_000, () => this.flap(times - 1));
  }

  /** A curtain in the draught: a sensor that fires again and again. */
  private busy(length: number): void {
    const until = this.line.now + length;
    const fire = (): void => {
      if (this.line.now >= until) return;
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
export function runSupervisionSeed(
  seed: number,
  supervision: Machine<SupervisionState> = homeMachines.supervision,
): SupervisionRun {
  const random = seededRandom(seed);
  const oracle = new SupervisionOracle();
  const world = new DeviceWorld(random, oracle, supervision);
  const length = 96 * hour;
  world.begin();
  for (let fault = 4 + random.int(12); fault > 0; fault -= 1) {
    world.later(random.int(length), () => world.trouble());
  }
  world.run(length);
  return { violations: oracle.violations, counts: oracle.counts };
}
