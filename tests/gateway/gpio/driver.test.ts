import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGpio } from "../../../gateway/gpio/driver.ts";
import type { Gpio } from "../../../gateway/gpio/gpio.ts";
import { gpioSchema } from "../../../gateway/gpio/settings.ts";
import type { Fact } from "../../../rules/events.ts";
import { Wires } from "./wires.ts";

const cord = 5;
const [aux1, aux2, pulse, enable, mirror, buzzer] = [22, 23, 24, 25, 6, 18];

let wires: Wires;
let facts: Fact[];
let faults: string[];
let gpio: Gpio;

function open(written: unknown): void {
  gpio = createGpio({
    settings: gpioSchema.parse(written),
    lines: wires,
    clock: wires.clock,
    hear: (fact) => facts.push(fact),
    onFault: (sentence) => faults.push(sentence),
  });
  gpio.start();
  // Past the time in which a kernel reports edges for the act of watching.
  wires.pass(1_000);
  gpio.look();
}

const kinds = (): string[] => facts.map((fact) => fact.kind).filter((it) => it !== "device-heard");
const room = "bath";
const withCord = { sos: [{ id: "bath-cord", room, gpio: cord }] };

beforeEach(() => {
  wires = new Wires();
  facts = [];
  faults = [];
});
afterEach(() => gpio.stop());

describe("the emergency cord", () => {
  test("I1: an opening contact is a call at its first edge; bouncing is the same call", () => {
    open(withCord);
    wires.edge(cord, true);
    expect(facts).toContainEqual({ kind: "button-pressed", device: "bath-cord" });
    for (const high of [false, true, false, true]) {
      wires.pass(3);
      wires.edge(cord, high);
    }
    gpio.look();
    expect(kinds()).toEqual(["button-pressed"]);
  });

  test("I1: a press that nobody could read is a call", () => {
    open(withCord);
    wires.ghost(cord);
    expect(kinds()).toEqual(["button-pressed"]);
  });

  test("a lost interrupt loses no call", () => {
    open(withCord);
    wires.high.set(cord, true);
    gpio.look();
    expect(kinds()).toEqual(["button-pressed"]);
  });

  test("a second pull is a second press", () => {
    open(withCord);
    for (let pull = 0; pull < 2; pull += 1) {
      wires.edge(cord, true);
      wires.pass(300);
      wires.edge(cord, false);
      wires.pass(300);
      gpio.look();
    }
    expect(kinds()).toEqual(["button-pressed", "button-pressed"]);
  });

  test("I5: a cord that is pulled while the gateway starts is a call", () => {
    wires.high.set(cord, true);
    open(withCord);
    expect(kinds()).toEqual(["button-pressed"]);
  });

  test("the edge that some kernels report for watching is no call", () => {
    gpio = createGpio({
      settings: gpioSchema.parse(withCord),
      lines: wires,
      clock: wires.clock,
      hear: (fact) => facts.push(fact),
      onFault: (sentence) => faults.push(sentence),
    });
    gpio.start();
    wires.ghost(cord);
    expect(kinds()).toEqual([]);
  });

  test("I6: a cord that hangs open is said once to be stuck or cut", () => {
    open(withCord);
    wires.edge(cord, true);
    for (let minute = 0; minute < 3; minute += 1) {
      wires.pass(60_000);
      gpio.look();
    }
    expect(kinds()).toEqual(["button-pressed", "button-unclear"]);
  });

  test("I6: only a pin that can be read is a sign of life", () => {
    open(withCord);
    expect(facts).toContainEqual({ kind: "device-heard", device: "bath-cord" });
    facts.length = 0;
    wires.broken.add(cord);
    wires.pass(120_000);
    gpio.look();
    expect(facts).toEqual([]);
  });

  test("one pin that cannot be opened leaves the others working", () => {
    wires.refused.add(9);
    open({ sos: [{ id: "dead", room, gpio: 9 }, ...withCord.sos] });
    expect(faults).toEqual(["GPIO 9 cannot be opened: in use"]);
    wires.edge(cord, true);
    expect(kinds()).toEqual(["button-pressed"]);
  });
});

