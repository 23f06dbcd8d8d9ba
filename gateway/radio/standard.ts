/** What a message says by the Zigbee Cluster Library alone, without knowing the model. Pure. */
import {
  type Heard,
  housekeeping,
  isSpontaneous,
  numberIn,
  zoneAlarm,
  zoneStatus,
} from "./heard.ts";

/** What one message says; absent means that it says nothing about it. */
export interface Reading {
  readonly zoneAlarm?: boolean;
  readonly occupied?: boolean;
  readonly open?: boolean;
  readonly smoke?: boolean;
  readonly leak?: boolean;
  readonly on?: boolean;
  /** Of a light, 0 to 254; kept by many while they are off. */
  readonly brightness?: number;
  /** How far a cover is closed, 0 to 100. */
  readonly closed_percent?: number;
  readonly watts?: number;
  readonly celsius?: number;
  readonly volts?: number;
  readonly percent?: number;
}

/** How a meter's raw figure becomes watts; read from the device when it was joined. */
export interface Scale {
  readonly multiplier: number;
  readonly divisor: number;
}

/** ZCL 3.3.2.2.3, 3.10.2.3.1, 4.4.2.2.1 and 7.4.2.1.6: these figures mean "unknown". */
const unknownByte = 0xff;
const unknownTemperature = -0x8000;

function battery(heard: Heard): Reading {
  const tenths = numberIn(heard, "batteryVoltage");
  const halves = numberIn(heard, "batteryPercentageRemaining");
  return {
    ...(tenths === undefined || tenths === unknownByte ? {} : { volts: tenths / 10 }),
    ...(halves === undefined || halves === unknownByte ? {} : { percent: halves / 2 }),
  };
}

function watts(heard: Heard, scale: Scale | undefined): Reading {
  const active = numberIn(heard, "activePower");
  const demand_kW = numberIn(heard, "instantaneousDemand");
  const factor = scale === undefined ? undefined : scale.multiplier / scale.divisor;
  // Without its scale a metering figure means nothing; an electrical one is in watts by default.
  if (active !== undefined) return { watts: active * (factor ?? 1) };
  if (demand_kW !== undefined && factor !== undefined) return { watts: demand_kW * factor * 1_000 };
  return {};
}

function dimmed(heard: Heard): Reading {
  const brightness = numberIn(heard, "currentLevel");
  return brightness === undefined || brightness === unknownByte ? {} : { brightness };
}

function lifted(heard: Heard): Reading {
  const closed_percent = numberIn(heard, "currentPositionLiftPercentage");
  return closed_percent === undefined || closed_percent > 100 ? {} : { closed_percent };
}

export function readStandard(heard: Heard, scale?: Scale): Reading {
  switch (heard.cluster) {
    case "ssIasZone": {
      const status = zoneStatus(heard);
      return status === undefined ? {} : { zoneAlarm: (status & zoneAlarm) !== 0 };
    }
    case "msOccupancySensing": {
      const occupancy = numberIn(heard, "occupancy");
      return occupancy === undefined ? {} : { occupied: (occupancy & 1) !== 0 };
    }
    case "genOnOff": {
      const on = heard.data["onOff"];
      return typeof on === "number" || typeof on === "boolean" ? { on: Number(on) === 1 } : {};
    }
    case "genLevelCtrl":
      return dimmed(heard);
    case "closuresWindowCovering":
      return lifted(heard);
    case "msTemperatureMeasurement": {
      const hundredths = numberIn(heard, "measuredValue");
      if (hundredths === undefined || hundredths === unknownTemperature) return {};
      return { celsius: hundredths / 100 };
    }
    case "genPowerCfg":
      return battery(heard);
    case "haElectricalMeasurement":
    case "seMetering":
      return watts(heard, scale);
    default:
      return {};
  }
}

function truth(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function figure(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/**
 * What the model's converter made of the message, in our words. A battery report that repeats an
 * old occupancy is no motion: occupancy and contact are taken from no housekeeping cluster.
 */
export function readConverted(heard: Heard, state: Readonly<Record<string, unknown>>): Reading {
  const quiet = housekeeping.has(heard.cluster);
  const occupied = quiet ? undefined : (truth(state["occupancy"]) ?? truth(state["presence"]));
  const contact = quiet ? undefined : truth(state["contact"]);
  const smoke = truth(state["smoke"]);
  const leak = truth(state["water_leak"]);
  const watts = figure(state["power"]);
  const celsius = figure(state["temperature"]);
  const millivolts = figure(state["voltage"]);
  const percent = figure(state["battery"]);
  return {
    ...(occupied === undefined ? {} : { occupied }),
    ...(contact === undefined ? {} : { open: !contact }),
    ...(smoke === undefined ? {} : { smoke }),
    ...(leak === undefined ? {} : { leak }),
    ...(watts === undefined ? {} : { watts }),
    ...(celsius === undefined ? {} : { celsius }),
    // Battery devices give millivolts, mains devices volts of the grid.
    ...(millivolts === undefined || !quiet ? {} : { volts: millivolts / 1_000 }),
    ...(percent === undefined ? {} : { percent }),
  };
}

/** Motion only counts where the device spoke by itself and about motion. */
export function motionIn(heard: Heard, standard: Reading, converted: Reading): boolean | undefined {
  if (!isSpontaneous(heard)) return undefined;
  return converted.occupied ?? standard.occupied ?? converted.open ?? standard.zoneAlarm;
}
