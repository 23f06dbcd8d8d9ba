/** Whole days and nights around a stove, from one number: cooks, visitors, faults. */
import type { AnnouncementKey } from "../../rules/effects.ts";
import type { Machine } from "../../rules/machine.ts";
import type { StoveState } from "../../rules/machines/stove-state.ts";
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { StoveTruths } from "./stove-truths.ts";
import {
  hour,
  minute,
  type PlugFault,
  type SensorFault,
  StoveWorld,
  second,
  type WorldStep,
} from "./stove-world.ts";

export interface StoveRun {
  readonly violations: readonly string[];
  readonly steps: number;
  readonly counts: StoveTruths["counts"];
}

/** A person who cooks, forgets, comes back, leaves, and answers the warning or not. */
class Cook {
  private room = "hall";
  /** Cooks for hours, and answers whatever the home asks. */
  private isDiligent = false;
  private readonly world: StoveWorld;
  private readonly random: SeededRandom;

  constructor(world: StoveWorld) {
    this.world = world;
    this.random = world.random;
  }

  /** Moves about in one room for a while, with rests such as people take. */
  private stay(room: string, length: number, then: () => void): void {
    this.room = room;
    const until = this.world.now + length;
    const move = (): void => {
      if (this.room !== room) return;
      if (this.world.now >= until) {
        then();
        return;
      }
      this.world.motion(room);
      const pause = this.random.chance(0.15) ? 70 + this.random.int(90) : 5 + this.random.int(50);
      this.world.later(Math.min(pause * second, until - this.world.now + 1), move);
    };
    move();
  }

  private readonly nothing = (): void => undefined;

  cook(): void {
    const { world, random } = this;
    const cycle = thermostat(random);
    const oven = random.chance(0.15);
    this.isDiligent = random.chance(0.1);
    const length = this.isDiligent ? (3 + random.int(4)) * hour : random.int(30) * minute;
    this.stay("kitchen", 20 * second, () => {
      // A plug that lost its power is on again only by its own button.
      if (!this.isCut() && random.chance(0.8)) world.pressPlug(true);
      world.turn(600 + random.int(2_000), cycle);
      if (oven) {
        world.later(20 * second, () => this.hold(10 + random.int(95)));
      }
      this.stay("kitchen", length + 30 * second, () => this.decide());
    });
  }

  private isCut(): boolean {
    return (this.world.state.machines["stoveGuard"] as StoveState).latch !== null;
  }

  private hold(minutes: number): void {
    this.world.tell({ kind: "stove-hold-requested", client: "tablet", minutes });
  }

  private decide(): void {
    const { world, random } = this;
    const chosen = random.next();
    // The last that the kitchen's sensor says is lost with the stick.
    if (random.chance(0.1)) world.loseRadio((20 + random.int(60)) * second);
    if (chosen < 0.35) this.switchOff();
    else if (chosen < 0.55) this.stay("bath", random.int(20) * minute, () => this.comeBack());
    else if (chosen < 0.7) this.leaveHome();
    else if (chosen < 0.78) this.answerTheDoor();
    // Asleep in the kitchen chair: there, and not to be seen.
    else if (chosen < 0.86) this.room = "asleep";
    else this.stay("hall", random.int(60) * minute, () => this.comeBack());
  }

  private switchOff(): void {
    this.world.turn(0, null);
    this.stay("hall", minute, this.nothing);
  }

  private comeBack(): void {
    if (this.random.chance(0.5)) this.stay("kitchen", 2 * minute, () => this.decide());
  }

  /** A visitor at the door: it closes, and nobody left. */
  private answerTheDoor(): void {
    this.stay("hall", 10 * second, () => {
      useDoor(this.world);
      this.stay("hall", this.random.int(10) * minute, () => this.comeBack());
    });
  }

  private leaveHome(): void {
    const { world, random } = this;
    this.stay("hall", 20 * second, () => {
      this.room = "away";
      useDoor(world);
      if (random.chance(0.4)) {
        world.later(random.int(6) * minute + 20 * second, () => {
          useDoor(world);
          this.stay("hall", minute, () => this.comeBack());
        });
      }
    });
  }

  hears(key: AnnouncementKey): void {
    if (key === "stove-unattended") this.warned();
    if (key === "stove-cut") this.wantsBack();
  }

