/**
 * How the process lives and ends: signals, faults nobody caught, and an orderly stop with a time
 * limit.
 */
import type { Logger } from "../platform/log.ts";
import { wordsOf } from "../platform/words.ts";
import { exitSoftware } from "./errors.ts";

/** systemd waits longer than this before it kills; whatever hangs then hangs no longer. */
const stopWithinMs = 8_000;

export interface LifeParts {
  readonly log: Logger;
  /** Closes everything in order. */
  readonly stop: () => Promise<void>;
}

export interface Life {
  /** Resolves with the exit code once the process was told to end, and all is closed. */
  readonly ended: Promise<number>;
  /**
   * Ends the process for a fault after which its state cannot be trusted; systemd starts it anew.
   */
  readonly fail: (why: string) => void;
}

/** Watches signals and uncaught faults. An unhandled rejection is logged and harms nothing. */
export function watchLife({ log, stop }: LifeParts): Life {
  let resolve: (code: number) => void = () => undefined;
  const ended = new Promise<number>((done) => {
    resolve = done;
  });
  let stopping = false;
  const end = (code: number): void => {
    if (stopping) return;
    stopping = true;
    const limit = setTimeout(() => {
      log.error("not everything closed in time; ending all the same");
      process.exit(code === 0 ? exitSoftware : code);
    }, stopWithinMs);
    stop()
      .catch((thrown: unknown) => log.error(`closing failed: ${wordsOf(thrown)}`))
      .finally(() => {
        clearTimeout(limit);
        resolve(code);
      });
  };
  const fail = (why: string): void => {
    log.fatal(why);
    end(exitSoftware);
  };
  process.on("SIGTERM", () => end(0));
  process.on("SIGINT", () => end(0));
  process.on("uncaughtException", (thrown) => fail(`nobody caught: ${thrown.stack ?? thrown}`));
  process.on("unhandledRejection", (thrown) => {
    log.error(`a promise failed unheard: ${wordsOf(thrown)}`);
  });
  return { ended, fail };
}
