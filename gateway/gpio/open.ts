/** Opens the wires that a home's configuration asks for. */
import { isAbsolute, join } from "node:path";
import { wordsOf } from "../../platform/words.ts";
import type { GpioParts } from "./driver.ts";
import { createGpio } from "./driver.ts";
import type { Gpio, Lines } from "./gpio.ts";
import { headerLines } from "./onoff-lines.ts";
import { standInLines } from "./stand-in.ts";

export interface OpenParts extends Omit<GpioParts, "lines"> {
  readonly dataDir: string;
}

function linesFor({ settings, dataDir, onFault }: OpenParts): Lines {
  if (settings.lines === "header") return headerLines(onFault);
  const folder = isAbsolute(settings.folder) ? settings.folder : join(dataDir, settings.folder);
  const { stove_guard: guard } = settings;
  return standInLines(folder, guard === undefined ? [] : [guard.aux1, guard.aux2]);
}

/**
 * The driver, or undefined after one sentence to `onFault`: a home with a dead header keeps its
 * radio. Its wired devices then stay silent, and supervision says so.
 */
export function openGpio(parts: OpenParts): Gpio | undefined {
  try {
    return createGpio({ ...parts, lines: linesFor(parts) });
  } catch (thrown) {
    parts.onFault(wordsOf(thrown));
    return undefined;
  }
}
