/**
 * Pins for a laptop: each is a file with 0 or 1 in a folder. `echo 1 > FOLDER/gpio17` pulls the
 * cord, `cat FOLDER/gpio24` shows the pulse. A pin that was never written is what a healthy home
 * shows.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lines } from "./gpio.ts";

/** `healthyHigh` names the inputs that are high while all is well (open stove guard contacts). */
export function standInLines(folder: string, healthyHigh: readonly number[]): Lines {
  mkdirSync(folder, { recursive: true });
  const fileOf = (gpio: number): string => join(folder, `gpio${gpio}`);
  return {
    // No interrupts: the driver looks often enough for a hand on a keyboard.
    openInput: (gpio) => {
      const file = fileOf(gpio);
      try {
        writeFileSync(file, healthyHigh.includes(gpio) ? "1\n" : "0\n", { flag: "wx" });
      } catch {
        // It is there already: what it says counts.
      }
      return {
        readHigh: () => {
          try {
            return readFileSync(file, "utf8").trim() === "1";
          } catch {
            return undefined;
          }
        },
      };
    },
    openOutput: (gpio) => {
      const file = fileOf(gpio);
      const writeHigh = (high: boolean): boolean => {
        try {
          writeFileSync(file, high ? "1\n" : "0\n");
          return true;
        } catch {
          return false;
        }
      };
      writeHigh(false);
      return { writeHigh };
    },
    close: () => undefined,
  };
}