describe("the contacts of a certified stove guard", () => {
  const written = { stove_guard: { id: "guard", room: "kitchen", aux1, aux2 } };
  const close = (pin: number | undefined): void => wires.edge(pin ?? 0, false);
  const release = (pin: number | undefined): void => {
    wires.edge(pin ?? 0, true);
    wires.pass(60);
    gpio.look();
  };
  beforeEach(() => {
    wires.high.set(22, true);
    wires.high.set(23, true);
    open(written);
  });

  test("cooking and its end are told, without a hazard", () => {
    facts.length = 0;
    close(aux2);
    release(aux2);
    expect(facts).toEqual([
      { kind: "contact-sensed", device: "guard", open: false },
      { kind: "contact-sensed", device: "guard", open: true },
    ]);
  });

  test("I6: any pair beyond cooking is taken for danger until it is gone", () => {
    facts.length = 0;
    close(aux1);
    expect(facts).toEqual([
      { kind: "hazard-sensed", device: "guard", hazard: "heat", present: true },
    ]);
    close(aux2);
    release(aux1);
    expect(facts.slice(1)).toEqual([
      { kind: "hazard-sensed", device: "guard", hazard: "heat", present: false },
      { kind: "contact-sensed", device: "guard", open: false },
    ]);
  });

  test("I6: the first word after a start or a dead wire says also that there is no danger", () => {
    const calm = { kind: "hazard-sensed", device: "guard", hazard: "heat", present: false };
    expect(facts).toContainEqual(calm);
    close(aux1);
    // The danger ends while nobody can read the wire: the rules still hold it.
    wires.broken.add(22);
    gpio.look();
    wires.high.set(22, true);
    wires.pass(60);
    wires.broken.delete(22);
    facts.length = 0;
    gpio.look();
    wires.pass(60);
    gpio.look();
    expect(facts).toContainEqual(calm);
    facts.length = 0;
    close(aux1);
    expect(facts).toEqual([{ ...calm, present: true }]);
  });

  test("a ghost edge is no danger", () => {
    facts.length = 0;
    wires.ghost(22);
    expect(facts).toEqual([]);
  });
});

