/**
 * The limits of each setting, as the manifest that explains it to people states them. Whatever
 * reads a configuration takes its bounds from here, so that no file may ask for more than was
 * explained.
 */
import { manifests } from "./index.ts";

/** What a setting may be, in the unit in which a file writes it. */
export interface Limits {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** The units of settings; a span of time may be written in any of the three that measure time. */
export type SettingUnit = "s" | "min" | "h" | "W";

/** How much of the smallest unit of its kind each unit is. */
const sizes: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, W: 1 };

/** The limits of the setting with this key, in this unit. */
export function limitsOf(key: string, unit: SettingUnit): Limits {
  const setting = manifests.flatMap(({ settings }) => settings).find((one) => one.key === key);
  if (setting === undefined) throw new Error(`no manifest has a setting ${key}`);
  const factor = (sizes[setting.unit] as number) / (sizes[unit] as number);
  const { default: usual, min, max } = setting;
  return { default: usual * factor, min: min * factor, max: max * factor };
}

/** The limits of the link between home and care service; both sides read the same settings. */
export const linkLimits = {
  beatEvery: limitsOf("link.beatEvery", "s"),
  silentAfter: limitsOf("link.silentAfter", "s"),
  alarmAfter: limitsOf("link.alarmAfter", "s"),
  custodyWithin: limitsOf("link.custodyWithin", "s"),
  closeWithin: limitsOf("link.closeWithin", "min"),
  repeatEvery: limitsOf("link.repeatEvery", "s"),
} as const;
