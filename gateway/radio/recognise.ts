/**
 * What a device's model makes of its messages, by zigbee-herdsman-converters. Loaded late, never
 * needed for a press, a motion by standard clusters, or a cut; a converter that throws costs its
 * reading only.
 */
import type { Logger } from "pino";
import type { Events, Models } from "zigbee-herdsman";
import type * as Converters from "zigbee-herdsman-converters";
import { wordsOf } from "../../platform/words.ts";
import { attempt } from "./deadline.ts";
import { stackLogger } from "./logging.ts";
import { dropModelLists } from "./model-lists.ts";

type Definition = Converters.Definition;
type State = Record<string, unknown>;

/** The converter's table of messages is typed by cluster; here it is walked for any cluster. */
interface AnyConverter {
  readonly cluster: string | number;
  readonly type: string | readonly string[];
  readonly convert: (
    model: Definition,
    message: Events.MessagePayload,
    publish: (state: State) => void,
    options: State,
    meta: { state: State; device: Models.Device; deviceExposesChanged: () => void },
  ) => unknown;
}

/** Setting a device up asks it several things; a sleeping one answers late or not at all. */
const configure_ms = 60_000;

function isState(value: unknown): value is State {
  return typeof value === "object" && value !== null && !(value instanceof Promise);
}

const nothing: Readonly<State> = Object.freeze({});

function nameOf({ manufacturerName, modelID }: Models.Device): string {
  return JSON.stringify([manufacturerName, modelID]);
}

export class Recognition {
  readonly #log: Logger;
  readonly #definitions = new Map<string, Definition>();
  /** What each device said it is when its definition was sought, found or not. */
  readonly #sought = new Map<string, string>();
  readonly #states = new Map<string, State>();
  #package: typeof Converters | undefined;
  /** Searches under way. */
  #searches = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Loading takes some hundred milliseconds of the thread: done while the stick is still starting.
   */
  async load(): Promise<typeof Converters> {
    if (this.#package === undefined) {
      this.#package = await import("zigbee-herdsman-converters");
      this.#package.setLogger(stackLogger(this.#log));
    }
    return this.#package;
  }

  /**
   * Whether the device was sought before. Searching takes the thread 130 to 300 ms for a home
   * (measured): once, not at each reconnection.
   */
  knows(device: Models.Device): boolean {
    return this.#sought.get(device.ieeeAddr) === nameOf(device);
  }

  /**
   * Finds the definition of a device. Never rejects; a device nobody knows is read by the standard.
   */
  async learn(device: Models.Device): Promise<void> {
    this.#searches += 1;
    try {
      const converters = await this.load();
      const definition = await converters.findByDevice(device, true);
      this.#sought.set(device.ieeeAddr, nameOf(device));
      if (definition === undefined) {
        const { ieeeAddr, modelID, manufacturerName } = device;
        this.#log.info(
          { ieeeAddr, modelID, manufacturerName },
          "model unknown; standard reading only",
        );
        return;
      }
      this.#definitions.set(device.ieeeAddr, definition);
    } catch (thrown) {
      this.#log.warn({ ieeeAddr: device.ieeeAddr, why: wordsOf(thrown) }, "model not recognised");
    } finally {
      this.#searches -= 1;
      if (this.#searches === 0) dropModelLists();
    }
  }

  /** Name of the model, for the installer's eyes. */
  model(ieee: string): string | undefined {
    const definition = this.#definitions.get(ieee);
    return definition && `${definition.vendor} ${definition.model}`;
  }

  /** Whether the model's firmware counts a cover the other way; false while nobody knows it. */
  isInverted({ ieeeAddr }: Models.Device): boolean {
    return this.#definitions.get(ieeeAddr)?.meta?.coverInverted === true;
  }

  /** What this very message says, by the device's model. Never throws. */
  convert(message: Events.MessagePayload): Readonly<State> {
    const { ieeeAddr } = message.device;
    const definition = this.#definitions.get(ieeeAddr);
    if (definition === undefined) return nothing;
    const state = this.#states.get(ieeeAddr) ?? {};
    const said: State = {};
    for (const converter of definition.fromZigbee as readonly unknown[] as AnyConverter[]) {
      const types = typeof converter.type === "string" ? [converter.type] : converter.type;
      if (converter.cluster !== message.cluster || !types.includes(message.type)) continue;
      try {
        const meta = { state, device: message.device, deviceExposesChanged: () => {} };
        const result = converter.convert(definition, message, () => {}, {}, meta);
        if (result instanceof Promise) result.catch(() => {});
        if (isState(result)) Object.assign(said, result);
      } catch (thrown) {
        this.#log.debug({ ieeeAddr, why: wordsOf(thrown) }, "a converter failed on a message");
      }
    }
    this.#states.set(ieeeAddr, Object.assign(state, said));
    return said;
  }

  /**
   * Commands a device as its model wants; sirens differ in how they count. Undefined where the
   * model is unknown or has no such key: then the standard command is tried.
   */
  set(device: Models.Device, key: string, value: unknown): Promise<unknown> | undefined {
    const definition = this.#definitions.get(device.ieeeAddr);
    const [endpoint] = device.endpoints;
    const converter = definition?.toZigbee.find((one) => one.key?.includes(key) === true);
    if (definition === undefined || endpoint === undefined) return undefined;
    if (converter?.convertSet === undefined) return undefined;
    const meta = {
      message: { [key]: value },
      device,
      mapped: definition,
      options: {},
      state: this.#states.get(device.ieeeAddr) ?? {},
      endpoint_name: undefined,
      publish: () => {},
      deviceExposesChanged: () => {},
    };
    return Promise.resolve(converter.convertSet(endpoint, key, value, meta));
  }

  /** Sets a freshly joined device up as its model wants: binds, reports, sensitivity. */
  async configure(device: Models.Device, coordinator: Models.Endpoint): Promise<void> {
    const definition = this.#definitions.get(device.ieeeAddr);
    if (definition?.configure === undefined) return;
    const { configure } = definition;
    const done = await attempt(configure_ms, "setting the device up", async () => {
      await configure(device, coordinator, definition);
    });
    const { ieeeAddr } = device;
    if (done.ok) device.save();
    else this.#log.warn({ ieeeAddr, why: done.why }, "device not fully set up; it is set up later");
  }
}
