/** All device models of the virtual home, by the model id they say of themselves. */
import type { DeviceModel } from "../model.ts";
import { heimanSos, tuyaSos } from "./alarm-buttons.ts";
import { lamp, shutter } from "./comfort.ts";
import { climateSensor, contactSensor, motionSensor } from "./ewelink.ts";
import { smokeAlarm, warningDevice, waterSensor } from "./heiman.ts";
import { meteringPlug } from "./innr.ts";

const models: readonly DeviceModel[] = [
  heimanSos,
  tuyaSos,
  motionSensor,
  contactSensor,
  climateSensor,
  meteringPlug,
  smokeAlarm,
  waterSensor,
  warningDevice,
  lamp,
  shutter,
];

export const catalogue: ReadonlyMap<string, DeviceModel> = new Map(
  models.map((model) => [model.model, model]),
);

export function modelNamed(name: string): DeviceModel {
  const model = catalogue.get(name);
  if (model === undefined) {
    const known = [...catalogue.keys()].join(", ");
    throw new Error(`no device model "${name}"; there are ${known}`);
  }
  return model;
}
