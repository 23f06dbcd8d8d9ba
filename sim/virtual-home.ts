/** A whole home in one object: stick, air, devices, stove, faults, and a port for the gateway. */
import { Air } from "./air.ts";
import { Chance } from "./chance.ts";
import { type Clock, realClock } from "./clock.ts";
import { keepDevice, startCounters } from "./coordinator/keys.ts";
import { keepNetwork } from "./coordinator/network.ts";
import { items } from "./coordinator/nv.ts";
import { Stick } from "./coordinator/stick.ts";
import { Device } from "./devices/device.ts";
import { modelNamed } from "./devices/models/catalogue.ts";
import { relayOf } from "./devices/plug.ts";
import { prepare } from "./devices/prepare.ts";
import { Faults } from "./faults.ts";
import type { PlannedHome } from "./homes/home.ts";
import { weber } from "./homes/weber.ts";
import { type FrameListener, Line } from "./line.ts";
import { LineSocket } from "./socket.ts";
import { StateFile } from "./state-file.ts";
import { Stove } from "./stove.ts";
import { Trouble } from "./trouble.ts";

export interface HomeOptions {
  readonly home?: PlannedHome;
  readonly seed?: number;
  readonly clock?: Clock;
  /** 0 lets the system choose; "none" opens no port, for hosts in the same process. */
  readonly port?: number | "none";
  /** prepared: network formed, devices joined and set up. fresh: a new stick, nobody joined. */
  readonly start?: "prepared" | "fresh";
  readonly radioDelay_ms?: number;
  readonly replyDelay_ms?: number;
  /** Battery devices sleep, and hear only when they poll. Without it they hear at once. */
  readonly sleepers?: boolean;
  /** Where the home keeps its state; an existing one is taken over instead of `start`. */
  readonly stateFile?: string;
}

const extraPlaces = 16;

export class VirtualHome {
  readonly plan: PlannedHome;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly trouble: Trouble;
  readonly devices: ReadonlyMap<string, Device>;
  readonly air: Air;
  readonly stick: Stick;
  readonly line: Line;
  readonly socket: LineSocket;
  readonly faults: Faults;
  readonly stove: Stove;
  #stateFile: StateFile | undefined;
  #hasPower = true;

  constructor(options: HomeOptions) {
    this.plan = options.home ?? weber;
    this.clock = options.clock ?? realClock();
    this.chance = new Chance(options.seed ?? 1);
    this.trouble = new Trouble(this.chance, {
      radio_ms: options.radioDelay_ms ?? 0,
      reply_ms: options.replyDelay_ms ?? 0,
    });
    this.trouble.sleepers = options.sleepers === true;
    this.devices = this.#build();
    this.air = new Air([...this.devices.values()], this.trouble, this.clock);
    this.line = new Line({
      trouble: this.trouble,
      now: () => this.clock.now(),
      handle: (frame) => this.stick.handle(frame),
    });
    this.stick = this.#plugIn();
    this.air.attach(this.stick);
    this.socket = new LineSocket(this.line);
    this.faults = new Faults(this);
    this.stove = this.#stove();
    this.#begin(options);
    for (const device of this.devices.values()) device.start();
  }

