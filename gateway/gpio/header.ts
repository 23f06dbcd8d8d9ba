/**
 * The kernel numbers the pins of the header from a base that differs between models and kernels: 0
 * up to kernel 6.1 on a Pi 4, 512 since 6.6, other numbers on a Pi 5. The base stands in the folder
 * of the chip whose label names the header.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the kernel shows pins; onoff uses the same place. */
export const sysfsGpio = "/sys/class/gpio";

/** Labels of the chip behind the header: Pi 5, Pi 4, and the models before. */
const headerLabels = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"];

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function chipsIn(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => /^gpiochip\d+$/.test(name));
  } catch {
    throw new Error(
      `${root} is not there: this machine has no GPIO, or its kernel does not show it. ` +
        "Wired devices are off. Remedy: set gpio.lines to stand-in, or remove gpio from the file.",
    );
  }
}

/** The kernel's number of GPIO 0 of the header. Throws one sentence when there is no header. */
export function headerBase(root: string = sysfsGpio): number {
  const chips = chipsIn(root).map((name) => ({
    label: read(join(root, name, "label")),
    base: read(join(root, name, "base")),
  }));
  for (const label of headerLabels) {
    const chip = chips.find((one) => one.label === label);
    const base = Number(chip?.base ?? Number.NaN);
    if (Number.isInteger(base) && base >= 0) return base;
  }
  const seen = chips.map((chip) => chip.label ?? "unlabelled").join(", ") || "none";
  throw new Error(
    `${root}: no chip of a Raspberry Pi header among: ${seen}. Wired devices are off. ` +
      `Known labels are ${headerLabels.join(", ")} (hardware.md, Pin table).`,
  );
}
