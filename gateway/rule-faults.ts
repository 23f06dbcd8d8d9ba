/**
 * What the process does about a rule that threw. The engine has set the machine aside and told
 * people; here it is logged, and a fault of what carries the call for help may be worth a restart.
 */
import type { RuleEvent } from "../rules/events.ts";
import type { Failure } from "../rules/failure.ts";
import type { homeMachines } from "../rules/index.ts";

/** Without these nobody is called: a memory that broke under way may be whole again on the disk. */
const vital: readonly (keyof typeof homeMachines)[] = ["emergencyCall", "escalation"];

/** A fault that comes back sooner is in the program or on the disk: a restart would not mend it. */
const restartAfterMs = 10 * 60_000;

export interface RuleFaultParts {
  readonly say: (words: string) => void;
  /** Ends the process in order; it is started anew. */
  readonly fail: (why: string) => void;
  /** How long this process has run, in ms. */
  readonly uptime: () => number;
}

/** Hears of each step in which machines threw. */
export function hearRuleFaults(parts: RuleFaultParts) {
  const known = new Set<string>();
  return (failures: readonly Failure[], event: RuleEvent): void => {
    for (const { machine, why, anew } of failures) {
      const then = anew ? "it began anew" : "it keeps the memory it had";
      const words = `a rule failed: ${machine} on ${event.kind} (${event.id}): ${why}; ${then}`;
      parts.say(words);
      const isFirst = !known.has(machine);
      known.add(machine);
      const carries = vital.some((name) => name === machine);
      if (carries && !anew && isFirst && parts.uptime() >= restartAfterMs) parts.fail(words);
    }
  };
}
