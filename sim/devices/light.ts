/** A dimmable light: on, off, brightness. */
import type { Cancel } from "../clock.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

const onOff = { endpoint: 1, cluster: clusters.onOff, attribute: 0x0000 };
const level = { endpoint: 1, cluster: clusters.level, attribute: 0x0000 };
const darkest = 1;
const brightest = 254;

export const levelCluster: ClusterModel = {
  id: clusters.level,
  attributes: [
    { id: 0x0000, type: types.uint8, value: brightest },
    { id: 0x0001, type: types.uint16, value: 0 },
    { id: 0x000f, type: types.bitmap8, value: 0, writable: true },
    { id: 0x0010, type: types.uint16, value: 0, writable: true },
    { id: 0x0011, type: types.uint8, value: 0xff, writable: true },
    { id: 0x4000, type: types.uint8, value: 0xff, writable: true },
  ],
};

export function light(device: Device): Behaviour {
  let fading: Cancel | undefined;
  const stop = (): void => {
    fading?.();
    fading = undefined;
  };
  const isOn = () => device.value(onOff) === true;
  const brightness = () => Number(device.value(level));
  /** A lamp that is switched while it fades fades no longer. */
  const switchTo = (on: boolean): number => {
    stop();
    device.set(onOff, on);
    return statuses.success;
  };

  /** With on/off, the darkest level means off and any other means on. */
  function arrive(target: number, withOnOff: boolean): void {
    if (withOnOff) switchTo(target > darkest);
    device.set(level, Math.min(brightest, Math.max(darkest, target)));
  }

  function fade(target: number, tenths: number, withOnOff: boolean): number {
    stop();
    if (withOnOff && target > darkest) switchTo(true);
    if (tenths === 0 || tenths === 0xffff) arrive(target, withOnOff);
    else fading = device.clock.after(tenths * 100, () => arrive(target, withOnOff));
    return statuses.success;
  }

  function handleOnOff({ command }: ClusterCall): number {
    switch (command) {
      case 0x00:
      case 0x40:
        return switchTo(false);
      case 0x01:
      case 0x41:
        return switchTo(true);
      case 0x02:
        return switchTo(!isOn());
      default:
        return statuses.unsupportedCommand;
    }
  }

  function handleLevel({ command, payload }: ClusterCall): number {
    const withOnOff = command >= 0x04;
    switch (command & 3) {
      case 0x00: {
        const target = payload.u8();
        return fade(target, payload.u16(), withOnOff);
      }
      case 0x01: {
        const down = payload.u8() === 1;
        return fade(down ? darkest : brightest, 0, withOnOff);
      }
      case 0x02: {
        const down = payload.u8() === 1;
        const size = payload.u8();
        return fade(brightness() + (down ? -size : size), payload.u16(), withOnOff);
      }
      default:
        stop();
        return statuses.success;
    }
  }

  return {
    commands: new Map([
      [clusters.onOff, handleOnOff],
      [clusters.level, handleLevel],
    ]),
    actions: { on: () => switchTo(true), off: () => switchTo(false) },
    look: () => ({ on: isOn(), level: brightness() }),
  };
}
