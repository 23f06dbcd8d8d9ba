/** Asks a meter for the power that flows now; the answer comes as a message like any report. */
import type { Models } from "zigbee-herdsman";
import { brief, request } from "./routine.ts";

/**
 * True when the meter answered, or when there is none to ask. Never in the way of a cut: short, no
 * recovery.
 */
export async function askPower(endpoint: Models.Endpoint): Promise<boolean> {
  if (endpoint.supportsInputCluster("haElectricalMeasurement")) {
    const read = () => endpoint.read("haElectricalMeasurement", ["activePower"], brief);
    return (await request("the meter", read)).ok;
  }
  if (endpoint.supportsInputCluster("seMetering")) {
    const read = () => endpoint.read("seMetering", ["instantaneousDemand"], brief);
    return (await request("the meter", read)).ok;
  }
  return true;
}
