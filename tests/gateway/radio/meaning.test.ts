/** What a frame means, without a radio: SOS devices, and facts by role. */
import { describe, expect, test } from "vitest";
import type { Heard } from "../../../gateway/radio/heard.ts";
import { Repeats, sosMeaning } from "../../../gateway/radio/raw.ts";
import { type Spoken, translate } from "../../../gateway/radio/translate.ts";
import type { Role } from "../../../protocol/home.ts";

function heard(
  type: string,
  cluster: string | number,
  data: Record<string, unknown> = {},
  bytes: readonly number[] = [1, 2, 3],
): Heard {
  return { type, cluster, data, endpoint: 1, bytes: Uint8Array.from(bytes) };
}

const zone = (zonestatus: number): Heard =>
  heard("commandStatusChangeNotification", "ssIasZone", { zonestatus });

describe("I6: the meaning of an SOS device's frame", () => {
  const presses: readonly [string, Heard][] = [
    ["zone alarm 1", zone(0b01)],
    ["zone alarm 2", zone(0b10)],
    ["zone alarm with tamper and low battery", zone(0b1101)],
    ["zone status reported as attribute", heard("attributeReport", "ssIasZone", { zoneStatus: 1 })],
    ["panel emergency", heard("commandEmergency", "ssIasAce")],
    ["panel panic", heard("commandPanic", "ssIasAce")],
    ["panel fire", heard("commandFire", "ssIasAce")],
    ["on", heard("commandOn", "genOnOff")],
    ["off", heard("commandOff", "genOnOff")],
    ["a maker's own on/off action", heard("commandTuyaAction", "genOnOff", { value: 0 })],
    ["recall of a scene", heard("commandRecall", "genScenes")],
    ["a long press", heard("commandMove", "genLevelCtrl")],
    ["its end, when its beginning was lost", heard("commandStop", "genLevelCtrl")],
    ["a multistate report", heard("attributeReport", "genMultistateInput", { presentValue: 0 })],
  ];
  test.each(presses)("%s is a press", (_name, frame) => {
    expect(sosMeaning(frame, {})).toBe("pressed");
  });

  const routines: readonly [string, Heard][] = [
    ["all is well", zone(0)],
    ["low battery", zone(1 << 3)],
    ["supervision report", zone((1 << 4) | (1 << 5))],
    ["enrolment", heard("commandEnrollReq", "ssIasZone", { zonetype: 0x2c })],
    ["an answer to our question", heard("readResponse", "ssIasZone", { zoneState: 1 })],
    ["battery report", heard("attributeReport", "genPowerCfg", { batteryVoltage: 30 })],
    ["check-in", heard("commandCheckin", "genPollCtrl")],
    ["basic report", heard("attributeReport", "genBasic", { appVersion: 3 })],
    ["question for the time", heard("read", "genTime")],
    ["question for firmware", heard("commandQueryNextImageRequest", "genOta")],
  ];
  test.each(routines)("%s is routine", (_name, frame) => {
    expect(sosMeaning(frame, {})).toBe("routine");
  });

  const unclear: readonly [string, Heard][] = [
    ["tamper alone", zone(1 << 2)],
    ["test mode", zone(1 << 8)],
    ["a bit nobody has defined", zone(1 << 15)],
    ["arming", heard("commandArm", "ssIasAce", { armmode: 3 })],
    ["bytes that could not be parsed", heard("raw", 0xfc00)],
    ["unparsed bytes in a routine cluster", heard("raw", "genPowerCfg")],
    ["a maker's own cluster", heard("commandDataReport", "manuSpecificTuya")],
  ];
  test.each(unclear)("%s is unclear, never silence", (_name, frame) => {
    expect(sosMeaning(frame, {})).toBe("unclear");
  });

  test("what the model's converter calls an action is a press", () => {
    const frame = heard("commandDataReport", "manuSpecificTuya");
    expect(sosMeaning(frame, { action: "emergency" })).toBe("pressed");
    expect(sosMeaning(frame, { action: "" })).toBe("unclear");
  });
});

describe("I9: repeats", () => {
  test("the same frame within 4 s is one press; a new sequence number is a new one", () => {
    const repeats = new Repeats();
    const first = heard("commandEmergency", "ssIasAce", {}, [0x01, 7, 0x02]);
    const second = heard("commandEmergency", "ssIasAce", {}, [0x01, 8, 0x02]);
    expect(repeats.isRepeat("neck", first, 0)).toBe(false);
    expect(repeats.isRepeat("neck", first, 1_000)).toBe(true);
    expect(repeats.isRepeat("bath", first, 1_000)).toBe(false);
    expect(repeats.isRepeat("neck", second, 1_100)).toBe(false);
    expect(repeats.isRepeat("neck", first, 2_000)).toBe(true);
  });

  test("a button that counts anew is believed again after 4 s", () => {
    const repeats = new Repeats();
    const press = heard("commandEmergency", "ssIasAce", {}, [0x01, 0, 0x02]);
    expect(repeats.isRepeat("neck", press, 0)).toBe(false);
    expect(repeats.isRepeat("neck", press, 3_999)).toBe(true);
    expect(repeats.isRepeat("neck", press, 4_000)).toBe(false);
  });
});

