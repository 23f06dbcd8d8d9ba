/** A metering plug: a relay that can fail, a meter that tells what flows. */
import type { Cancel } from "../clock.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

/**
 * How a relay fails. weld: the contact no longer opens. lie: the plug says "off" and does nothing.
 * lie-meter: as lie, and its own meter says nothing flows. refuse: it answers "failure".
 */
export const relayFaults = ["none", "weld", "lie", "lie-meter", "refuse"] as const;
export type RelayFault = (typeof relayFaults)[number];

const ids = { onOff: 0x0000, onTime: 0x4001, offWait: 0x4002, startUp: 0x4003 } as const;
const startUps = { off: 0, on: 1, toggle: 2, previous: 0xff } as const;
const volts = 230;
const mains = { endpoint: 1, cluster: clusters.electrical };
const meter = { endpoint: 1, cluster: clusters.metering };
const relay = (attribute: number) => ({ endpoint: 1, cluster: clusters.onOff, attribute });

export const onOffCluster: ClusterModel = {
  id: clusters.onOff,
  attributes: [
    { id: ids.onOff, type: types.boolean, value: false },
    { id: 0x4000, type: types.boolean, value: true },
    { id: ids.onTime, type: types.uint16, value: 0, writable: true },
    { id: ids.offWait, type: types.uint16, value: 0, writable: true },
    { id: ids.startUp, type: types.enum8, value: startUps.previous, writable: true },
  ],
};

/** Power in watts, current in milliamperes. */
export const electricalCluster: ClusterModel = {
  id: clusters.electrical,
  attributes: [
    { id: 0x0000, type: 0x1b, value: 8 },
    { id: 0x0505, type: types.uint16, value: volts },
    { id: 0x0508, type: types.uint16, value: 0 },
    { id: 0x050b, type: types.int16, value: 0 },
    { id: 0x0600, type: types.uint16, value: 1 },
    { id: 0x0601, type: types.uint16, value: 1 },
    { id: 0x0602, type: types.uint16, value: 1 },
    { id: 0x0603, type: types.uint16, value: 1000 },
    { id: 0x0604, type: types.uint16, value: 1 },
    { id: 0x0605, type: types.uint16, value: 1 },
  ],
};

/** Energy in hundredths of a kilowatt hour. */
export const meteringCluster: ClusterModel = {
  id: clusters.metering,
  attributes: [
    { id: 0x0000, type: types.uint48, value: 0 },
    { id: 0x0200, type: types.bitmap8, value: 0 },
    { id: 0x0300, type: types.enum8, value: 0 },
    { id: 0x0301, type: types.uint24, value: 1 },
    { id: 0x0302, type: types.uint24, value: 100 },
    { id: 0x0303, type: types.bitmap8, value: 0 },
    { id: 0x0306, type: types.bitmap8, value: 0 },
    { id: 0x0400, type: types.int24, value: 0 },
  ],
};

/** The relay and what flows through it. The stove sets the load; faults come from outside. */
export class Relay {
  readonly #device: Device;
  readonly #metered: (watts: number) => void;
  #closed = false;
  #load_w = 0;
  #powered = true;
  #fault: RelayFault = "none";
  #timer: Cancel | undefined;
  #offCount = 0;

  constructor(device: Device, metered: (watts: number) => void) {
    this.#device = device;
    this.#metered = metered;
  }

  /** Whether the contact is closed, whatever the plug says. */
  get closed(): boolean {
    return this.#closed;
  }

  /** What the plug says. */
  get says(): boolean {
    return this.#device.value(relay(ids.onOff)) === true;
  }

  get powerW(): number {
    return this.#powered && this.#closed ? this.#load_w : 0;
  }

  /** How many "off" have reached the plug, obeyed or not. */
  get offCount(): number {
    return this.#offCount;
  }

  get fault(): RelayFault {
    return this.#fault;
  }

  setFault(fault: RelayFault): void {
    this.#fault = fault;
    this.#settle();
  }

  setLoad(watts: number): void {
    this.#load_w = watts;
    this.#settle();
  }