  /** What the person does when the home warns. */
  private warned(): void {
    const { world, random } = this;
    const isDiligent = this.isDiligent && this.room === "kitchen";
    if (this.room === "away" || this.room === "asleep") return;
    if (!isDiligent && random.chance(0.4)) return;
    const soon = 2 * second + random.int(isDiligent ? 12 : 16) * second;
    if (isDiligent || random.chance(0.5)) {
      world.later(soon, () => world.tell({ kind: "presence-said", client: "tablet" }));
    } else {
      world.later(soon, () => this.stay("kitchen", 3 * minute, () => this.decide()));
    }
  }

  /** After a cut: asks for the stove back, now and then too early, or presses the plug. */
  private wantsBack(): void {
    const { world, random } = this;
    for (let tries = 1 + random.int(3); tries > 0; tries -= 1) {
      world.later(random.int(90) * minute, () => {
        if (random.chance(0.7)) world.turn(0, null);
        if (random.chance(0.2)) world.pressPlug(true);
        else world.tell({ kind: "stove-reset-requested", client: "tablet" });
      });
    }
  }
}

/** A hob comes and goes within minutes; a warm oven rests for longer than the guard waits. */
function thermostat(random: SeededRandom): { readonly on: number; readonly off: number } | null {
  const kind = random.next();
  if (kind < 0.4) return { on: (5 + random.int(60)) * second, off: (5 + random.int(240)) * second };
  if (kind > 0.6) return null;
  return { on: (30 + random.int(240)) * second, off: (8 + random.int(20)) * minute };
}

function useDoor(world: StoveWorld): void {
  moveDoor(world, true);
  world.later(5 * second + world.random.int(25) * second, () => moveDoor(world, false));
}

function moveDoor(world: StoveWorld, open: boolean): void {
  world.doorOpen = open;
  world.sensorSays({ kind: "contact-sensed", device: "door", open });
}

const plugFaults: readonly PlugFault[] = [
  "weld",
  "lie",
  "refuse",
  "mute",
  "slow",
  "deaf",
  "unmetered",
  "unmetered",
  "unreported",
];
const sensorFaults: readonly SensorFault[] = ["mute", "stuck", "endless"];

function breakPlug(world: StoveWorld, fault: PlugFault, length: number): void {
  world.plug.fault = fault;
  if (fault === "weld") world.weldShut();
  world.later(length, () => {
    world.plug.fault = "none";
  });
}

function smoke(world: StoveWorld): void {
  const device = world.random.pick(["smoke", "heat"] as const);
  const sensed = (present: boolean) =>
    world.sensorSays({ kind: "hazard-sensed", device, hazard: device, present });
  sensed(true);
  world.later(world.random.int(20) * minute, () => sensed(false));
}

/** Something goes wrong for a while. */
function trouble(world: StoveWorld): void {
  const { random } = world;
  const length = random.chance(0.7) ? random.int(20) * minute : random.int(6) * hour;
  switch (random.int(9)) {
    case 0:
    case 1:
      breakPlug(world, random.pick(plugFaults), length);
      return;
    case 2:
    case 3: {
      const room = random.pick(["kitchen", "kitchen", "hall", "bath"]);
      const fault = random.pick(sensorFaults);
      world.setSensor(room, fault);
      // One that hangs is found within the hour at best, and does so for longer.
      const lasts = fault === "stuck" ? length + (1 + random.int(12)) * hour : length;
      world.later(lasts, () => world.setSensor(room, "none"));
      return;
    }
    case 4:
      world.plug.failSafe = random.chance(0.5);
      world.powerCut(random.int(15) * minute + second, random.chance(0.4));
      return;
    case 5:
      world.crash(random.int(40) * second + second, random.chance(0.8));
      return;
    case 6:
      world.loseRadio(random.chance(0.8) ? random.int(90) * second : random.int(40) * minute);
      return;
    case 7:
      if (random.chance(0.5)) restartsOnAndOn(world, length);
      else stickComesAndGoes(world);
      return;
    default:
      smoke(world);
      // Fire takes what it wants: the meter, or the plug with it.
      if (random.chance(0.5)) breakPlug(world, random.pick(["mute", "unmetered"]), length);
  }
}

/** A plug that cannot do what it is for, just when it is needed, and for long. */
function plugTrouble(world: StoveWorld): void {
  const { random } = world;
  const length = (1 + random.int(4)) * hour;
  if (random.chance(0.3)) restartsOnAndOn(world, length);
  else breakPlug(world, random.pick(["weld", "lie", "deaf", "unmetered"]), length);
}

