/** A siren (IAS warning device, ZCL 8.4): sounds as long as it was told, or until told to stop. */
import type { Cancel } from "../clock.ts";
import type { Behaviour, ClusterCall } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters } from "./model.ts";
import { types } from "./values.ts";
import { statuses } from "./zcl.ts";

const longest = { endpoint: 1, cluster: clusters.warning, attribute: 0x0000 };

export const warningCluster: ClusterModel = {
  id: clusters.warning,
  attributes: [{ id: 0x0000, type: types.uint16, value: 240, writable: true }],
};

export function siren(device: Device): Behaviour {
  let ending: Cancel | undefined;
  let sounding = false;
  let squawks = 0;

  const quiet = (): void => {
    ending?.();
    ending = undefined;
    sounding = false;
  };

  /** The upper four bits are the kind of warning; none of them means stop. */
  function warn(information: number, seconds: number): number {
    quiet();
    if (information >> 4 === 0 || seconds === 0) return statuses.success;
    sounding = true;
    const bounded = Math.min(seconds, Number(device.value(longest)));
    ending = device.clock.after(bounded * 1000, quiet);
    return statuses.success;
  }

  function handle({ command, payload }: ClusterCall): number {
    if (command === 0x00) return warn(payload.u8(), payload.u16());
    if (command !== 0x01) return statuses.unsupportedCommand;
    squawks += 1;
    return statuses.success;
  }

  return {
    commands: new Map([[clusters.warning, handle]]),
    look: () => ({ sounding, squawks }),
  };
}
