/** One JSON line per happening, through pino; people read it with any pino viewer. */
import { type DestinationStream, type Logger, pino } from "pino";

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

/** Opens the log. Lines are written without blocking the caller; a full pipe drops debug first. */
export function openLog(settings: LogSettings): Logger {
  const to = settings.to ?? standardError();
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

/**
 * A log that cannot be written (a full disk behind it, a reader that went) costs its lines. Without
 * a listener the error would end the process that the log is only to tell of.
 */
function standardError(): DestinationStream {
  const to = pino.destination({ dest: 2, sync: false, maxLength: 1_048_576 });
  to.on("error", () => undefined);
  return to;
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
