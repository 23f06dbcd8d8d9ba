/** The stack's own loggers print to the console; here they go to ours, at a bounded rate. */
import type { Logger } from "pino";
import { setLogger as setStackLogger } from "zigbee-herdsman";

/** Lines of one level per window; the first to give way are the repeats of a broken device. */
const mostLines = 30;
const window_ms = 60_000;

/** Lets a bounded number of lines through per window, and says how many it held back. */
export class Rate {
  #opened_ms = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** How many lines to write now: 0 to hold this one back, else 1; `held` were lost before it. */
  admit(now_ms: number): { readonly write: boolean; readonly held: number } {
    if (now_ms - this.#opened_ms >= window_ms) {
      const held = Math.max(0, this.#count - mostLines);
      this.#opened_ms = now_ms;
      this.#count = 1;
      return { write: true, held };
    }
    this.#count += 1;
    return { write: this.#count <= mostLines, held: 0 };
  }
}

type Line = string | (() => string);

/** A logger in the form that both packages of the stack want. Their debug lines are dropped unread. */
export interface StackLogger {
  debug(message: Line, namespace: string): void;
  info(message: Line, namespace: string): void;
  warning(message: Line, namespace: string): void;
  error(message: Line, namespace: string): void;
}

export function stackLogger(log: Logger): StackLogger {
  const write = (level: "debug" | "warn" | "error"): StackLogger["info"] => {
    const rate = new Rate();
    return (message, stack) => {
      const { write: admitted, held } = rate.admit(performance.now());
      if (!admitted) return;
      if (held > 0) log[level]({ stack, held }, "lines of the radio stack were held back");
      log[level]({ stack }, typeof message === "string" ? message : message());
    };
  };
  return {
    debug: () => {},
    // Joins and backups; what matters of them is logged by the driver itself.
    info: write("debug"),
    warning: write("warn"),
    error: write("error"),
  };
}

export function redirectStackLog(log: Logger): void {
  setStackLogger(stackLogger(log));
}
