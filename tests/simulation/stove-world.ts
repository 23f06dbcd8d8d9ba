/** The physics around a stove: plug, knob, mains, radio, sensors, and a gateway with the rules. */
import type { HomePlan } from "../../protocol/home.ts";
import { instant, seconds } from "../../protocol/time.ts";
import type { PlannedEffect } from "../../rules/effects.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
  wakeAt,
} from "../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../rules/events.ts";
import { homeMachines } from "../../rules/index.ts";
import type { Machine } from "../../rules/machine.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import type { SeededRandom } from "../support/random.ts";
import { stoveHome, stoveHomeWith } from "../support/stove-home.ts";

/** Only the machines that this world is about; the others have a world of their own. */
const { hazard, supervision } = homeMachines;

/**
 * `unmetered` tells no power any more, `unreported` only when it is asked; the relay of both goes
 * on reporting.
 */
export type PlugFault =
  | "none"
  | "weld"
  | "lie"
  | "refuse"
  | "mute"
  | "slow"
  | "deaf"
  | "unmetered"
  | "unreported";
/** The "nobody moves" of an `endless` sensor is lost on the air; it knows better itself. */
export type SensorFault = "none" | "mute" | "stuck" | "endless";

export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;

export interface Sensor {
  readonly id: string;
  fault: SensorFault;
  /** What the sensor itself holds. */
  firing: boolean;
  lastMotion: number;
  /** It said "moving", and its "nobody moves" was lost on the air. */
  endLost: boolean;
}

/** One step of the gateway, for whoever watches. */
export interface WorldStep {
  readonly event: RuleEvent;
  readonly effects: readonly PlannedEffect[];
  readonly derived: readonly RuleEvent[];
  readonly before: EngineState;
  readonly after: EngineState;
}

interface Due {
  readonly at: number;
  readonly act: () => void;
}

/** A motion sensor says "nobody moves" a minute after the last movement. */
const sensorHold = minute;
/** The plug reports a change of power this much later at most. */
export const reportDelayMax = 1_500;
/** A frame takes this long at most, unless the plug is slow. */
export const frameDelayMax = 200;
export const slowDelay = 8_000;
/** A contactor behind a timer lets go this much later at most. */
export const fallMax = 11_000;

const wiredHome = stoveHomeWith((all) =>
  all.map((one) => (one.id === "plug" ? { ...one, byRadio: false, settles: seconds(11) } : one)),
);

export class StoveWorld {
  now = 1_000;
  mains = true;
  radioUp = true;
  /** The gateway runs; and its radio has said that it is ready. */
  up = false;
  radioReady = false;
  upSince = 0;
  /** Time that the gateway never learnt of: its clock goes on from the journal (invariant 5). */
  lost = 0;
  boots = 0;
  readonly plug = {
    contact: true,
    reported: true,
    fault: "none" as PlugFault,
    demand: 0,
    cycle: null as { readonly on: number; readonly off: number; readonly from: number } | null,
    failSafe: true,
  };
  readonly sensors: ReadonlyMap<string, Sensor>;
  /** The stove hangs on a contactor with a meter, heard and cut without the radio. */
  readonly isWired: boolean;
  readonly plan: HomePlan;
  doorOpen = false;
  state: EngineState;
  steps = 0;
  private plugHeardAt = 0;
  /** What the relay was told last; a contactor follows some seconds later. */
  private ordered = true;
  private readonly queue: Due[] = [];
  private readonly machines: MachineList;
  private readonly watch: (step: WorldStep) => void;
  readonly random: SeededRandom;

  constructor(
    random: SeededRandom,
    watch: (step: WorldStep) => void,
    stoveGuard: Machine<StoveState> = homeMachines.stoveGuard,
  ) {
    this.random = random;
    this.isWired = random.chance(0.2);
    this.plan = this.isWired ? wiredHome : stoveHome;
    this.machines = { stoveGuard, hazard, supervision };
    this.state = initialState(this.machines, this.plan);
    this.watch = watch;
    const rooms = ["kitchen", "hall", "bath"];
    this.sensors = new Map(
      rooms.map((id) => [
        id,
        { id, fault: "none", firing: false, lastMotion: 0, endLost: false } satisfies Sensor,
      ]),
    );
  }

