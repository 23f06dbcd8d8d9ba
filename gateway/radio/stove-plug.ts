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
import { answer_ms, brief, request } from "./routine.ts";
import { stoveGroup } from "./settings.ts";

export interface StovePlugParts {
  readonly device: string;
  readonly endpoint: Models.Endpoint;
  readonly isRelay: boolean;
  readonly isMeter: boolean;
  readonly stick: Models.Endpoint;
  readonly hear: Hear;
  readonly log: Logger;
  /** Whether a cut is under way; then this waits. */
  readonly isCutting: () => boolean;
}

/** ZCL 3.8.2.2.5: the relay is off when power returns. */
const offAtPowerOn = 0;
/** A mains device must have spoken within 10 min; two reports fit. */
const longest_s = 300;
/** Power moves while food cooks; a change of 5 W at most every 2 s is plenty. */
const powerEvery_s = 2;
const powerStep_W = 5;

type Step = () => Promise<boolean>;

interface Report {
  readonly cluster: "genOnOff" | "haElectricalMeasurement" | "seMetering";
  readonly attribute: number;
  readonly type: number;
  readonly least_s: number;
  readonly change: number;
}

const boolean = 0x10;
const int16 = 0x29;
const int24 = 0x2a;

const relayReport: Report = {
  cluster: "genOnOff",
  attribute: 0x0000,
  type: boolean,
  least_s: 0,
  change: 0,
};

/** One request after the other: never two in flight to the plug. */
export class StovePlug {
  readonly #parts: StovePlugParts;

  constructor(parts: StovePlugParts) {
    this.#parts = parts;
  }

  /** True when every step held; otherwise it is worth trying again later. */
  async prepare(stop: AbortSignal): Promise<boolean> {
    const { isRelay, isMeter } = this.#parts;
    const relaySteps: readonly Step[] = isRelay
      ? [() => this.#failSafe(), () => this.#join(), () => this.#report(relayReport)]
      : [];
    const meterSteps: readonly Step[] = isMeter
      ? [() => this.#scale(), () => askPower(this.#endpoint), () => this.#reportPower()]
      : [];
    const steps = [...relaySteps, ...meterSteps];
    let held = true;
    for (const step of steps) {
      while (this.#parts.isCutting() && !stop.aborted) await pause(100, stop);
      if (stop.aborted) return false;
      held = (await step()) && held;
    }
    return held;
  }

  get #endpoint(): Models.Endpoint {
    return this.#parts.endpoint;
  }

  /** Says `armed` only from the plug's own answer; that it is mute is said by supervision. */
  async #failSafe(): Promise<boolean> {
    const first = await this.#startUp();
    if (first === "mute") return false;
    if (first === offAtPowerOn || first === "unsupported") return this.#sayArmed(first);
    await request("the plug", async () => {
      await this.#endpoint.write("genOnOff", { startUpOnOff: offAtPowerOn }, brief);
      return undefined;
    });
    const second = await this.#startUp();
    return second === "mute" ? false : this.#sayArmed(second);
  }

  #sayArmed(read: number | "unsupported"): true {
    const armed = read === offAtPowerOn;
    this.#parts.hear({ kind: "fail-safe-read", device: this.#parts.device, armed });
    return true;
  }

