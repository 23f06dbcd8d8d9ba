/** Machines with one rule broken on purpose: a simulation that condemns none of them proves nothing. */
import type { RuleEvent } from "../../rules/events.ts";
import type { Machine, Step, Surroundings } from "../../rules/machine.ts";

/** One broken rule. */
export interface Mutant<State> {
  readonly breaks: string;
  readonly machine: Machine<State>;
}

interface Taken<State> {
  readonly before: State;
  readonly event: RuleEvent;
  readonly around: Surroundings;
}

/** A machine whose steps come out otherwise. */
export function altered<State>(
  machine: Machine<State>,
  change: (step: Step<State>, taken: Taken<State>) => Step<State>,
): Machine<State> {
  return {
    ...machine,
    step: (before, event, around) =>
      change(machine.step(before, event, around), { before, event, around }),
  };
}

/** A machine that takes its events otherwise. */
export function misled<State>(
  machine: Machine<State>,
  mislead: (taken: Taken<State>) => Taken<State>,
): Machine<State> {
  return {
    ...machine,
    step: (...[before, event, around]) => {
      const taken = mislead({ before, event, around });
      return machine.step(taken.before, taken.event, taken.around);
    },
  };
}

/** The first of these seeds that condemns the machine; undefined when none does. */
export function condemnedBy(
  seeds: number,
  run: (seed: number) => { readonly violations: readonly string[] },
): number | undefined {
  for (let seed = 1; seed <= seeds; seed += 1) {
    if (run(seed).violations.length > 0) return seed;
  }
  return undefined;
}
