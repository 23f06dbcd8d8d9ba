/**
 * The wires of a home as its configuration writes them. Pins are named by GPIO number, not by
 * place.
 */
import { z } from "zod";
import { idSchema as id } from "../../platform/agreement-file.ts";
import type { PlannedDevice } from "../../protocol/home.ts";
import { minutes } from "../../protocol/time.ts";
import { fallsWithin } from "./stove-relay.ts";

const room = z.string().min(1).max(60);

/** GPIO 0 and 1 belong to the identification of add-on boards (hardware.md, "Pin table"). */
const gpio = z
  .int()
  .min(2, "a Pi header has GPIO 2 to 27 (hardware.md, Pin table)")
  .max(27, "a Pi header has GPIO 2 to 27 (hardware.md, Pin table)");

export const gpioSchema = z.strictObject({
  /** `stand-in` is for a laptop: pins are files in `folder`. */
  lines: z.enum(["header", "stand-in"]).default("header"),
  folder: z.string().default("gpio"),
  /** Normally closed contacts to ground: a press opens them, and so does a cut wire. */
  sos: z.array(z.strictObject({ id, room, gpio })).max(8).default([]),
  /** The two potential-free contacts of a certified stove guard; closed is 1. */
  stove_guard: z.strictObject({ id, room, aux1: gpio, aux2: gpio }).optional(),
  /** The relay of a stove contactor (hardware.md, "Stove contactor"). */
  stove_relay: z
    .strictObject({ id, room, pulse: gpio, enable: gpio.optional(), mirror: gpio })
    .optional(),
  buzzer: gpio.optional(),
});

export type GpioSettings = z.infer<typeof gpioSchema>;

/** Every pin in use, with the setting that uses it. */
export function pinsOf(settings: GpioSettings): readonly (readonly [string, number])[] {
  const { sos, stove_guard: guard, stove_relay: relay, buzzer } = settings;
  return [
    ...sos.map((one, at) => [`sos[${at}].gpio`, one.gpio] as const),
    ...(guard === undefined
      ? []
      : ([
          ["stove_guard.aux1", guard.aux1],
          ["stove_guard.aux2", guard.aux2],
        ] as const)),
    ...(relay === undefined
      ? []
      : ([
          ["stove_relay.pulse", relay.pulse],
          ["stove_relay.mirror", relay.mirror],
        ] as const)),
    ...(relay?.enable === undefined ? [] : [["stove_relay.enable", relay.enable] as const]),
    ...(buzzer === undefined ? [] : [["buzzer", buzzer] as const]),
  ];
}

/** Sentences for faults that no single setting shows. */
export function gpioFaults(settings: GpioSettings): readonly string[] {
  const users = new Map<number, string>();
  const faults: string[] = [];
  for (const [user, pin] of pinsOf(settings)) {
    const other = users.get(pin);
    if (other === undefined) users.set(pin, user);
    else faults.push(`gpio.${user}: GPIO ${pin} is already used by ${other}; wire it elsewhere`);
  }
  return faults;
}

/**
 * The wired devices as the rules see them. The driver says `device-heard` for each once a minute
 * while its pins can be read, so that a dead driver is noticed like a silent radio device.
 */
export function wiredDevices(settings: GpioSettings): readonly PlannedDevice[] {
  const { sos, stove_guard: guard, stove_relay: relay } = settings;
  const wired = { power: "mains", checkInEvery: minutes(1), byRadio: false } as const;
  return [
    ...sos.map((one) => ({ id: one.id, room: one.room, roles: ["sos-button"], ...wired }) as const),
    ...(guard === undefined
      ? []
      : [{ id: guard.id, room: guard.room, roles: ["heat"], ...wired } as const]),
    ...(relay === undefined
      ? []
      : [
          {
            id: relay.id,
            room: relay.room,
            roles: ["stove-relay"],
            settles: fallsWithin(relay.enable !== undefined),
            ...wired,
          } as const,
        ]),
  ];
}
