/** A device of the home: a ZCL state machine that keeps attributes, answers, reports and lives. */
import { ByteReader, ShortFrame } from "../bytes.ts";
import type { Clock } from "../clock.ts";
import type { PlannedDevice } from "../homes/home.ts";
import type { ApsMessage, Binding, Node } from "../radio.ts";
import { Attributes } from "./attributes.ts";
import type { Action, Behaviour, ClusterHandler, Place } from "./behaviour.ts";
import { activeEndpoints, nodeDescriptor, simpleDescriptor } from "./descriptors.ts";
import { answerShared } from "./foundation.ts";
import type { DeviceModel } from "./model.ts";
import { Reporting } from "./reporting.ts";
import { UnknownType, type Value } from "./values.ts";
import { type Telling, Voice } from "./voice.ts";
import { decodeZcl, shared, statuses, type ZclFrame } from "./zcl.ts";

/** The network a device has joined: it hears and is heard by that one only. */
export interface Membership {
  readonly extendedPanId: string;
  readonly key: string;
  readonly coordinator: string;
}

export interface DeviceOptions {
  readonly plan: PlannedDevice;
  readonly model: DeviceModel;
  readonly clock: Clock;
  readonly transmit: (device: Device, message: ApsMessage) => void;
  /** Something that lasts has changed. */
  readonly changed: () => void;
}

