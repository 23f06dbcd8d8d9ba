/** The real header, through onoff. Its native part is loaded only when a home has wires. */
import { createRequire } from "node:module";
import { wordsOf } from "../../platform/words.ts";
import type { Lines } from "./gpio.ts";
import { headerBase, sysfsGpio } from "./header.ts";

/** The part of onoff that is used. */
interface OnoffPin {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  watch(callback: (fault: Error | null | undefined, value: 0 | 1) => void): void;
  unexport(): void;
}
type OnoffClass = new (
  gpio: number,
  direction: "in" | "low",
  edge?: "both",
  options?: { readonly reconfigureDirection: boolean },
) => OnoffPin;

function loadOnoff(): OnoffClass {
  try {
    return (createRequire(import.meta.url)("onoff") as { Gpio: OnoffClass }).Gpio;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split("\n", 1)[0] : String(thrown);
    throw new Error(
      `onoff cannot be loaded (${why}): its native part is missing. Wired devices are off. ` +
        "Remedy: apt-get install g++ make python3, then npm rebuild epoll.",
    );
  }
}

/** Opens the header; throws one sentence when there is none or onoff cannot be loaded. */
export function headerLines(onFault: (sentence: string) => void): Lines {
  const base = headerBase();
  const Pin = loadOnoff();
  const open = new Map<number, OnoffPin>();
  const guarded = <Value>(gpio: number, act: () => Value): Value | undefined => {
    try {
      return act();
    } catch (thrown) {
      onFault(`GPIO ${gpio}: ${wordsOf(thrown)}`);
      return undefined;
    }
  };
  const claim = (gpio: number, direction: "in" | "low"): OnoffPin => {
    try {
      // "low" sets direction and level in one step: an output never starts high.
      const pin =
        direction === "in" ? new Pin(base + gpio, "in", "both") : new Pin(base + gpio, "low");
      open.set(gpio, pin);
      return pin;
    } catch (thrown) {
      const why = wordsOf(thrown);
      throw new Error(
        `GPIO ${gpio} (${sysfsGpio} number ${base + gpio}) cannot be opened: ${why}. ` +
          "Remedy: stop what else uses it, and let the user obhut into the group gpio.",
      );
    }
  };
  return {
    openInput: (gpio, onEdge) => {
      const pin = claim(gpio, "in");
      pin.watch((fault, value) => {
        if (fault) onFault(`GPIO ${gpio}: ${fault.message}`);
        else onEdge(value === 1);
      });
      return {
        readHigh: () => {
          const level = guarded(gpio, () => pin.readSync());
          return level === undefined ? undefined : level === 1;
        },
      };
    },
    openOutput: (gpio) => {
      const pin = claim(gpio, "low");
      return {
        writeHigh: (high) =>
          guarded(gpio, () => {
            pin.writeSync(high ? 1 : 0);
            return true;
          }) ?? false,
      };
    },
    close: () => {
      for (const [gpio, pin] of open) guarded(gpio, () => pin.unexport());
      open.clear();
    },
  };
}
