/** One JSON line per happening, through pino; people read it with any pino viewer. */
import { type DestinationStream, type Logger, pino } from "pino";
import { LineWriter } from "./line-writer.ts";

export type { Logger };

/** Settings of a log: `name` is the process, `level` the least that is written. */
export interface LogSettings {
  readonly name: string;
  readonly level: "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** Where lines go; standard error by default, so that standard output stays for people. */
  readonly to?: DestinationStream;
}

/** Keys that never reach a log, at any depth a message of ours has. */
const secretPaths = ["password", "token", "network_key", "*.password", "*.token", "*.network_key"];

/** One for the process: standard error is one stream, and its last words are written at the end. */
let standardError: LineWriter | undefined;

function openStandardError(): LineWriter {
  if (standardError === undefined) {
    const writer = new LineWriter(2);
    process.on("exit", () => writer.flushSync());
    standardError = writer;
  }
  return standardError;
}

/** Opens the log. Lines are written without blocking the caller; what finds no room is dropped. */
export function openLog(settings: LogSettings): Logger {
  const to = settings.to ?? openStandardError();
  return pino(
    {
      name: settings.name,
      level: settings.level,
      redact: { paths: secretPaths, censor: "(secret)" },
      base: { name: settings.name },
    },
    to,
  );
}

/** At most `most` calls per `windowMs`, then one line that says how many were left out. */
export function rateLimited(
  write: (words: string) => void,
  most: number,
  windowMs: number,
  now: () => number = () => performance.now(),
): (words: string) => void {
  let begun = -windowMs;
  let count = 0;
  return (words) => {
    const at = now();
    if (at - begun >= windowMs) {
      if (count > most) write(`${count - most} more lines of this kind were left out`);
      begun = at;
      count = 0;
    }
    count += 1;
    if (count <= most) write(words);
  };
}