  /** Says and, where it can, does. */
  switchTo(on: boolean): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#device.set(relay(ids.onOff), on);
    const opens = this.#fault === "none" || this.#fault === "refuse";
    if (on || opens) this.#closed = on;
    this.#settle();
  }

  /** The mains fail: nothing flows or counts, and a timer of the plug is forgotten. */
  powerFails(): void {
    this.#powered = false;
    this.#metered(0);
    this.#timer?.();
    this.#timer = undefined;
  }

  /** Power returns after a cut: the start-up setting decides. */
  powerReturns(): void {
    this.#powered = true;
    const setting = Number(this.#device.value(relay(ids.startUp)));
    if (setting === startUps.previous) this.switchTo(this.says);
    else if (setting === startUps.toggle) this.switchTo(!this.says);
    else this.switchTo(setting === startUps.on);
  }

  /** After a restart of the home's process: all is as it was, a welded contact too. */
  resume(closed: boolean, fault: RelayFault, watts: number): void {
    this.#closed = closed;
    this.#fault = fault;
    this.#load_w = watts;
    this.#settle();
  }

  get loadW(): number {
    return this.#load_w;
  }

  command(call: ClusterCall): number {
    const isOff = call.command === 0x00 || call.command === 0x40;
    if (isOff) this.#offCount += 1;
    if (this.#fault === "refuse") return statuses.failure;
    switch (call.command) {
      case 0x00:
      case 0x40:
        this.switchTo(false);
        return statuses.success;
      case 0x01:
      case 0x41:
        this.switchTo(true);
        return statuses.success;
      case 0x02:
        this.switchTo(!this.says);
        return statuses.success;
      case 0x42:
        return this.#onWithTimedOff(call);
      default:
        return statuses.unsupportedCommand;
    }
  }

  /** Goes off by itself after some tenths of a second, whether or not anybody still listens. */
  #onWithTimedOff({ payload }: ClusterCall): number {
    const onlyWhenOn = (payload.u8() & 1) !== 0;
    const onTime = payload.u16();
    this.#device.set(relay(ids.offWait), payload.u16());
    if (onlyWhenOn && !this.says) return statuses.success;
    this.switchTo(true);
    this.#device.set(relay(ids.onTime), onTime);
    this.#timer = this.#device.clock.after(onTime * 100, () => {
      this.#device.set(relay(ids.onTime), 0);
      this.switchTo(false);
    });
    return statuses.success;
  }

  #settle(): void {
    const told = this.#fault === "lie-meter" && !this.says ? 0 : this.powerW;
    this.#device.set({ ...mains, attribute: 0x050b }, told);
    this.#device.set({ ...mains, attribute: 0x0508 }, Math.round((told / volts) * 1000));
    this.#metered(told);
  }
}

const relays = new WeakMap<Device, Relay>();

/** The relay of a device; nothing where it has none. */
export function relayOf(device: Device): Relay | undefined {
  return relays.get(device);
}

const joulesPerUnit = 36_000;

/** A plug with a meter: the meter counts on while power flows. */
export function plug(device: Device): Behaviour {
  let watts = 0;
  let since = device.clock.now();
  let joules = 0;
  const count = (): void => {
    joules += (watts * (device.clock.now() - since)) / 1000;
    since = device.clock.now();
    const units = Math.floor(joules / joulesPerUnit);
    if (units === 0) return;
    joules -= units * joulesPerUnit;
    const total = { ...meter, attribute: 0x0000 };
    device.set(total, Number(device.value(total)) + units);
  };
  const own = new Relay(device, (flowing) => {
    if (flowing === watts) return;
    count();
    watts = flowing;
  });
  relays.set(device, own);
  const minute = (): void => {
    count();
    device.clock.after(60_000, minute);
  };
  return {
    commands: new Map([[clusters.onOff, (call) => own.command(call)]]),
    actions: {
      on: () => own.switchTo(true),
      off: () => own.switchTo(false),
      load: (amount = 0) => own.setLoad(amount),
      "power-cycle": () => own.powerReturns(),
    },
    start: minute,
    save: () => ({ closed: own.closed, fault: own.fault, load: own.loadW }),
    load: (saved) => {
      const fault = relayFaults.find((known) => known === saved["fault"]) ?? "none";
      own.resume(saved["closed"] === true, fault, Number(saved["load"] ?? 0));
    },
    look: () => ({ on: own.says, closed: own.closed, watts: own.powerW, offCount: own.offCount }),
  };
}