  async #startUp(): Promise<number | "unsupported" | "mute"> {
    try {
      const read = this.#endpoint.read("genOnOff", ["startUpOnOff"], brief);
      const { startUpOnOff } = await within(answer_ms, "the plug", read);
      return startUpOnOff ?? "unsupported";
    } catch (thrown) {
      // The plug did answer: it has no such setting.
      return thrown instanceof Zcl.StatusError ? "unsupported" : "mute";
    }
  }

  /** The second way to switch off is only a way once the plug has confirmed its membership. */
  async #join(): Promise<boolean> {
    if (await this.#isMember()) return true;
    const group = { groupid: stoveGroup, groupname: "" };
    await request("the plug", () => this.#endpoint.command("genGroups", "add", group, brief));
    const isMember = await this.#isMember();
    if (!isMember) this.#parts.log.warn("the stove's plug is in no group: no second way");
    return isMember;
  }

  async #isMember(): Promise<boolean> {
    const group = { groupid: stoveGroup };
    const seen = await request("the plug", () =>
      this.#endpoint.command("genGroups", "view", group, brief),
    );
    return seen.ok && seen.value["groupid"] === stoveGroup;
  }

  /** How the meter counts: kept by the stack beside the endpoint, and needed before any figure. */
  async #scale(): Promise<boolean> {
    const endpoint = this.#endpoint;
    const asks: readonly [string, string, () => Promise<Readonly<Record<string, unknown>>>][] = [
      [
        "haElectricalMeasurement",
        "acPowerDivisor",
        () =>
          endpoint.read("haElectricalMeasurement", ["acPowerMultiplier", "acPowerDivisor"], brief),
      ],
      [
        "seMetering",
        "divisor",
        () => endpoint.read("seMetering", ["multiplier", "divisor"], brief),
      ],
    ];
    let held = true;
    for (const [cluster, name, ask] of asks) {
      if (!endpoint.supportsInputCluster(cluster)) continue;
      if (endpoint.getClusterAttributeValue(cluster, name) !== undefined) continue;
      held = (await request("the plug", ask)).ok && held;
    }
    return held;
  }

  async #reportPower(): Promise<boolean> {
    const endpoint = this.#endpoint;
    if (endpoint.supportsInputCluster("haElectricalMeasurement")) {
      const cluster = "haElectricalMeasurement";
      const change = this.#rawWatts(cluster, "acPowerMultiplier", "acPowerDivisor", 1);
      return await this.#report({
        cluster,
        attribute: 0x050b,
        type: int16,
        least_s: powerEvery_s,
        change,
      });
    }
    if (endpoint.supportsInputCluster("seMetering")) {
      const cluster = "seMetering";
      const change = this.#rawWatts(cluster, "multiplier", "divisor", 1_000);
      return await this.#report({
        cluster,
        attribute: 0x0400,
        type: int24,
        least_s: powerEvery_s,
        change,
      });
    }
    return true;
  }

  /** The step of power in the meter's own unit. */
  #rawWatts(cluster: string, multiplier: string, divisor: string, perUnit: number): number {
    const figure = (name: string): number =>
      Number(this.#endpoint.getClusterAttributeValue(cluster, name) ?? 1) || 1;
    return Math.max(
      1,
      Math.round((powerStep_W / perUnit) * (figure(divisor) / figure(multiplier))),
    );
  }

  async #report(report: Report): Promise<boolean> {
    const bound = await this.#bind(report.cluster);
    if (bound && (await this.#reports(report))) return true;
    const { attribute: ID, type, least_s, change } = report;
    const item = {
      attribute: { ID, type },
      minimumReportInterval: least_s,
      maximumReportInterval: longest_s,
      ...(type === boolean ? {} : { reportableChange: change }),
    };
    const done = await request("the plug", async () => {
      await this.#endpoint.configureReporting(report.cluster, [item], brief);
      return undefined;
    });
    return done.ok && bound;
  }

  async #bind(cluster: string): Promise<boolean> {
    const { stick } = this.#parts;
    const isBound = this.#endpoint.binds.some(
      (bind) => bind.cluster.name === cluster && bind.target === stick,
    );
    if (isBound) return true;
    const done = await request("the plug", async () => {
      await this.#endpoint.bind(cluster, stick);
      return undefined;
    });
    return done.ok;
  }

  /** Whether the plug itself says that it reports at least this often. */
  async #reports({ cluster, attribute, type, change }: Report): Promise<boolean> {
    const asked = await request("the plug", async () => {
      const item = { attribute: { ID: attribute } };
      const answers = await this.#endpoint.readReportingConfig(cluster, [item], brief);
      return { ...answers[0] };
    });
    if (!asked.ok) return false;
    const { maxRepIntval, repChange } = asked.value;
    if (typeof maxRepIntval !== "number" || maxRepIntval === 0) return false;
    return maxRepIntval <= longest_s && (type === boolean || Number(repChange) <= change);
  }
}
