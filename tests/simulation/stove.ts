/** Whole days and nights around a stove, from one number: cooking, forgetting, visitors and faults. */
import { type SeededRandom, seededRandom } from "../support/random.ts";
import { StoveTruths } from "./stove-truths.ts";
import { hour, minute, type PlugFault, StoveWorld, second } from "./stove-world.ts";

export interface StoveRun {
  readonly violations: readonly string[];
  readonly steps: number;
  readonly counts: StoveTruths["counts"];
}

/** A person who cooks, forgets, comes back, leaves, and answers the warning or not. */
class Cook {
  private room = "hall";
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
    const cycle = random.chance(0.4)
      ? { on: (5 + random.int(60)) * second, off: (5 + random.int(240)) * second }
      : null;
    const oven = random.chance(0.15);
    this.stay("kitchen", 20 * second, () => {
      world.turn(600 + random.int(2_000), cycle);
      if (oven) {
        world.later(20 * second, () => this.hold(10 + random.int(95)));
      }
      this.stay("kitchen", random.int(30) * minute + 30 * second, () => this.decide());
    });
  }

  private hold(minutes: number): void {
    this.world.tell({ kind: "stove-hold-requested", client: "tablet", minutes });
  }

  private decide(): void {
    const { random } = this;
    const chosen = random.next();
    if (chosen < 0.35) this.switchOff();
    else if (chosen < 0.6) this.stay("bath", random.int(20) * minute, () => this.comeBack());
    else if (chosen < 0.75) this.leaveHome();
    // Asleep in the kitchen chair: there, and not to be seen.
    else if (chosen < 0.85) this.room = "asleep";
    else this.stay("hall", random.int(60) * minute, () => this.comeBack());
  }

  private switchOff(): void {
    this.world.turn(0, null);
    this.stay("hall", minute, this.nothing);
  }

  private comeBack(): void {
    if (this.random.chance(0.5)) this.stay("kitchen", 2 * minute, () => this.decide());
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

  /** What the person does when the home warns. */
  warned(): void {
    const { world, random } = this;
    if (this.room === "away" || this.room === "asleep" || random.chance(0.4)) return;
    const soon = 2 * second + random.int(16) * second;
    if (random.chance(0.5)) {
      world.later(soon, () => world.tell({ kind: "presence-said", client: "tablet" }));
    } else {
      world.later(soon, () => this.stay("kitchen", 3 * minute, () => this.decide()));
    }
  }

  /** After a cut: asks for the stove back, now and then too early, or presses the plug. */
  wantsBack(): void {
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

function useDoor(world: StoveWorld): void {
  world.sensorSays({ kind: "contact-sensed", device: "door", open: true });
  world.later(5 * second + world.random.int(25) * second, () =>
    world.sensorSays({ kind: "contact-sensed", device: "door", open: false }),
  );
}

const plugFaults: readonly PlugFault[] = ["weld", "lie", "refuse", "mute", "slow", "deaf"];

/** Something goes wrong for a while. */
function trouble(world: StoveWorld): void {
  const { random } = world;
  const length = random.chance(0.7) ? random.int(20) * minute : random.int(6) * hour;
  switch (random.int(8)) {
    case 0:
    case 1: {
      world.plug.fault = random.pick(plugFaults);
      if (world.plug.fault === "weld") world.weldShut();
      world.later(length, () => {
        world.plug.fault = "none";
      });
      return;
    }
    case 2:
    case 3: {
      const room = random.pick(["kitchen", "kitchen", "hall", "bath"]);
      world.setSensor(room, random.pick(["mute", "stuck"]));
      world.later(length, () => world.setSensor(room, "none"));
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
    default: {
      const device = random.pick(["smoke", "heat"] as const);
      const sensed = (present: boolean) =>
        world.sensorSays({ kind: "hazard-sensed", device, hazard: device, present });
      sensed(true);
      world.later(random.int(20) * minute, () => sensed(false));
    }
  }
}

/** What a healthy home says by itself. */
function checkIns(world: StoveWorld): void {
  const battery = ["kitchen", "hall", "bath", "door", "smoke", "heat", "leak", "sos"];
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
    world.later(random.int(length), () => cook.cook());
  }
  for (let visit = random.int(3); visit > 0; visit -= 1) {
    world.later(random.int(length), () => useDoor(world));
  }
  for (let fault = random.int(7); fault > 0; fault -= 1) {
    world.later(random.int(length), () => trouble(world));
  }
}

/** One seed: a day and a half, judged at every step. */
export function runStoveSeed(seed: number): StoveRun {
  const random = seededRandom(seed);
  const truths: StoveTruths = new StoveTruths(() => world);
  const world: StoveWorld = new StoveWorld(random, (step) => {
    truths.after(step);
    for (const effect of step.effects) {
      if (effect.kind !== "announce") continue;
      if (effect.key === "stove-unattended") cook.warned();
      if (effect.key === "stove-cut") cook.wantsBack();
    }
  });
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
