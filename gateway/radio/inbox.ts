/**
 * From the stack's message event to facts, in the same call: nothing is awaited on the way of an
 * alarm.
 */
import type { Logger } from "pino";
import type { Events, Models } from "zigbee-herdsman";
import { rateLimited } from "../../platform/log.ts";
import { wordsOf } from "../../platform/words.ts";
import type { DeviceFact } from "../../rules/events.ts";
import type { Hear } from "../ports.ts";
import { type Heard, hexOf } from "./heard.ts";
import { LevelPace, Levels } from "./levels.ts";
import { Repeats, sosMeaning } from "./raw.ts";
import type { Recognition } from "./recognise.ts";
import type { RadioDevice } from "./settings.ts";
import { readStandard, type Scale } from "./standard.ts";
import { stoveEndpoints } from "./stove-endpoints.ts";
import { type Spoken, type StoveSource, translate } from "./translate.ts";

/**
 * A sign of life says no more when it is repeated; the shortest supervision deadline is minutes.
 */
const heardEvery_ms = 5_000;
/** Lines per minute about devices of the neighbours, or of this home and not in its plan. */
const mostStrangers = 5;

export interface InboxParts {
  readonly devices: readonly RadioDevice[];
  readonly hear: Hear;
  readonly log: Logger;
  readonly recognition: Recognition;
  readonly now: () => number;
}

function toHeard(message: Events.MessagePayload): Heard {
  const { type, cluster, data, endpoint, meta } = message;
  const plain = Buffer.isBuffer(data) || Array.isArray(data) ? {} : data;
  return { type, cluster, data: plain, endpoint: endpoint.ID, bytes: meta.rawData };
}

/** What tells a meter's scale, by the cluster that it meters with. */
const scaleNames = new Map<string | number, readonly string[]>([
  ["seMetering", ["multiplier", "divisor"]],
  ["haElectricalMeasurement", ["acPowerMultiplier", "acPowerDivisor"]],
]);

/** How the device's meter counts, where it has told. */
function scaleOf(endpoint: Models.Endpoint, cluster: string | number): Scale | undefined {
  const names = scaleNames.get(cluster);
  if (names === undefined) return undefined;
  const [multiplier, divisor] = names.map((name) =>
    Number(endpoint.getClusterAttributeValue(cluster, name)),
  );
  if (multiplier === undefined || divisor === undefined) return undefined;
  return multiplier > 0 && divisor > 0 ? { multiplier, divisor } : undefined;
}

function stoveSource({ device, endpoint }: Events.MessagePayload): StoveSource {
  const { relay, meter } = stoveEndpoints(device);
  return { isRelay: endpoint === relay, isMeter: meter === undefined || endpoint === meter };
}

export class Inbox {
  readonly #parts: InboxParts;
  readonly #byIeee: ReadonlyMap<string, RadioDevice>;
  readonly #repeats = new Repeats();
  readonly #heardAt = new Map<string, number>();
  readonly #levels: Levels;
  readonly #pace: LevelPace;
  readonly #logStranger: (words: string) => void;

  constructor(parts: InboxParts) {
    this.#parts = parts;
    this.#logStranger = rateLimited((words) => parts.log.info(words), mostStrangers, 60_000);
    const { recognition, hear } = parts;
    this.#levels = new Levels((device) =>
      recognition.knows(device) ? { isInverted: recognition.isInverted(device) } : undefined,
    );
    this.#pace = new LevelPace((device, level) => hear({ kind: "level-read", device, level }));
    this.#byIeee = new Map(parts.devices.map((device) => [device.ieee, device]));
  }

  /** Never throws: an exception in a listener of the stack would end the process. */
  receive(message: Events.MessagePayload): void {
    try {
      const device = this.#byIeee.get(message.device.ieeeAddr);
      if (device === undefined) this.#stranger(message);
      else if (device.roles.includes("sos-button")) this.#readSos(device, message);
      else this.#read(device, message);
    } catch (thrown) {
      this.#parts.log.error({ why: wordsOf(thrown) }, "a message could not be read");
    }
  }

  /** A frame that is no message, such as an answer to a command: the device lives. */
  alive(ieee: string): void {
    const device = this.#byIeee.get(ieee);
    if (device !== undefined) this.#tell({ kind: "device-heard", device: device.id });
  }

  /** The connection is over: what lights and covers said is no longer how they are. */
  forget(): void {
    this.#levels.forget();
    this.#pace.forget();
  }

  #stranger(message: Events.MessagePayload): void {
    const { ieeeAddr, modelID } = message.device;
    this.#logStranger(`a device that is not in the plan speaks: ${ieeeAddr} ${modelID ?? ""}`);
  }

  #readSos(device: RadioDevice, message: Events.MessagePayload): void {
    const heard = toHeard(message);
    let meaning = sosMeaning(heard, {});
    let converted: Readonly<Record<string, unknown>> = {};
    if (meaning !== "pressed") {
      converted = this.#parts.recognition.convert(message);
      meaning = sosMeaning(heard, converted);
    }
    const isNews = meaning !== "routine";
    if (isNews && this.#repeats.isRepeat(device.id, heard, this.#parts.now())) {
      this.#tell({ kind: "device-heard", device: device.id });
    } else if (meaning === "pressed") {
      this.#tell({ kind: "button-pressed", device: device.id });
    } else if (meaning === "unclear") {
      const frame = `${heard.type} ${heard.cluster} ${hexOf(heard.bytes)}`;
      this.#tell({ kind: "button-unclear", device: device.id, frame });
    } else {
      // The routine of a button: its battery, or that it lives. Other roles it may have are read
      // too.
      for (const fact of translate({ device: device.id, roles: device.roles, heard, converted })) {
        this.#tell(fact);
      }
    }
  }

  #read(device: RadioDevice, message: Events.MessagePayload): void {
    const heard = toHeard(message);
    const converted = this.#parts.recognition.convert(message);
    const scale = scaleOf(message.endpoint, heard.cluster);
    const { id, roles } = device;
    const level = this.#levels.read(device, message, readStandard(heard));
    const isStove = roles.includes("stove-relay") || roles.includes("stove-meter");
    const spoken: Spoken = {
      device: id,
      roles,
      heard,
      converted,
      ...(scale === undefined ? {} : { scale }),
      ...(level === undefined ? {} : { level }),
      ...(isStove ? { stove: stoveSource(message) } : {}),
    };
    for (const fact of translate(spoken)) this.#tell(fact);
  }

  #tell(fact: DeviceFact): void {
    if (fact.kind === "level-read") {
      this.#pace.hear(fact.device, fact.level);
      return;
    }
    if (fact.kind === "device-heard") {
      const now_ms = this.#parts.now();
      const last_ms = this.#heardAt.get(fact.device) ?? Number.NEGATIVE_INFINITY;
      if (now_ms - last_ms < heardEvery_ms) return;
      this.#heardAt.set(fact.device, now_ms);
    }
    this.#parts.hear(fact);
  }
}
