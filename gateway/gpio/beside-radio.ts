/** Lets the rest of the gateway speak to wired and radio devices alike. */
import type { Radio } from "../ports.ts";
import type { Gpio } from "./gpio.ts";

/** The radio, with wired devices answered by their wires. Signals go to both. */
export function besideRadio(radio: Radio, gpio: Gpio): Radio {
  return {
    start: () => {
      gpio.start();
      radio.start();
    },
    stop: async () => {
      gpio.stop();
      await radio.stop();
    },
    cutPower: (device, way) =>
      gpio.owns(device) ? gpio.cutPower(device) : radio.cutPower(device, way),
    givePower: (device) => (gpio.owns(device) ? gpio.givePower(device) : radio.givePower(device)),
    readRelay: (device) => (gpio.owns(device) ? gpio.readRelay(device) : radio.readRelay(device)),
    signal: (pattern) => {
      gpio.signal(pattern);
      radio.signal(pattern);
    },
    wish: (device, level) => radio.wish(device, level),
  };
}
