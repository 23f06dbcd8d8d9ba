/**
 * From a message to facts by role. Pure: no clock, no radio. Every message gives at least one fact.
 */
import type { Role } from "../../protocol/home.ts";
import type { DeviceFact } from "../../rules/events.ts";
import type { Heard } from "./heard.ts";
import { motionIn, type Reading, readConverted, readStandard, type Scale } from "./standard.ts";

export interface Spoken {
  /** The id in the home's plan. */
  readonly device: string;
  readonly roles: readonly Role[];
  readonly heard: Heard;
  /** What the model's converter made of this very message; empty where there is none. */
  readonly converted: Readonly<Record<string, unknown>>;
  readonly scale?: Scale;
  /** Absent for a device that has nothing to do with the stove. */
  readonly stove?: StoveSource;
  /** Of a light or a cover, 0 to 100: what levels.ts made of this and earlier messages. */
  readonly level?: number;
}

/**
 * Whether a message came from the endpoint that answers for the stove. Another socket of the same
 * plug only shows that the plug lives.
 */
export interface StoveSource {
  readonly isRelay: boolean;
  readonly isMeter: boolean;
}

/** EN 54-5 class A1: a heat detector answers at 54 °C at the earliest. */
const heatAlarm_C = 54;

/** An alarm that either reading sees is an alarm. */
function either(...readings: readonly (boolean | undefined)[]): boolean | undefined {
  if (readings.includes(true)) return true;
  return readings.find((reading) => reading !== undefined);
}

interface Read {
  readonly spoken: Spoken;
  readonly standard: Reading;
  readonly converted: Reading;
}

function hazard(
  { spoken, standard, converted }: Read,
  what: "smoke" | "heat" | "leak",
): readonly DeviceFact[] {
  const said = what === "heat" ? undefined : converted[what];
  const celsius = converted.celsius ?? standard.celsius;
  const hot = what === "heat" && celsius !== undefined ? celsius >= heatAlarm_C : undefined;
  const present = either(said, standard.zoneAlarm, hot);
  if (present === undefined) return [];
  return [{ kind: "hazard-sensed", device: spoken.device, hazard: what, present }];
}

function temperature({ spoken, standard, converted }: Read): readonly DeviceFact[] {
  const celsius = converted.celsius ?? standard.celsius;
  if (celsius === undefined) return [];
  return [{ kind: "temperature-sensed", device: spoken.device, celsius }];
}

function factsOfRole(role: Role, read: Read): readonly DeviceFact[] {
  const { device, heard } = read.spoken;
  switch (role) {
    case "kitchen-motion":
    case "bath-motion":
    case "hall-motion":
    case "bedroom-motion":
    case "living-motion":
    case "bed": {
      const moving = motionIn(heard, read.standard, read.converted);
      return moving === undefined ? [] : [{ kind: "motion-sensed", device, moving }];
    }
    case "front-door": {
      const open = read.converted.open ?? read.standard.zoneAlarm;
      return open === undefined ? [] : [{ kind: "contact-sensed", device, open }];
    }
    case "smoke":
    case "leak":
      return hazard(read, role);
    case "heat":
      return [...hazard(read, role), ...temperature(read)];
    case "temperature":
      return temperature(read);
    case "stove-relay": {
      const { on } = read.standard;
      const isOurs = read.spoken.stove?.isRelay === true;
      return on === undefined || !isOurs ? [] : [{ kind: "relay-read", device, on }];
    }
    case "stove-meter": {
      const watts = read.converted.watts ?? read.standard.watts;
      const isOurs = read.spoken.stove?.isMeter === true;
      return watts === undefined || !isOurs ? [] : [{ kind: "power-read", device, watts }];
    }
    // An SOS frame is read by raw.ts alone, a light or a cover by levels.ts; a siren only shows
    // that it lives.
    case "sos-button":
    case "light":
    case "cover":
    case "siren":
      return [];
    default:
      return role satisfies never;
  }
}

function batteryFacts({ spoken, standard, converted }: Read): readonly DeviceFact[] {
  const volts = converted.volts ?? standard.volts;
  const percent = converted.percent ?? standard.percent;
  if (volts === undefined && percent === undefined) return [];
  return [
    {
      kind: "battery-read",
      device: spoken.device,
      ...(volts === undefined ? {} : { volts }),
      ...(percent === undefined ? {} : { percent }),
    },
  ];
}

export function translate(spoken: Spoken): readonly DeviceFact[] {
  const read: Read = {
    spoken,
    standard: readStandard(spoken.heard, spoken.scale),
    converted: readConverted(spoken.heard, spoken.converted),
  };
  const { device, level } = spoken;
  const facts: readonly DeviceFact[] = [
    ...spoken.roles.flatMap((role) => factsOfRole(role, read)),
    ...(level === undefined ? [] : [{ kind: "level-read", device, level } as const]),
    ...batteryFacts(read),
  ];
  return facts.length > 0 ? facts : [{ kind: "device-heard", device: spoken.device }];
}
