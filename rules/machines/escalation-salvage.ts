/**
 * What is saved of escalation's memory when the machine fails on it: the open alarms, raised again.
 * Who was told and who is coming is lost, so that people are told twice. Nothing here is believed:
 * a memory on which a machine fails may be of any shape.
 */
import { alarmSchema } from "../../protocol/messages.ts";
import type { Fact } from "../events.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The facts from which escalation begins anew; none where the event is not worth its memory. */
export function salvageAlarms(memory: unknown, event: Fact): readonly Fact[] | undefined {
  // The next beat says again what this one said.
  if (event.kind === "peer-heard") return undefined;
  if (!isObject(memory)) return [];
  const open = Array.isArray(memory["open"]) ? memory["open"] : [];
  const raised = open.flatMap((one: unknown): Fact[] => {
    const read = alarmSchema.safeParse(isObject(one) ? one["alarm"] : undefined);
    return read.success ? [{ kind: "alarm-raised", alarm: read.data }] : [];
  });
  return memory["peerLost"] === true ? [{ kind: "peer-lost" }, ...raised] : raised;
}
