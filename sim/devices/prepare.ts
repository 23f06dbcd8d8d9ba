/** A device as its host's converters leave it after pairing: enrolled, bound, reporting. */
import type { Binding } from "../radio.ts";
import type { Device } from "./device.ts";
import { clusters } from "./model.ts";
import { enrol } from "./zone.ts";

/** The bindings to the coordinator that the model's reports need. */
export function preparedBindings(device: Device, coordinator: string): readonly Binding[] {
  const bound = new Map<string, Binding>();
  for (const { endpoint, cluster } of device.model.reports) {
    const target = { eui: coordinator, endpoint: 1 };
    bound.set(`${endpoint}/${cluster}`, { endpoint, cluster, target });
  }
  return [...bound.values()];
}

export function prepare(device: Device, coordinator: string): void {
  for (const binding of preparedBindings(device, coordinator)) device.bind(binding);
  for (const report of device.model.reports) device.reporting.configure(report);
  const isZone = device.model.endpoints.some((endpoint) => {
    return endpoint.servers.some((cluster) => cluster.id === clusters.zone);
  });
  if (isZone) enrol(device, coordinator);
}
