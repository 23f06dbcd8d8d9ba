/** The stack's own loggers print to the console; here they go to ours, at a bounded rate. */
import type { Logger } from "pino";
import { setLogger as setStackLogger } from "zigbee-herdsman";
import { rateLimited } from "../../platform/log.ts";

/** Lines of one level per window; the first to give way are the repeats of a broken device. */
const mostLines = 30;
const window_ms = 60_000;

type Line = string | (() => string);

/**
 * A logger in the form that both packages of the stack want. Their debug lines are dropped unread.
 */
export interface StackLogger {
  debug(message: Line, namespace: string): void;
  info(message: Line, namespace: string): void;
  warning(message: Line, namespace: string): void;
  error(message: Line, namespace: string): void;
}

export function stackLogger(log: Logger): StackLogger {
  const write = (level: "debug" | "warn" | "error"): StackLogger["info"] => {
    const say = rateLimited((words) => log[level](words), mostLines, window_ms);
    return (message, namespace) => {
      if (!log.isLevelEnabled(level)) return;
      say(`${namespace}: ${typeof message === "string" ? message : message()}`);
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
