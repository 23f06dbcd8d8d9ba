/** A roller shutter: moves at its own speed, tells where it is. 0 is open, 100 is closed. */
import type { Cancel } from "../clock.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

const lift = { endpoint: 1, cluster: clusters.covering, attribute: 0x0008 };
/** From open to closed in twenty seconds, a usual shutter for one window. */
const perPercent_ms = 200;
/** While it moves it says where it is. */
const tells_ms = 1_000;
const open = 0;
const closed = 100;

export const coveringCluster: ClusterModel = {
  id: clusters.covering,
  attributes: [
    { id: 0x0000, type: types.enum8, value: 0 },
    { id: 0x0007, type: types.bitmap8, value: 0x0b },
    { id: 0x0008, type: types.uint8, value: open },
    { id: 0x0009, type: types.uint8, value: 0 },
    { id: 0x0017, type: types.bitmap8, value: 0, writable: true },
  ],
};

export function cover(device: Device): Behaviour {
  let moving: Cancel | undefined;
  let telling: Cancel | undefined;
  let from = open;
  let target = open;
  let began = 0;
  const position = () => Number(device.value(lift));

  /** Where it is by now, had it started from there then. */
  function reached(): number {
    const percent = Math.floor((device.clock.now() - began) / perPercent_ms);
    return target > from ? Math.min(target, from + percent) : Math.max(target, from - percent);
  }

  function tell(): void {
    device.set(lift, reached());
    telling = device.clock.after(tells_ms, tell);
  }

  function rest(at: number): void {
    moving?.();
    telling?.();
    moving = undefined;
    telling = undefined;
    device.set(lift, at);
  }

  function stop(): number {
    if (moving !== undefined) rest(reached());
    return statuses.success;
  }

  function go(to: number): number {
    stop();
    from = position();
    target = Math.min(closed, Math.max(open, to));
    began = device.clock.now();
    moving = device.clock.after(Math.abs(target - from) * perPercent_ms, () => rest(target));
    telling = device.clock.after(tells_ms, tell);
    return statuses.success;
  }

  function handle({ command, payload }: ClusterCall): number {
    switch (command) {
      case 0x00:
        return go(open);
      case 0x01:
        return go(closed);
      case 0x02:
        return stop();
      case 0x05:
        return go(payload.u8());
      default:
        return statuses.unsupportedCommand;
    }
  }

  return {
    commands: new Map([[clusters.covering, handle]]),
    actions: { up: () => go(open), down: () => go(closed), stop: () => stop() },
    look: () => ({ closedPercent: moving === undefined ? position() : reached() }),
  };
}
