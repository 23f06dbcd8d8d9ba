/** The devices of a home as a gateway's configuration wants them. */
import { modelNamed } from "./devices/models/catalogue.ts";
import type { PlannedHome } from "./homes/home.ts";

export interface ListedDevice {
  readonly name: string;
  readonly ieee: string;
  readonly model: string;
  readonly manufacturer: string;
  readonly roles: readonly string[];
  readonly room: string;
  readonly power: "mains" | "battery";
  /** How often a healthy one speaks by itself. */
  readonly checkIn_s: number;
}

export function listDevices(home: PlannedHome): readonly ListedDevice[] {
  return home.devices.map(({ name, ieee, model, roles, room }) => {
    const { manufacturer, power, reports } = modelNamed(model);
    const checkIn_s = Math.min(...reports.map((report) => report.max_s));
    return { name, ieee, model, manufacturer, roles, room, power, checkIn_s };
  });
}
