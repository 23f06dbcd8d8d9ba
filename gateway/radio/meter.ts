/** Asks a meter for the power that flows now; the answer comes as a message like any report. */
import type { Models } from "zigbee-herdsman";
import { brief, request } from "./routine.ts";
import { powerQuestion } from "./stove-endpoints.ts";

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