  /** Lets `act` happen `delay` later. */
  later(delay: number, act: () => void): void {
    const due = { at: this.now + delay, act };
    let low = 0;
    let high = this.queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.queue[middle] as Due).at <= due.at) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, due);
  }

  /** Lets the world run. Deadlines of the rules fire exactly when they are due. */
  runUntil(end: number): void {
    for (;;) {
      const next = this.queue[0]?.at ?? Number.POSITIVE_INFINITY;
      const wake = this.wake();
      if (Math.min(next, wake) > end) break;
      if (wake < next) {
        this.now = Math.max(this.now, wake);
        this.tell({ kind: "deadline-reached", lateMs: 0 });
        if (this.wake() <= this.now) throw new Error("a deadline spins");
      } else {
        const due = this.queue.shift() as Due;
        this.now = due.at;
        due.act();
      }
    }
    this.now = end;
  }

  private wake(): number {
    const wake = this.up ? wakeAt(this.machines, this.state) : undefined;
    return wake === undefined ? Number.POSITIVE_INFINITY : wake + this.lost;
  }

  /** A fact reaches the rules. A gateway that is down hears nothing. */
  tell(fact: Fact): void {
    if (!this.up) return;
    this.steps += 1;
    const event: RuleEvent = { ...fact, id: `e${this.steps}`, at: instant(this.now - this.lost) };
    const before = this.state;
    const step = stepEngine(this.machines, this.plan, before, event);
    this.state = step.state;
    for (const effect of step.effects) this.perform(effect);
    const { effects, derived } = step;
    this.watch({ event, effects, derived, before, after: step.state });
  }

  private perform(effect: PlannedEffect): void {
    if (effect.kind === "read-relay") this.command(() => this.answer());
    if (effect.kind === "give-power") this.command(() => this.setRelay(true));
    if (effect.kind !== "cut-power") return;
    if (this.plug.fault === "deaf" && effect.way === "direct") return;
    this.command(() => this.setRelay(false));
  }

  private frameDelay(): number {
    return this.plug.fault === "slow" ? slowDelay : 20 + this.random.int(frameDelayMax - 20);
  }

  private command(act: () => void): void {
    if (!this.isHeard()) return;
    this.later(this.frameDelay(), () => {
      const reached = this.isWired || this.radioUp;
      if (this.mains && reached && this.plug.fault !== "mute") act();
    });
  }

  /** Whether what the plug says arrives, and it can be told something. */
  private isHeard(): boolean {
    return this.isWired || (this.radioUp && this.radioReady);
  }

  private setRelay(on: boolean): void {
    const { plug } = this;
    if (plug.fault === "refuse" && !on) return;
    this.ordered = on;
    if (this.isWired && !on && plug.reported)
      this.later(this.random.int(fallMax), () => this.fall());
    else this.follow(on);
  }

  /** The timer of a contactor lets go, unless it was given again meanwhile. */
  private fall(): void {
    if (this.ordered || !this.plug.reported) return;
    this.follow(false);
    this.report();
  }

  private follow(on: boolean): void {
    const { plug } = this;
    plug.reported = on;
    const stays = !on && (plug.fault === "weld" || plug.fault === "lie");
    if (!stays) this.moveContact(on);
  }

  /** Somebody presses the button of the plug itself. */
  pressPlug(on: boolean): void {
    if (!this.mains) return;
    this.ordered = on;
    this.plug.reported = on;
    this.moveContact(on);
    this.later(this.frameDelay(), () => this.sendRelay());
  }

  /** An open contact falls shut and stays so, whatever the relay says. */
  weldShut(): void {
    this.moveContact(true);
  }

  private moveContact(closed: boolean): void {
    if (this.plug.contact === closed) return;
    this.plug.contact = closed;
    this.powerChanged();
  }

  /** Power that flows at this moment. */
  watts(): number {
    const { contact, demand, cycle } = this.plug;
    if (!this.mains || !contact || demand === 0) return 0;
    if (cycle === null) return demand;
    return (this.now - cycle.from) % (cycle.on + cycle.off) < cycle.on ? demand : 0;
  }

  /** Turns the knob. */
  turn(demand: number, cycle: { readonly on: number; readonly off: number } | null): void {
    const own = cycle === null ? null : { ...cycle, from: this.now };
    this.plug.demand = demand;
    this.plug.cycle = own;
    this.powerChanged();
    if (own !== null) this.followCycle(own);
  }

  private followCycle(cycle: {
    readonly on: number;
    readonly off: number;
    readonly from: number;
  }): void {
    if (this.plug.cycle !== cycle) return;
    this.powerChanged();
    const into = (this.now - cycle.from) % (cycle.on + cycle.off);
    const next = into < cycle.on ? cycle.on - into : cycle.on + cycle.off - into;
    this.later(next, () => this.followCycle(cycle));
  }

  private powerChanged(): void {
    this.later(this.random.int(reportDelayMax - frameDelayMax), () => this.reportPower());
  }

  /** What the plug says when it is asked. */
  private answer(): void {
    this.sendRelay();
    this.sendPower();
  }

  /** What the plug says at every check-in. */
  report(): void {
    this.sendRelay();
    this.reportPower();
  }

  private reportPower(): void {
    if (this.plug.fault !== "unreported") this.sendPower();
  }

  private sendRelay(): void {
    const on = this.plug.reported;
    this.plugSays(() => this.tell({ kind: "relay-read", device: "plug", on }));
  }

  private sendPower(): void {
    if (this.plug.fault === "unmetered") return;
    const watts = this.watts();
    this.plugSays(() => this.tell({ kind: "power-read", device: "plug", watts }));
  }

  private plugSays(hear: () => void): void {
    if (!this.mains || this.plug.fault === "mute") return;
    const boot = this.boots;
    // Frames of one device keep their order; only commands overtake them.
    this.plugHeardAt = Math.max(this.plugHeardAt, this.now + this.frameDelay());
    this.later(this.plugHeardAt - this.now, () => {
      if (this.isHeard() && this.boots === boot) hear();
    });
  }

  /** A frame of a battery device: on the air whether or not somebody listens. */
  sensorSays(fact: Fact): boolean {
    const heard = this.up && this.radioUp && this.radioReady;
    if (heard) this.tell(fact);
    return heard;
  }

  /** Somebody moves in front of a sensor. */
  motion(room: string): void {
    const sensor = this.sensors.get(room);
    if (sensor === undefined) return;
    sensor.lastMotion = this.now;
    if (sensor.firing) return;
    sensor.firing = true;
    if (sensor.fault !== "mute") {
      this.sensorSays({ kind: "motion-sensed", device: room, moving: true });
    }
    this.later(sensorHold, () => this.sensorRests(sensor));
  }

  private sensorRests(sensor: Sensor): void {
    const rest = sensor.lastMotion + sensorHold - this.now;
    if (!sensor.firing || sensor.fault === "stuck") return;
    if (rest > 0) {
      this.later(rest, () => this.sensorRests(sensor));
      return;
    }
    sensor.firing = false;
    if (sensor.fault === "mute" || sensor.fault === "endless") {
      sensor.endLost = true;
      return;
    }
    sensor.endLost = !this.sensorSays({
      kind: "motion-sensed",
      device: sensor.id,
      moving: false,
    });
  }

  setSensor(room: string, fault: SensorFault): void {
    const sensor = this.sensors.get(room);
    if (sensor === undefined) return;
    sensor.fault = fault;
    if (fault === "stuck") this.motion(room);
    if (fault === "none") this.sensorRests(sensor);
  }

  /** The gateway process begins; its radio is ready some seconds later. */
  start(gapMs: number | null): void {
    this.up = true;
    this.upSince = this.now;
    this.boots += 1;
    const boot = this.boots;
    this.state = JSON.parse(JSON.stringify(this.state)) as EngineState;
    this.tell({ kind: "gateway-started", boot: `b${boot}`, gapMs });
    this.later(1_000 + this.random.int(5_000), () => this.connect(boot));
  }

  private startAfter(stopped: number, gapKnown: boolean): void {
    const gap = this.now - stopped;
    if (!gapKnown) this.lost += gap;
    this.start(gapKnown ? gap : null);
  }

  private connect(boot: number): void {
    if (!this.up || this.boots !== boot || this.radioReady || !this.radioUp) return;
    this.radioReady = true;
    this.tell({ kind: "radio-ready" });
  }

  stop(): void {
    this.up = false;
    this.radioReady = false;
  }

  loseRadio(length: number): void {
    if (!this.radioUp) return;
    this.radioUp = false;
    if (this.radioReady) {
      this.radioReady = false;
      this.tell({ kind: "radio-lost", cause: "unplugged" });
    }
    this.later(length, () => {
      this.radioUp = true;
      this.connect(this.boots);
    });
  }

  /** Everything loses power. The gateway comes back later than the plug, as it does. */
  powerCut(length: number, gapKnown: boolean): void {
    if (!this.mains || !this.up) return;
    this.stop();
    this.mains = false;
    const stopped = this.now;
    this.later(length, () => {
      this.mains = true;
      const on = this.plug.failSafe ? false : this.plug.reported;
      this.plug.reported = on;
      if (this.plug.fault !== "weld") this.plug.contact = on;
      this.later(20 * second, () => this.startAfter(stopped, gapKnown));
    });
  }

  /** The process dies and is started again; the machine goes on. */
  crash(length: number, gapKnown: boolean): void {
    if (!this.up || !this.mains) return;
    this.stop();
    const stopped = this.now;
    this.later(length, () => this.startAfter(stopped, gapKnown));
  }
}
