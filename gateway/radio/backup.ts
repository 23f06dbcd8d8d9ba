/** The stick's backup (open-coordinator-backup, version 1): whose network it is. Pure. */
import type { RadioNetwork } from "./settings.ts";

/** `ours` can bring a wiped stick back; nothing else can. */
export type BackupKind = "ours" | "foreign" | "corrupt" | "missing";

function text(of: unknown, ...path: readonly string[]): string | undefined {
  let value = of;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return typeof value === "string" ? value.toLowerCase() : undefined;
}

export function kindOfBackup(content: string | undefined, network: RadioNetwork): BackupKind {
  if (content === undefined) return "missing";
  let backup: unknown;
  try {
    backup = JSON.parse(content);
  } catch {
    return "corrupt";
  }
  const panId = Number.parseInt(text(backup, "pan_id") ?? "", 16);
  const key = text(backup, "network_key", "key");
  if (Number.isNaN(panId) || key === undefined) return "corrupt";
  const isOurs =
    panId === network.panId &&
    text(backup, "extended_pan_id") === network.extendedPanId.toLowerCase() &&
    key === network.networkKey.toLowerCase();
  return isOurs ? "ours" : "foreign";
}