describe("the relay of the stove", () => {
  const relay = { id: "stove", room: "kitchen", pulse, mirror };
  /** A contactor whose mirror contact follows: low (closed) only while the mains are open. */
  const mains = (closed: boolean): void => wires.edge(mirror ?? 0, closed);

  test("I7: it is dropped at start, and no beat brings it back", () => {
    open({ stove_relay: relay });
    for (let beat = 0; beat < 5; beat += 1) gpio.beat();
    expect(wires.written.filter((one) => one.gpio === pulse && one.high)).toEqual([]);
    expect(facts).toContainEqual({ kind: "relay-read", device: "stove", on: false });
  });

  test("every beat changes the pulse, and without beats nothing moves", async () => {
    open({ stove_relay: relay });
    const given = gpio.givePower("stove");
    mains(true);
    gpio.look();
    expect(await given).toMatchObject({ ok: true });
    wires.written.length = 0;
    for (let beat = 0; beat < 4; beat += 1) gpio.beat();
    expect(wires.written.map((one) => one.high)).toEqual([false, true, false, true]);
    wires.pass(3_600_000);
    gpio.look();
    expect(wires.written).toHaveLength(4);
  });

  test("I2: a cut is proved by the mirror contact alone", async () => {
    open({ stove_relay: { ...relay, enable } });
    const given = gpio.givePower("stove");
    mains(true);
    gpio.look();
    await given;
    const cut = gpio.cutPower("stove");
    expect(wires.high.get(24)).toBe(false);
    expect(wires.high.get(25)).toBe(false);
    wires.pass(20);
    mains(false);
    wires.pass(60);
    gpio.look();
    expect(await cut).toMatchObject({ ok: true });
    expect(facts.at(-1)).toMatchObject({ kind: "relay-read", on: false });
  });

  test("I2: a welded contact is not called off", async () => {
    open({ stove_relay: { ...relay, enable } });
    const given = gpio.givePower("stove");
    mains(true);
    gpio.look();
    await given;
    const cut = gpio.cutPower("stove");
    wires.pass(1_001);
    gpio.look();
    const outcome = await cut;
    expect(outcome.ok).toBe(false);
    expect(outcome.detail).toContain("still open");
  });

  test("I7: after a cut no beat pulses until power is given again", async () => {
    open({ stove_relay: relay });
    const given = gpio.givePower("stove");
    const cut = gpio.cutPower("stove");
    expect((await given).ok).toBe(false);
    expect((await cut).ok).toBe(true);
    wires.written.length = 0;
    gpio.beat();
    expect(wires.written).toEqual([]);
  });

  test("a pin that refuses to go low is said", async () => {
    open({ stove_relay: relay });
    wires.broken.add(24);
    expect(await gpio.cutPower("stove")).toMatchObject({ ok: false });
  });

  /** Lets time pass as it does: a beat each second, looks between. */
  const run = (length_s: number): void => {
    for (let second = 0; second < length_s; second += 1) {
      gpio.beat();
      for (let look = 0; look < 20; look += 1) {
        wires.pass(50);
        gpio.look();
      }
    }
  };
  const give = async (): Promise<void> => {
    const given = gpio.givePower("stove");
    mains(true);
    gpio.look();
    await given;
  };
  const highs = (): number => wires.written.filter((one) => one.gpio === 24 && one.high).length;

  test("I7: a contactor that does not pull in is said, and does not do so later", async () => {
    open({ stove_relay: { ...relay, enable } });
    const given = gpio.givePower("stove");
    run(4);
    expect((await given).ok).toBe(false);
    expect(wires.high.get(25)).toBe(false);
    wires.written.length = 0;
    run(20);
    expect(highs()).toBe(0);
    expect(faults.at(-1)).toMatch(/did not pull in: the stove stays off/);
  });

  test("I7: a contactor that fell, with the mains or its timer, does not close again", async () => {
    open({ stove_relay: { ...relay, enable } });
    await give();
    run(60);
    expect(faults).toEqual([]);
    mains(false);
    run(1);
    wires.written.length = 0;
    run(20);
    expect(highs()).toBe(0);
    expect(wires.high.get(25)).toBe(false);
    expect(faults).toEqual([expect.stringMatching(/fell by itself: the stove stays off/)]);
    // Somebody gives power again: that is an act, and it holds.
    await give();
    run(20);
    expect(highs()).toBeGreaterThan(9);
  });

  test("I7: a loop that hung does not close what fell meanwhile, whatever runs first", async () => {
    open({ stove_relay: relay });
    await give();
    run(5);
    wires.pass(11_000);
    wires.high.set(6, false);
    wires.written.length = 0;
    // The beat comes before any look at the mirror contact.
    gpio.beat();
    run(20);
    expect(highs()).toBe(0);
    expect(faults).toEqual([expect.stringMatching(/paused for 1\d{4} ms: the stove stays off/)]);
  });

  test("a pause that no timer can have used harms nothing", async () => {
    open({ stove_relay: relay });
    await give();
    run(5);
    wires.pass(3_900);
    run(5);
    expect(faults).toEqual([]);
    expect(highs()).toBeGreaterThan(4);
  });

  test("a reading is asked for and comes as a fact", async () => {
    open({ stove_relay: relay });
    facts.length = 0;
    expect((await gpio.readRelay("stove")).ok).toBe(true);
    expect(facts).toEqual([{ kind: "relay-read", device: "stove", on: false }]);
    wires.broken.add(6);
    gpio.look();
    expect((await gpio.readRelay("stove")).ok).toBe(false);
    expect((await gpio.readRelay("other")).ok).toBe(false);
  });

  test("stopping lets go and settles what waits", async () => {
    open({ stove_relay: relay });
    const given = gpio.givePower("stove");
    gpio.stop();
    expect((await given).ok).toBe(false);
    expect(wires.high.get(24)).toBe(false);
    expect(wires.closed).toBe(true);
  });
});

test("the buzzer has a rhythm for each pattern and is silent without one", () => {
  open({ buzzer });
  const share = (): number => {
    let on = 0;
    for (let step = 0; step < 400; step += 1) {
      wires.pass(50);
      gpio.look();
      if (wires.high.get(18)) on += 1;
    }
    return on / 400;
  };
  expect(share()).toBe(0);
  gpio.signal("called");
  expect(share()).toBeLessThan(0.05);
  gpio.signal("warning");
  expect(share()).toBeCloseTo(0.5, 1);
  gpio.signal("alarm");
  expect(share()).toBeGreaterThan(0.7);
  gpio.signal("none");
  expect(wires.high.get(18)).toBe(false);
});

test("wired devices are owned, others are not", () => {
  open({ ...withCord, stove_relay: { id: "stove", room, pulse, mirror } });
  expect(gpio.owns("bath-cord")).toBe(true);
  expect(gpio.owns("stove")).toBe(true);
  expect(gpio.owns("plug")).toBe(false);
});
