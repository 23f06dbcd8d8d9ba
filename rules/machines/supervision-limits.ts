/**
 * How long a device may be silent, move, or run low: the numbers of supervision, each with its
 * source.
 */
import type { PlannedDevice } from "../../protocol/home.ts";
import { type Duration, hours, milliseconds, minutes } from "../../protocol/time.ts";

/** Longest silence of a mains device: it can be asked at any time. Ours; see hardware.md. */
const mainsSilentMax = minutes(10);
/**
 * Longest silence of an alarm button: one check-in a day (EN 50134-3 asks for no less), and an
 * hour.
 */
const buttonSilentMax = hours(25);
/**
 * A battery sensor that misses two check-ins is silent; below this, radio weather would be a fault.
 */
const batterySilentMin = minutes(10);
/** A mains device is asked, where it can be, before its time is over. */
const askBefore = minutes(1);

/**
 * Ours: a device may be given more time than the longest silence so often in a row: after a gap
 * that nobody can measure, and to answer when it is asked after an outage. A battery that died must
 * be found in a home whose power fails every day, too.
 */
export const sparedMax = 3;

/**
 * Ours: a device that is still silent or missing a day after a person closed its alarm is one
 * again. A radio that is still gone is one after `link.closeWithin`: no button on it works.
 */
export const deviceAgainAfter = hours(24);

/** A radio that is gone longer than this is a fault; the radio driver is back within seconds. */
export const radioLostMax = minutes(1);

/**
 * Ours: nobody moves for an hour in front of one sensor without a minute of rest. A sensor that
 * says so has lost its "nobody moves", or hangs.
 */
export const movingMax = hours(1);
/** Ours: a busy room has a pause of this length at least once in `busyMax`. */
export const pauseMin = minutes(10);
/** Ours: a sensor that fires for this long without a pause answers to a heater or a curtain. */
export const busyMax = hours(8);

/**
 * Lithium cells of 3 V fall steeply below 2.4 V under load. Ours; a fresh cell is above 2.6 V.
 * A percentage comes from the maker's guess at a curve: a low one warns, a high one proves nothing
 * against a low voltage.
 */
export const battery = {
  lowVolts: 2.4,
  freshVolts: 2.6,
  lowPercent: 15,
  freshPercent: 50,
} as const;

/** The longest silence of this device that is no fault. */
export function silenceMax(device: PlannedDevice): Duration {
  const twice = device.checkInEvery * 2;
  if (device.roles.includes("sos-button")) {
    return milliseconds(Math.min(buttonSilentMax, Math.max(twice, batterySilentMin)));
  }
  if (device.power === "mains") return milliseconds(Math.min(mainsSilentMax, twice));
  return milliseconds(Math.max(twice, batterySilentMin));
}

/** After how much silence the device is asked; undefined for a device that cannot be asked. */
export function askAfter(device: PlannedDevice): Duration | undefined {
  if (device.power !== "mains" || !device.roles.includes("stove-relay")) return undefined;
  const limit = silenceMax(device);
  return milliseconds(limit - Math.min(askBefore, limit / 2));
}
