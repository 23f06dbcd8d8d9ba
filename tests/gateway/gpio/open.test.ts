import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { besideRadio } from "../../../gateway/gpio/beside-radio.ts";
import { headerBase, sysfsGpio } from "../../../gateway/gpio/header.ts";
import { openGpio } from "../../../gateway/gpio/open.ts";
import { gpioFaults, gpioSchema, wiredDevices } from "../../../gateway/gpio/settings.ts";
import type { ActOutcome, Radio } from "../../../gateway/ports.ts";
import type { Fact } from "../../../rules/events.ts";
import { Wires } from "./wires.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-gpio-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function chip(name: string, label: string, base: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "label"), `${label}\n`);
  writeFileSync(join(folder, name, "base"), `${base}\n`);
}

describe("where the kernel counts the header from", () => {
  test("a Pi 4 before and after kernel 6.6", () => {
    chip("gpiochip0", "pinctrl-bcm2711", "0");
    expect(headerBase(folder)).toBe(0);
    rmSync(join(folder, "gpiochip0"), { recursive: true });
    chip("gpiochip504", "raspberrypi-exp-gpio", "504");
    chip("gpiochip512", "pinctrl-bcm2711", "512");
    expect(headerBase(folder)).toBe(512);
  });

  test("a Pi 5 has the header on another chip than its own pins", () => {
    chip("gpiochip512", "gpio-brcmstb@107d508500", "512");
    chip("gpiochip571", "pinctrl-rp1", "571");
    expect(headerBase(folder)).toBe(571);
  });

  test("without a header there is one sentence with a remedy", () => {
    expect(() => headerBase(join(folder, "none"))).toThrow(/has no GPIO.*Remedy/);
    chip("gpiochip0", "some-board", "0");
    expect(() => headerBase(folder)).toThrow(/no chip of a Raspberry Pi header among: some-board/);
  });
});

describe("opening", () => {
  const cord = { sos: [{ id: "cord", room: "bath", gpio: 17 }] };

  test.skipIf(existsSync(sysfsGpio))("a machine without a header says so once and goes on", () => {
    const faults: string[] = [];
    const gpio = openGpio({
      settings: gpioSchema.parse(cord),
      dataDir: folder,
      clock: new Wires().clock,
      hear: () => undefined,
      onFault: (sentence) => faults.push(sentence),
    });
    expect(gpio).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^\/sys\/class\/gpio is not there: .*Remedy: /);
  });

  test("the stand-in's pins are files: a healthy home first, then a pulled cord", async () => {
    const heard: Fact[] = [];
    const settings = gpioSchema.parse({
      ...cord,
      lines: "stand-in",
      stove_guard: { id: "guard", room: "kitchen", aux1: 22, aux2: 23 },
      stove_relay: { id: "stove", room: "kitchen", pulse: 24, mirror: 6 },
    });
    const gpio = openGpio({
      settings,
      dataDir: folder,
      clock: new Wires().clock,
      hear: (fact) => heard.push(fact),
      onFault: (sentence) => expect.fail(sentence),
    });
    gpio?.start();
    const isLoud = (fact: Fact): boolean =>
      fact.kind === "button-pressed" || (fact.kind === "hazard-sensed" && fact.present);
    expect(heard.filter(isLoud)).toEqual([]);
    expect(readFileSync(join(folder, "gpio", "gpio24"), "utf8")).toBe("0\n");
    writeFileSync(join(folder, "gpio", "gpio17"), "1\n");
    gpio?.look();
    expect(heard.at(-1)).toEqual({ kind: "button-pressed", device: "cord" });
    void gpio?.givePower("stove");
    expect(readFileSync(join(folder, "gpio", "gpio24"), "utf8")).toBe("1\n");
    gpio?.stop();
    expect(readFileSync(join(folder, "gpio", "gpio24"), "utf8")).toBe("0\n");
  });
});

describe("settings", () => {
  test("a pin that the header does not have is refused in a sentence", () => {
    const read = gpioSchema.safeParse({ buzzer: 40 });
    expect(read.error?.issues[0]?.message).toBe(
      "a Pi header has GPIO 2 to 27 (hardware.md, Pin table)",
    );
  });

  test("a pin with two users is refused in a sentence", () => {
    const settings = gpioSchema.parse({
      sos: [{ id: "cord", room: "bath", gpio: 17 }],
      stove_guard: { id: "guard", room: "kitchen", aux1: 5, aux2: 6 },
      stove_relay: { id: "stove", room: "kitchen", pulse: 24, enable: 17, mirror: 5 },
      buzzer: 18,
    });
    expect(gpioFaults(settings)).toEqual([
      "gpio.stove_relay.mirror: GPIO 5 is already used by stove_guard.aux1; wire it elsewhere",
      "gpio.stove_relay.enable: GPIO 17 is already used by sos[0].gpio; wire it elsewhere",
    ]);
    expect(wiredDevices(settings).map((device) => [device.id, device.roles])).toEqual([
      ["cord", ["sos-button"]],
      ["guard", ["heat"]],
      ["stove", ["stove-relay"]],
    ]);
  });
});

test("acts go to the wire that has the device, and to the radio otherwise", async () => {
  const asked: string[] = [];
  const outcome = (word: string): Promise<ActOutcome> => {
    asked.push(word);
    return Promise.resolve({ ok: true, detail: "radio" });
  };
  const radio: Radio = {
    start: () => asked.push("start"),
    stop: () => outcome("stop").then(() => undefined),
    cutPower: (device, way) => outcome(`cut ${device} ${way}`),
    givePower: (device) => outcome(`give ${device}`),
    readRelay: (device) => outcome(`read ${device}`),
    signal: (pattern) => asked.push(`signal ${pattern}`),
    wish: (device, level) => outcome(`wish ${device} ${level}`),
  };
  const gpio = openGpio({
    settings: gpioSchema.parse({
      lines: "stand-in",
      stove_relay: { id: "wired", room: "kitchen", pulse: 24, mirror: 6 },
    }),
    dataDir: folder,
    clock: new Wires().clock,
    hear: () => undefined,
    onFault: (sentence) => expect.fail(sentence),
  });
  if (gpio === undefined) throw new Error("the stand-in did not open");
  const both = besideRadio(radio, gpio);
  both.start();
  expect((await both.cutPower("wired", "direct")).detail).toContain("mirror contact");
  expect((await both.readRelay("wired")).detail).toContain("mirror contact");
  await both.cutPower("plug", "group");
  await both.givePower("plug");
  await both.readRelay("plug");
  await both.wish("lamp", 20);
  both.signal("warning");
  await both.stop();
  expect(asked).toEqual([
    "start",
    "cut plug group",
    "give plug",
    "read plug",
    "wish lamp 20",
    "signal warning",
    "stop",
  ]);
});
