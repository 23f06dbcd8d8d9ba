/**
 * The meaning of a frame of an SOS device, from the stack's raw message. Device converters come
 * after this: they drop repeats (same sequence number within 10 s) and know only what their model
 * list knows.
 */
import { type Heard, hexOf, housekeeping, zoneAlarm, zoneStatus } from "./heard.ts";

/** `unclear` becomes a concern: a button spoke and nobody understood it. */
export type SosMeaning = "pressed" | "routine" | "unclear";

/** Zone status bits that say nothing of a person: battery, supervision, restore, battery defect. */
const quietZoneBits = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 9);

/** Clusters whose every command is a press when an SOS device sends it. */
const buttonClusters: ReadonlySet<string | number> = new Set([
  "genOnOff",
  "genLevelCtrl",
  "genScenes",
]);

/** Commands of the alarm panel cluster (ZCL 8.3) that call for help. */
const panelCalls: ReadonlySet<string> = new Set([
  "commandEmergency",
  "commandPanic",
  "commandFire",
]);

/** Reports by which buttons without commands say that they were pressed. */
const buttonReports: ReadonlySet<string | number> = new Set(["genMultistateInput", "genOnOff"]);

function zoneMeaning(heard: Heard): SosMeaning {
  const status = zoneStatus(heard) ?? 0;
  if ((status & zoneAlarm) !== 0) return "pressed";
  return (status & ~quietZoneBits) === 0 ? "routine" : "unclear";
}

function isPress(heard: Heard, converted: Readonly<Record<string, unknown>>): boolean {
  if (panelCalls.has(heard.type)) return true;
  if (buttonClusters.has(heard.cluster) && heard.type.startsWith("command")) return true;
  if (buttonReports.has(heard.cluster) && heard.type === "attributeReport") return true;
  return typeof converted["action"] === "string" && converted["action"] !== "";
}

/** `converted` is what the device's converter made of the frame, where there is one. */
export function sosMeaning(heard: Heard, converted: Readonly<Record<string, unknown>>): SosMeaning {
  if (heard.cluster === "ssIasZone" && zoneStatus(heard) !== undefined) return zoneMeaning(heard);
  if (isPress(heard, converted)) return "pressed";
  // Bytes that could not be parsed may be anything, also in a cluster that is routine otherwise.
  if (heard.type === "raw") return "unclear";
  if (heard.type === "read" || heard.type === "readResponse") return "routine";
  if (heard.type === "commandEnrollReq" || housekeeping.has(heard.cluster)) return "routine";
  return "unclear";
}

/**
 * Buttons repeat for 3 s at most. Cheap ones count anew with each press, which must not hide the
 * next.
 */
const sameFrameFor_ms = 4_000;

/** Devices send a frame again, with its old sequence number, when our answer was lost. */
export class Repeats {
  readonly #seen = new Map<string, number>();

  /** Whether this very frame came from this device a moment ago. Remembers it. */
  isRepeat(device: string, heard: Heard, now_ms: number): boolean {
    for (const [frame, at_ms] of this.#seen) {
      if (now_ms - at_ms < sameFrameFor_ms) break;
      this.#seen.delete(frame);
    }
    const frame = `${device} ${heard.endpoint} ${heard.cluster} ${hexOf(heard.bytes)}`;
    if (this.#seen.has(frame)) return true;
    this.#seen.set(frame, now_ms);
    return false;
  }
}
