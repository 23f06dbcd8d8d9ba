/** Sensors of the zone family: buttons, motion, contacts, smoke, water. */
import type { Cancel } from "../clock.ts";
import type { Action, Behaviour } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { clusters } from "./model.ts";
import { changeZone, notifyZone, zoneBits, zoneStatus } from "./zone.ts";

/** Emergency buttons send again, twice, a second apart, while no default response comes. */
const pressRepeats = 2;
/** Command "emergency" of an alarm panel (ZCL 8.3.2.4.3). */
const emergency = 0x02;

/** An emergency button that is a zone of its own: a press is alarm 1, told every time. */
export function zoneButton(device: Device): Behaviour {
  const press: Action = () => {
    const status = { endpoint: 1, cluster: clusters.zone, attribute: 0x0002 };
    device.set(status, zoneStatus(device) | zoneBits.alarm1);
    notifyZone(device, pressRepeats);
    device.set(status, zoneStatus(device) & ~zoneBits.alarm1);
  };
  return { actions: { press } };
}

/** An emergency button that calls the panel: a press is the command "emergency". */
export function panelButton(device: Device): Behaviour {
  const press: Action = () => {
    device.tell({
      endpoint: 1,
      cluster: clusters.panel,
      command: emergency,
      payload: Buffer.alloc(0),
      fromServer: false,
      repeats: pressRepeats,
    });
  };
  return { actions: { press } };
}

/** Motion: told once, then silent while it goes on, and told again when `hold_ms` saw none. */
export function motion(hold_ms: number): (device: Device) => Behaviour {
  return (device) => {
    let ending: Cancel | undefined;
    const walk: Action = (held_ms = hold_ms) => {
      ending?.();
      ending = device.clock.after(held_ms, () => changeZone(device, zoneBits.alarm1, false));
      changeZone(device, zoneBits.alarm1, true);
    };
    return {
      actions: { walk },
      look: () => ({ motion: (zoneStatus(device) & zoneBits.alarm1) !== 0 }),
    };
  };
}

/** A contact: open is alarm 1. */
export function contact(device: Device): Behaviour {
  return {
    actions: {
      open: () => changeZone(device, zoneBits.alarm1, true),
      close: () => changeZone(device, zoneBits.alarm1, false),
    },
    look: () => ({ open: (zoneStatus(device) & zoneBits.alarm1) !== 0 }),
  };
}

/** Smoke or water: told like a button press, until the default response comes. */
export function hazard(device: Device): Behaviour {
  return {
    actions: {
      alarm: () => changeZone(device, zoneBits.alarm1, true, pressRepeats),
      clear: () => changeZone(device, zoneBits.alarm1, false, pressRepeats),
      test: () => {
        changeZone(device, zoneBits.test, true);
        changeZone(device, zoneBits.test, false);
      },
    },
    look: () => ({ alarm: (zoneStatus(device) & zoneBits.alarm1) !== 0 }),
  };
}
