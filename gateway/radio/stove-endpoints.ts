/**
 * Which endpoints of a device answer for the stove. A plug with two sockets has two relays and two
 * meters: what the other one says proves nothing.
 */
import type { Models } from "zigbee-herdsman";
import type { Question } from "./frames.ts";

export interface StoveEndpoints {
  readonly relay: Models.Endpoint | undefined;
  /** Undefined where no endpoint meters by the standard: then the model's own way counts. */
  readonly meter: Models.Endpoint | undefined;
}

/** How this endpoint is asked for its power; undefined where it has no meter. */
export function powerQuestion(endpoint: Models.Endpoint): Question | undefined {
  if (endpoint.supportsInputCluster("haElectricalMeasurement")) return "activePower";
  return endpoint.supportsInputCluster("seMetering") ? "instantaneousDemand" : undefined;
}

/** The first relay, and its own meter where it has one; the same choice in every run. */
export function stoveEndpoints(device: Models.Device): StoveEndpoints {
  const relay = device.endpoints.find((one) => one.supportsInputCluster("genOnOff"));
  const metering = device.endpoints.filter((one) => powerQuestion(one) !== undefined);
  const meter = metering.find((one) => one === relay) ?? metering[0];
  return { relay, meter };
}