export class Device implements Node {
  readonly plan: PlannedDevice;
  readonly model: DeviceModel;
  readonly clock: Clock;
  readonly attributes: Attributes;
  readonly reporting: Reporting;
  readonly groups = new Map<number, Set<number>>();
  nwk: number;
  membership: Membership | undefined;
  /** The highest frame counter heard from the coordinator. */
  heardCounter = 0;
  /** When it last said something: a sleeper listens for a moment after that. */
  spokeAt = 0;
  #bindings: Binding[] = [];
  readonly #options: DeviceOptions;
  readonly #voice: Voice;
  readonly #behaviours: readonly Behaviour[];
  readonly #handlers = new Map<number, ClusterHandler>();

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.model = options.model;
    this.clock = options.clock;
    this.nwk = options.plan.nwk;
    this.attributes = new Attributes(options.model);
    this.#voice = new Voice({
      clock: this.clock,
      bindings: () => this.#bindings,
      transmit: (message) => options.transmit(this, message),
    });
    this.reporting = new Reporting({
      clock: this.clock,
      attributes: this.attributes,
      send: (attribute) => this.#voice.report(attribute),
    });
    this.#behaviours = options.model.behaviours.map((behaviour) => behaviour(this));
    for (const behaviour of this.#behaviours) {
      for (const [cluster, handler] of behaviour.commands ?? []) {
        this.#handlers.set(cluster, handler);
      }
    }
  }

  get name(): string {
    return this.plan.name;
  }

  get eui(): string {
    return this.plan.ieee;
  }

  get router(): boolean {
    return this.model.power === "mains";
  }

  get capability(): number {
    return this.router ? 0x8e : 0x80;
  }

  get bindings(): readonly Binding[] {
    return this.#bindings;
  }

  nodeDescriptor(): Buffer {
    return nodeDescriptor(this.model);
  }

  activeEndpoints(): readonly number[] {
    return activeEndpoints(this.model);
  }

  simpleDescriptor(endpoint: number): Buffer | undefined {
    return simpleDescriptor(this.model, endpoint);
  }

  bind(binding: Binding): number {
    if (!this.#bindings.some((held) => isSameBinding(held, binding))) this.#bindings.push(binding);
    this.#options.changed();
    return statuses.success;
  }

  unbind(binding: Binding): number {
    this.#bindings = this.#bindings.filter((held) => !isSameBinding(held, binding));
    this.#options.changed();
    return statuses.success;
  }

  /** Forgets its network and all that the network taught it. */
  leave(): void {
    this.membership = undefined;
    this.heardCounter = 0;
    this.#bindings = [];
    this.groups.clear();
    this.reporting.clear();
    this.#options.changed();
  }

  /** Power is there: behaviours settle their first state. */
  start(): void {
    for (const behaviour of this.#behaviours) behaviour.start?.();
  }

  get actions(): Readonly<Record<string, Action>> {
    return Object.assign({}, ...this.#behaviours.map((behaviour) => behaviour.actions ?? {}));
  }

  /** Does to the device what a person or the house would do. */
  act(action: string, amount?: number): void {
    const act = this.actions[action];
    if (act === undefined) {
      const known = Object.keys(this.actions).join(", ");
      throw new Error(`${this.name} cannot ${action}; it can ${known === "" ? "nothing" : known}`);
    }
    act(amount);
  }

  look(): Record<string, Value> {
    return Object.assign({}, ...this.#behaviours.map((behaviour) => behaviour.look?.() ?? {}));
  }

  /** What the behaviours remember beyond attributes. */
  saveBehaviours(): Record<string, Value> {
    return Object.assign({}, ...this.#behaviours.map((behaviour) => behaviour.save?.() ?? {}));
  }

  loadBehaviours(saved: Readonly<Record<string, Value>>): void {
    for (const behaviour of this.#behaviours) behaviour.load?.(saved);
  }

  value(place: Place): Value | undefined {
    return this.attributes.at(place)?.value;
  }

  /** The device itself changes a value; it is reported as configured. */
  set(place: Place, value: Value): void {
    const attribute = this.attributes.at(place);
    if (attribute === undefined || attribute.value === value) return;
    attribute.value = value;
    this.#options.changed();
    this.reporting.changed(attribute);
  }

  changed(): void {
    this.#options.changed();
  }

  /** Sends a command to the host. */
  tell(telling: Telling): void {
    this.#voice.tell(telling);
  }

  /** Something arrived over the air. */
  receive(message: ApsMessage): void {
    for (const endpoint of this.#targets(message)) this.#receiveAt(endpoint, message);
  }

  #targets(message: ApsMessage): readonly number[] {
    if (message.group !== undefined) return [...(this.groups.get(message.group) ?? [])];
    const own = this.activeEndpoints();
    if (message.targetEndpoint === 0xff) return own;
    return own.includes(message.targetEndpoint) ? [message.targetEndpoint] : [];
  }

  #receiveAt(endpoint: number, message: ApsMessage): void {
    const frame = readFrame(message.payload);
    if (frame === undefined) return;
    if (!frame.ofCluster && frame.command === shared.defaultResponse) {
      this.#voice.answered(frame.sequence);
      return;
    }
    // Answers of the host to questions this home's devices do not ask.
    if (
      !frame.ofCluster &&
      (frame.command === shared.readReply || frame.command === shared.report)
    ) {
      return;
    }
    const answer = this.#answer(endpoint, message.cluster, frame);
    const alone = message.group === undefined && message.broadcast !== true;
    if (typeof answer !== "number") {
      if (alone) this.#voice.reply(endpoint, message, { ...frame, ...answer });
    } else if (alone && (frame.wantsDefaultResponse || answer !== statuses.success)) {
      const payload = Buffer.from([frame.command, answer]);
      const command = shared.defaultResponse;
      this.#voice.reply(endpoint, message, { ...frame, ofCluster: false, command, payload });
    }
  }

  #answer(endpoint: number, cluster: number, frame: ZclFrame) {
    try {
      if (!frame.ofCluster) {
        const { attributes, reporting } = this;
        const written = (place: Place): void => this.#written(place);
        return answerShared({ attributes, reporting, written }, { endpoint, cluster, frame });
      }
      const handler = this.#handlers.get(cluster);
      if (handler === undefined) return statuses.unsupportedCommand;
      const payload = new ByteReader(frame.payload);
      return handler({ endpoint, command: frame.command, payload });
    } catch (error) {
      if (error instanceof ShortFrame || error instanceof UnknownType) return statuses.malformed;
      throw error;
    }
  }

  #written(place: Place): void {
    for (const behaviour of this.#behaviours) behaviour.written?.(place);
    this.#options.changed();
  }
}

function readFrame(payload: Buffer): ZclFrame | undefined {
  try {
    return decodeZcl(payload);
  } catch (error) {
    if (error instanceof ShortFrame) return undefined;
    throw error;
  }
}

function isSameBinding(one: Binding, other: Binding): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
