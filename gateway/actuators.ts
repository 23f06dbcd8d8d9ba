/** The radio, with the wired devices beside it where the home has wires. */
import { join } from "node:path";
import type { Logger } from "../platform/log.ts";
import type { Configuration } from "./config.ts";
import { besideRadio } from "./gpio/beside-radio.ts";
import type { Gpio } from "./gpio/gpio.ts";
import { openGpio } from "./gpio/open.ts";
import type { Clock, Hear, Radio } from "./ports.ts";
import { createRadio } from "./radio/radio.ts";

export interface ActuatorParts {
  readonly configuration: Configuration;
  /** Only at provisioning: an empty stick may form the home's network. */
  readonly formNetwork: boolean;
  readonly clock: Clock;
  readonly hear: Hear;
  readonly log: Logger;
}

/**
 * The pulse that holds a wired stove contactor: a loop that hangs stops it, and the contactor
 * falls.
 */
const pulseEveryMs = 1_000;

function wires({ configuration, clock, hear, log }: ActuatorParts): Gpio | undefined {
  const settings = configuration.written.gpio;
  if (settings === undefined) return undefined;
  const onFault = (sentence: string): void => log.error(sentence);
  return openGpio({ settings, dataDir: configuration.dataDir, clock, hear, onFault });
}

function zigbee({ configuration, formNetwork, hear, log }: ActuatorParts): Radio {
  const { written, secrets, dataDir } = configuration;
  const { port, adapter, channel, pan_id, extended_pan_id } = written.radio;
  return createRadio({
    settings: {
      port,
      adapter,
      dir: join(dataDir, "radio"),
      network: {
        panId: pan_id,
        extendedPanId: extended_pan_id,
        channel,
        networkKey: secrets.network_key,
      },
      devices: written.devices,
      formNetwork,
    },
    hear,
    log,
  });
}

/** Builds both; `start` begins the pulse, `stop` lets it end. */
export function createActuators(parts: ActuatorParts): Radio {
  const radio = zigbee(parts);
  const gpio = wires(parts);
  if (gpio === undefined) return radio;
  const both = besideRadio(radio, gpio);
  let pulse: NodeJS.Timeout | undefined;
  return {
    ...both,
    start: () => {
      both.start();
      pulse = setInterval(() => gpio.beat(), pulseEveryMs);
    },
    stop: async () => {
      clearInterval(pulse);
      await both.stop();
    },
  };
}
