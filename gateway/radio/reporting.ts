/** Holds a device to reports of its own: asked what it has, set up where that is too little. */
import { type Models, Zcl } from "zigbee-herdsman";
import { within } from "./deadline.ts";
import { answer_ms, brief, request } from "./routine.ts";

/** A mains device must have spoken within 10 min; two reports fit. */
const longest_s = 300;

export const zclTypes = { boolean: 0x10, uint8: 0x20, int16: 0x29, int24: 0x2a } as const;

export interface Report {
  readonly cluster:
    | "genOnOff"
    | "genLevelCtrl"
    | "closuresWindowCovering"
    | "haElectricalMeasurement"
    | "seMetering";
  readonly attribute: number;
  readonly type: number;
  readonly least_s: number;
  readonly change: number;
}

/** Whether the device itself says that it reports at least this often. */
async function reports(endpoint: Models.Endpoint, report: Report): Promise<boolean | "mute"> {
  const { cluster, attribute, type, change } = report;
  try {
    const item = { attribute: { ID: attribute } };
    const read = endpoint.readReportingConfig(cluster, [item], brief);
    const [answer] = await within(answer_ms, "the device", read);
    const { maxRepIntval, repChange } = answer ?? {};
    if (maxRepIntval === undefined || maxRepIntval === 0) return false;
    return maxRepIntval <= longest_s && (type === zclTypes.boolean || Number(repChange) <= change);
  } catch (thrown) {
    // The device did answer: it reports nothing of the kind, or cannot say.
    return thrown instanceof Zcl.StatusError ? false : "mute";
  }
}

/**
 * Binds each time: that it did so once says nothing of a device that was reset since, and binding
 * again harms nothing. One that just gave no answer is left alone: the stack waits 10 s for a
 * binding, and whatever else is for that device waits behind it.
 */
export async function holdReport(
  endpoint: Models.Endpoint,
  report: Report,
  stick: Models.Endpoint,
): Promise<boolean> {
  const { cluster, attribute: ID, type, least_s, change } = report;
  const already = await reports(endpoint, report);
  if (already === "mute") return false;
  const bound = await request("the device", async () => {
    await endpoint.bind(cluster, stick);
    return undefined;
  });
  if (already) return bound.ok;
  const item = {
    attribute: { ID, type },
    minimumReportInterval: least_s,
    maximumReportInterval: longest_s,
    ...(type === zclTypes.boolean ? {} : { reportableChange: change }),
  };
  const done = await request("the device", async () => {
    await endpoint.configureReporting(cluster, [item], brief);
    return undefined;
  });
  return done.ok && bound.ok;
}