  /** Takes over a kept state, or begins as told. */
  #begin(options: HomeOptions): void {
    const file =
      options.stateFile === undefined ? undefined : new StateFile(options.stateFile, this);
    const kept = file?.load() === true;
    if (!kept && options.start !== "fresh") this.#prepare();
    this.stove.resume();
    file?.write();
    this.#stateFile = file;
  }

  #build(): ReadonlyMap<string, Device> {
    return new Map(
      this.plan.devices.map((plan) => {
        const device = new Device({
          plan,
          model: modelNamed(plan.model),
          clock: this.clock,
          transmit: (from, message) => this.air.transmit(from, message),
          changed: () => this.#stateFile?.changed(),
        });
        return [plan.name, device];
      }),
    );
  }

  #plugIn(): Stick {
    return new Stick({
      eui: this.plan.coordinator.ieee,
      clock: this.clock,
      radio: this.air,
      capacity: this.plan.devices.length + extraPlaces,
      send: (frame) => this.line.send(frame),
      losesReply: () => this.trouble.loseReply(),
      replyDelay_ms: () => this.trouble.replyDelay_ms,
      changed: () => this.#stateFile?.changed(),
    });
  }

  #stove(): Stove {
    const plug = this.#byRole("stove-relay");
    if (plug === undefined) throw new Error(`home "${this.plan.name}" has no stove-relay`);
    const { clock, trouble } = this;
    return new Stove({ plug, heat: this.#byRole("heat"), clock, trouble });
  }

  #byRole(role: string): Device | undefined {
    return [...this.devices.values()].find((device) => device.plan.roles.includes(role));
  }

  /** The network is formed, every device has joined it and is set up as its converter would. */
  #prepare(): void {
    const { network, coordinator } = this.plan;
    keepNetwork(this.stick.nv, network, coordinator.ieee);
    startCounters(this.stick.nv, network.extendedPanId);
    this.stick.nv.put(items.preconfiguredKey, Buffer.from(network.key, "hex"));
    this.stick.nv.put(items.hasConfigured, Buffer.from([0x55]));
    for (const device of this.devices.values()) {
      keepDevice(this.stick.nv, device);
      const { extendedPanId, key } = network;
      device.membership = { extendedPanId, key, coordinator: coordinator.ieee };
      prepare(device, coordinator.ieee);
    }
  }

  get port(): number {
    return this.socket.port;
  }

  /** What a host's configuration calls its serial port. */
  get address(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  /** A device by name; a sentence where there is none. */
  device(name: string): Device {
    const device = this.devices.get(name);
    if (device === undefined) {
      throw new Error(`no device "${name}"; there are ${[...this.devices.keys()].join(", ")}`);
    }
    return device;
  }

  press(button: string): void {
    this.device(button).act("press");
  }

  walk(sensor: string): void {
    this.device(sensor).act("walk");
  }

  door(name: string): { open(): void; close(): void } {
    const device = this.device(name);
    return { open: () => device.act("open"), close: () => device.act("close") };
  }

  /** How many "off" have reached the stove's plug. */
  get offCount(): number {
    return this.stove.relay.offCount;
  }

  onFrame(listener: FrameListener): () => void {
    return this.line.onFrame(listener);
  }

  /** A device looks for a network and joins, if the stick lets it. */
  join(name: string): void {
    const device = this.device(name);
    const { network } = this.stick;
    if (network === undefined) throw new Error("the stick has no network to join");
    if (!this.stick.permitsJoin) throw new Error("permit join is closed; open it at the gateway");
    const { extendedPanId, key } = network;
    device.leave();
    device.membership = { extendedPanId, key, coordinator: this.stick.eui };
    this.stick.joined(device);
  }

  /** Somebody resets a device to its factory state: it says goodbye and forgets its network. */
  leave(name: string): void {
    const device = this.device(name);
    const wasHeard = this.air.byEui(device.eui) === device;
    device.leave();
    if (wasHeard) this.stick.left(device);
  }

  /** A device comes back with another short address, as after a lost parent or a new channel. */
  rejoin(name: string, nwk: number): void {
    const device = this.device(name);
    device.nwk = nwk;
    device.changed();
    this.#announce(device);
  }

  get hasPower(): boolean {
    return this.#hasPower;
  }

  /**
   * The mains fail or return; without a change nothing happens. Stick and gateway have a supply of
   * their own, and what else ails a device still does when power is back.
   */
  power(on: boolean): void {
    if (on === this.#hasPower) return;
    this.#hasPower = on;
    for (const device of this.devices.values()) {
      if (!device.router) continue;
      this.trouble.setPower(device.name, on);
      if (on) relayOf(device)?.powerReturns();
      else relayOf(device)?.powerFails();
      if (on) this.#announce(device);
    }
  }

  #announce(device: Device): void {
    if (this.air.byEui(device.eui) === device) this.stick.announced(device);
  }

  async close(): Promise<void> {
    this.clock.stop();
    this.#stateFile?.write();
    await this.socket.close();
  }
}

/** Builds a home and, unless told otherwise, opens its port. */
export async function startVirtualHome(options: HomeOptions = {}): Promise<VirtualHome> {
  const home = new VirtualHome(options);
  if (options.port !== "none") await home.socket.open(options.port ?? 0);
  return home;
}