describe("facts by role", () => {
  const facts = (
    roles: readonly Role[],
    frame: Heard,
    converted: Record<string, unknown> = {},
    more: Partial<Pick<Spoken, "scale" | "stove">> = { stove: { isRelay: true, isMeter: true } },
  ): readonly object[] => translate({ device: "it", roles, heard: frame, converted, ...more });

  test("I6: occupancy repeated in a battery report is no motion", () => {
    const report = heard("attributeReport", "genPowerCfg", { batteryPercentageRemaining: 180 });
    expect(facts(["kitchen-motion"], report, { occupancy: true, battery: 90 })).toEqual([
      { kind: "battery-read", device: "it", percent: 90 },
    ]);
  });

  test("I6: an answer to our own question is no motion", () => {
    const answer = heard("readResponse", "msOccupancySensing", { occupancy: 1 });
    expect(facts(["bath-motion"], answer)).toEqual([{ kind: "device-heard", device: "it" }]);
  });

  test("motion by zone, by occupancy, and by the model's own way", () => {
    const moving = { kind: "motion-sensed", device: "it", moving: true };
    expect(facts(["hall-motion"], zone(1))).toEqual([moving]);
    const report = heard("attributeReport", "msOccupancySensing", { occupancy: 1 });
    expect(facts(["hall-motion"], report)).toEqual([moving]);
    const own = heard("commandDataReport", "manuSpecificTuya");
    expect(facts(["bed"], own, { presence: true })).toEqual([moving]);
  });

  test("a hazard that either reading sees is a hazard", () => {
    const smoke = { kind: "hazard-sensed", device: "it", hazard: "smoke", present: true };
    expect(facts(["smoke"], zone(1), { smoke: false })).toEqual([smoke]);
    expect(facts(["smoke"], zone(0), { smoke: true })).toEqual([smoke]);
    expect(facts(["leak"], zone(0))).toEqual([{ ...smoke, hazard: "leak", present: false }]);
  });

  test("54 degrees over the stove are heat, 53 are a temperature", () => {
    const at = (hundredths: number): readonly object[] =>
      facts(
        ["heat"],
        heard("attributeReport", "msTemperatureMeasurement", { measuredValue: hundredths }),
      );
    expect(at(5_400)).toContainEqual(
      expect.objectContaining({ kind: "hazard-sensed", hazard: "heat", present: true }),
    );
    expect(at(5_300)).toContainEqual(expect.objectContaining({ present: false }));
    expect(at(5_300)).toContainEqual({ kind: "temperature-sensed", device: "it", celsius: 53 });
    expect(at(-0x8000)).toEqual([{ kind: "device-heard", device: "it" }]);
  });

  test("a meter's figure is nothing without its scale", () => {
    const demand = heard("attributeReport", "seMetering", { instantaneousDemand: 1_800 });
    expect(facts(["stove-meter"], demand)).toEqual([{ kind: "device-heard", device: "it" }]);
    const scale = { multiplier: 1, divisor: 1_000 };
    const stove = { isRelay: false, isMeter: true };
    expect(facts(["stove-meter"], demand, {}, { scale, stove })).toEqual([
      { kind: "power-read", device: "it", watts: 1_800 },
    ]);
  });

  test("I6: another socket of the plug proves nothing of the stove, and shows that it lives", () => {
    const roles: readonly Role[] = ["stove-relay", "stove-meter"];
    const stove = { isRelay: false, isMeter: false };
    const off = heard("attributeReport", "genOnOff", { onOff: 0 });
    const idle = heard("attributeReport", "haElectricalMeasurement", { activePower: 0 });
    for (const frame of [off, idle]) {
      expect(facts(roles, frame, { power: 0 }, { stove })).toEqual([
        { kind: "device-heard", device: "it" },
      ]);
      // A source that nobody named is no proof either.
      expect(facts(roles, frame, {}, {})).toEqual([{ kind: "device-heard", device: "it" }]);
    }
  });

  test("a metering plug is relay and meter in one", () => {
    const onOff = heard("readResponse", "genOnOff", { onOff: 1 });
    expect(facts(["stove-relay", "stove-meter"], onOff, { state: "ON" })).toEqual([
      { kind: "relay-read", device: "it", on: true },
    ]);
  });

  test("battery figures that mean unknown are not told", () => {
    const unknown = { batteryVoltage: 0xff, batteryPercentageRemaining: 0xff };
    const report = heard("attributeReport", "genPowerCfg", unknown);
    expect(facts(["temperature"], report)).toEqual([{ kind: "device-heard", device: "it" }]);
    const known = heard("attributeReport", "genPowerCfg", { batteryVoltage: 27 });
    expect(facts(["temperature"], known, { voltage: 2_700 })).toEqual([
      { kind: "battery-read", device: "it", volts: 2.7 },
    ]);
  });

  test("the grid's voltage is no battery", () => {
    const report = heard("attributeReport", "haElectricalMeasurement", { rmsVoltage: 230 });
    expect(facts(["stove-meter"], report, { voltage: 230 })).toEqual([
      { kind: "device-heard", device: "it" },
    ]);
  });
});
