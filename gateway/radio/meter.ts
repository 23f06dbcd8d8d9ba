/** Asks a meter for the power that flows now; the answer comes as a message like any report. */
import type { Models } from "zigbee-herdsman";
import type { Question } from "./frames.ts";
import { brief, request } from "./routine.ts";

/** How this endpoint is asked for its power; undefined where it has no meter. */
export function powerQuestion(endpoint: Models.Endpoint): Question | undefined {
  if (endpoint.supportsInputCluster("haElectricalMeasurement")) return "activePower";
  return endpoint.supportsInputCluster("seMetering") ? "instantaneousDemand" : undefined;
}

const asked = new WeakSet<Models.Endpoint>();

/**
 * True when the meter answered, or when there is none to ask. Short, without recovery, and one
 * question at a time: questions to a mute meter would pile up in the stack's queue.
 */
export async function askPower(endpoint: Models.Endpoint): Promise<boolean> {
  const question = powerQuestion(endpoint);
  if (question === undefined) return true;
  if (asked.has(endpoint)) return false;
  asked.add(endpoint);
  const done = await request("the meter", () =>
    question === "activePower"
      ? endpoint.read("haElectricalMeasurement", ["activePower"], brief)
      : endpoint.read("seMetering", ["instantaneousDemand"], brief),
  );
  asked.delete(endpoint);
  return done.ok;
}