/** A gateway that starts again and again, in front of a plug that does not answer, or does. */
function restartsOnAndOn(world: StoveWorld, length: number): void {
  const { random } = world;
  if (random.chance(0.6)) breakPlug(world, random.pick(["mute", "refuse", "unmetered"]), length);
  for (let crash = 2 + random.int(4); crash > 0; crash -= 1) {
    world.later(random.int(60) * minute, () => world.crash(random.int(20) * second + second, true));
  }
}

/** A loose stick: what is said while it is away is lost. */
function stickComesAndGoes(world: StoveWorld): void {
  const { random } = world;
  for (let loss = 2 + random.int(8); loss > 0; loss -= 1) {
    world.later(random.int(90) * minute, () => world.loseRadio(random.int(60) * second));
  }
}

/** Somebody at the desk closes an alarm: at once by mistake, or when it is over, or much later. */
function close(world: StoveWorld, alarmId: string): void {
  const { random } = world;
  const length = random.chance(0.5) ? random.int(10) * minute : random.int(5) * hour;
  const by = { id: "maier", name: "Frau Maier" };
  const closing = { by, outcome: "helped", note: "" } as const;
  const tell = (): void => {
    if (world.up) world.tell({ kind: "alarm-closed", alarmId, closing, from: "peer" });
    // The care service says it again until the home has heard it.
    else world.later(minute, tell);
  };
  world.later(length, tell);
}

/** What a healthy home says by itself. */
function checkIns(world: StoveWorld): void {
  const battery = ["kitchen", "hall", "bath", "smoke", "heat", "leak", "sos"];
  const plug = (): void => {
    world.report();
    world.later(2 * minute, plug);
  };
  const sensors = (): void => {
    for (const device of battery) {
      const sensor = world.sensors.get(device);
      if (sensor?.fault === "mute") continue;
      // A motion sensor says again what it said last; that is no news.
      if (sensor === undefined) world.sensorSays({ kind: "device-heard", device });
      else world.sensorSays({ kind: "motion-sensed", device, moving: sensor.firing });
    }
    world.sensorSays({ kind: "contact-sensed", device: "door", open: world.doorOpen });
    world.later(55 * minute, sensors);
  };
  const clock = (): void => {
    const wallMs = world.random.int(2_000_000_000);
    const local = { weekday: 1 + world.random.int(7), minute: world.random.int(1_440) };
    world.tell({ kind: "clock-told", wallMs, trusted: world.random.chance(0.5), local });
    world.later(world.random.int(6) * hour + minute, clock);
  };
  plug();
  sensors();
  clock();
}

function plan(world: StoveWorld, cook: Cook, length: number): void {
  const { random } = world;
  for (let meal = 2 + random.int(6); meal > 0; meal -= 1) {
    const at = random.int(length);
    world.later(at, () => cook.cook());
    // What goes wrong goes wrong at the worst time.
    if (random.chance(0.3)) world.later(at + random.int(40) * minute, () => trouble(world));
    if (random.chance(0.2)) world.later(at + random.int(2) * minute, () => plugTrouble(world));
  }
  for (let visit = random.int(3); visit > 0; visit -= 1) {
    world.later(random.int(length), () => useDoor(world));
  }
  for (let fault = random.int(7); fault > 0; fault -= 1) {
    world.later(random.int(length), () => trouble(world));
  }
}

/** One seed: a day and a half, judged at every step; of the product, or of a broken guard. */
export function runStoveSeed(seed: number, stoveGuard?: Machine<StoveState>): StoveRun {
  const random = seededRandom(seed);
  const truths: StoveTruths = new StoveTruths(() => world);
  const watch = (step: WorldStep): void => {
    truths.after(step);
    for (const effect of step.effects) {
      if (effect.kind === "announce") cook.hears(effect.key);
    }
    for (const fact of step.derived) {
      if (fact.kind === "alarm-raised") close(world, fact.alarm.id);
    }
  };
  const world: StoveWorld = new StoveWorld(random, watch, stoveGuard);
  const cook = new Cook(world);
  const length = 36 * hour;
  world.start(0);
  checkIns(world);
  plan(world, cook, length);
  for (let end = world.now + length; world.now < end; ) {
    world.runUntil(Math.min(end, world.now + 20 * second));
    truths.watch();
    if (truths.violations.length > 0) break;
  }
  return { violations: truths.violations, steps: world.steps, counts: truths.counts };
}
