/**
 * Sets the stove's plug up, and says what of it holds: off after a power cut, member of the stove's
 * group, reports of relay and power. What the plug already has is left alone; read back, never
 * assumed.
 */
import type { Logger } from "pino";
import { type Models, Zcl } from "zigbee-herdsman";
import type { Hear } from "../ports.ts";
import { pause, within } from "./deadline.ts";
import { askPower } from "./meter.ts";
import { holdReport, type Report, zclTypes } from "./reporting.ts";
import { answer_ms, brief, request } from "./routine.ts";
import { stoveGroup } from "./settings.ts";

export interface StovePlugParts {
  readonly device: string;
  /** Where the device is the stove's relay. */
  readonly relay: Models.Endpoint | undefined;
  /** Where the device is the stove's meter. */
  readonly meter: Models.Endpoint | undefined;
  readonly stick: Models.Endpoint;
  readonly hear: Hear;
  readonly log: Logger;
  /** Whether a cut is under way; then this waits. */
  readonly isCutting: () => boolean;
}

/** ZCL 3.8.2.2.5: the relay is off when power returns. */
const offAtPowerOn = 0;
/** Power moves while food cooks; a change of 5 W at most every 2 s is plenty. */
const powerEvery_s = 2;
const powerStep_W = 5;

type Step = () => Promise<boolean>;

const relayReport: Report = {
  cluster: "genOnOff",
  attribute: 0x0000,
  type: zclTypes.boolean,
  least_s: 0,
  change: 0,
};

async function startUp(relay: Models.Endpoint): Promise<number | "unsupported" | "mute"> {
  try {
    const read = relay.read("genOnOff", ["startUpOnOff"], brief);
    const { startUpOnOff } = await within(answer_ms, "the plug", read);
    return startUpOnOff ?? "unsupported";
  } catch (thrown) {
    // The plug did answer: it has no such setting.
    return thrown instanceof Zcl.StatusError ? "unsupported" : "mute";
  }
}

async function isMember(relay: Models.Endpoint): Promise<boolean> {
  const group = { groupid: stoveGroup };
  const seen = await request("the plug", () => relay.command("genGroups", "view", group, brief));
  return seen.ok && seen.value["groupid"] === stoveGroup;
}

/** How the meter counts: kept by the stack beside the endpoint, and needed before any figure. */
async function scale(meter: Models.Endpoint): Promise<boolean> {
  const asks: readonly [string, string, () => Promise<Readonly<Record<string, unknown>>>][] = [
    [
      "haElectricalMeasurement",
      "acPowerDivisor",
      () => meter.read("haElectricalMeasurement", ["acPowerMultiplier", "acPowerDivisor"], brief),
    ],
    ["seMetering", "divisor", () => meter.read("seMetering", ["multiplier", "divisor"], brief)],
  ];
  let held = true;
  for (const [cluster, name, ask] of asks) {
    if (!meter.supportsInputCluster(cluster)) continue;
    if (meter.getClusterAttributeValue(cluster, name) !== undefined) continue;
    held = (await request("the plug", ask)).ok && held;
  }
  return held;
}

/** The step of power in the meter's own unit. */
function rawWatts(
  meter: Models.Endpoint,
  cluster: string,
  names: readonly [multiplier: string, divisor: string],
  perUnit: number,
): number {
  const [multiplier, divisor] = names.map(
    (name) => Number(meter.getClusterAttributeValue(cluster, name) ?? 1) || 1,
  );
  const raw = (powerStep_W / perUnit) * ((divisor ?? 1) / (multiplier ?? 1));
  return Math.max(1, Math.round(raw));
}

/** How the power of this endpoint is reported; undefined where it has no meter. */
function powerReport(meter: Models.Endpoint): Report | undefined {
  const least_s = powerEvery_s;
  if (meter.supportsInputCluster("haElectricalMeasurement")) {
    const cluster = "haElectricalMeasurement";
    const change = rawWatts(meter, cluster, ["acPowerMultiplier", "acPowerDivisor"], 1);
    return { cluster, attribute: 0x050b, type: zclTypes.int16, least_s, change };
  }
  if (meter.supportsInputCluster("seMetering")) {
    const cluster = "seMetering";
    const change = rawWatts(meter, cluster, ["multiplier", "divisor"], 1_000);
    return { cluster, attribute: 0x0400, type: zclTypes.int24, least_s, change };
  }
  return undefined;
}

/** One request after the other: never two in flight to the plug. */
export class StovePlug {
  readonly #parts: StovePlugParts;

  constructor(parts: StovePlugParts) {
    this.#parts = parts;
  }

  /** True when every step held; otherwise it is worth trying again later. */
  async prepare(stop: AbortSignal): Promise<boolean> {
    const { relay, meter } = this.#parts;
    const steps: Step[] = [];
    if (relay !== undefined) {
      steps.push(() => this.#failSafe(relay));
      steps.push(() => this.#join(relay));
      steps.push(() => holdReport(relay, relayReport, this.#parts.stick));
    }
    if (meter !== undefined) {
      steps.push(() => scale(meter));
      steps.push(() => askPower(meter));
      steps.push(() => this.#reportPower(meter));
    }
    let held = true;
    for (const step of steps) {
      while (this.#parts.isCutting() && !stop.aborted) await pause(100, stop);
      if (stop.aborted) return false;
      held = (await step()) && held;
    }
    return held;
  }

  /** Says `armed` only from the plug's own answer; that it is mute is said by supervision. */
  async #failSafe(relay: Models.Endpoint): Promise<boolean> {
    const first = await startUp(relay);
    if (first === "mute") return false;
    if (first === offAtPowerOn || first === "unsupported") return this.#sayArmed(first);
    await request("the plug", async () => {
      await relay.write("genOnOff", { startUpOnOff: offAtPowerOn }, brief);
      return undefined;
    });
    const second = await startUp(relay);
    return second === "mute" ? false : this.#sayArmed(second);
  }

  #sayArmed(read: number | "unsupported"): true {
    const armed = read === offAtPowerOn;
    this.#parts.hear({ kind: "fail-safe-read", device: this.#parts.device, armed });
    return true;
  }

  /** The second way to switch off is only a way once the plug has confirmed its membership. */
  async #join(relay: Models.Endpoint): Promise<boolean> {
    if (await isMember(relay)) return true;
    const group = { groupid: stoveGroup, groupname: "" };
    await request("the plug", () => relay.command("genGroups", "add", group, brief));
    const joined = await isMember(relay);
    if (!joined) this.#parts.log.warn("the stove's plug is in no group: no second way");
    return joined;
  }

  async #reportPower(meter: Models.Endpoint): Promise<boolean> {
    const report = powerReport(meter);
    return report === undefined || (await holdReport(meter, report, this.#parts.stick));
  }
}
