/**
 * One message of a device as the radio stack parsed it, reduced to what is needed to understand it.
 */
export interface Heard {
  /** `attributeReport`, `readResponse`, `commandStatusChangeNotification`, `raw`, … */
  readonly type: string;
  readonly cluster: string | number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly endpoint: number;
  /** The ZCL frame with its sequence number: two equal frames close together are one message. */
  readonly bytes: Uint8Array;
}

/** Clusters by which a device keeps house; nothing in them is about the resident. */
export const housekeeping: ReadonlySet<string | number> = new Set([
  "genBasic",
  "genPowerCfg",
  "genPollCtrl",
  "genTime",
  "genOta",
  "genDeviceTempCfg",
  "haDiagnostic",
]);

/** Whether the device spoke by itself; an answer to our own question is no sign of the resident. */
export function isSpontaneous(heard: Heard): boolean {
  return heard.type === "attributeReport" || heard.type.startsWith("command");
}

export function numberIn(heard: Heard, key: string): number | undefined {
  const value = heard.data[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Zone status of ZCL 8.2.2.2.1.3, from a notification or an attribute. */
export function zoneStatus(heard: Heard): number | undefined {
  if (heard.cluster !== "ssIasZone") return undefined;
  return numberIn(heard, "zonestatus") ?? numberIn(heard, "zoneStatus");
}

/** Bits alarm 1 and alarm 2 of the zone status. */
export const zoneAlarm = 0b11;
