/**
 * What becomes of a machine that throws. A rule that throws is a fault of the program; it must not
 * take the other rules with it, least of all the call for help. The machine keeps the memory that
 * it had, and it is said which module is blind for it.
 */
import { after, type Instant, instant, seconds } from "../protocol/time.ts";
import type { Effect } from "./effects.ts";
import type { Fact, Fault, RuleEvent } from "./events.ts";
import { type Machine, type Step, type Surroundings, unchanged } from "./machine.ts";

/** A machine that threw on an event. */
export interface Failure {
  readonly machine: string;
  readonly why: string;
  /** It took the event all the same, having begun from its beginning. */
  readonly anew: boolean;
}

/** What a machine is given to hear. */
interface Heard {
  readonly event: RuleEvent;
  readonly around: Surroundings;
}

/** What was thrown may quote a whole memory; a sentence needs no more of it. */
const whyMax = 200;

/**
 * A machine that failed asks again no sooner than this: a deadline that it can never take must not
 * spin, and one that it can is not late by more.
 */
const askAgainAfter = seconds(5);

/** The words of what was thrown. */
function wordsOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, whyMax);
}

/** A memory that cannot answer when to wake is as broken as one that cannot take the event. */
function steps(machine: Machine<unknown>, state: unknown, heard: Heard): Step<unknown> {
  const step = machine.step(state, heard.event, heard.around);
  machine.wakeAt(step.state);
  return step;
}

/** From the beginning, told first what must not be lost of the memory on which it failed. */
function beginsAnew(machine: Machine<unknown>, memory: unknown, heard: Heard): Step<unknown> {
  const { event, around } = heard;
  const facts: readonly Fact[] = [...(machine.salvage?.(memory, event) ?? []), event];
  let whole: Step<unknown> = unchanged(machine.initial(around.plan));
  for (const fact of facts) {
    const step = steps(machine, whole.state, {
      event: { ...fact, id: event.id, at: event.at },
      around,
    });
    whole = {
      ...step,
      effects: [...whole.effects, ...step.effects],
      emits: [...whole.emits, ...step.emits],
    };
  }
  return whole;
}

/** At every start it would fail again; under way the machine knows which loss is less harm. */
function givesUp(machine: Machine<unknown>, memory: unknown, event: RuleEvent): boolean {
  return event.kind === "gateway-started" || machine.salvage?.(memory, event) !== undefined;
}

/** What came of a step, and what was thrown on the way. */
export interface Attempt {
  readonly step: Step<unknown>;
  readonly failed?: Omit<Failure, "machine">;
}

/** One step of one machine, whatever it throws. */
export function attempt(machine: Machine<unknown>, memory: unknown, heard: Heard): Attempt {
  try {
    return { step: steps(machine, memory, heard) };
  } catch (thrown) {
    const why = wordsOf(thrown);
    try {
      if (givesUp(machine, memory, heard.event)) {
        return { step: beginsAnew(machine, memory, heard), failed: { why, anew: true } };
      }
    } catch {
      // Not even from its beginning: then its memory is not given up for nothing.
    }
    return { step: unchanged(memory), failed: { why, anew: false } };
  }
}

/** When the machine wants to be woken; one that failed at `failedAt` is given some peace. */
export function wakeOf(
  machine: Machine<unknown>,
  memory: unknown,
  failedAt: Instant | undefined,
): Instant | undefined {
  try {
    const wake = machine.wakeAt(memory);
    if (wake === undefined || failedAt === undefined) return wake;
    return instant(Math.max(wake, after(failedAt, askAgainAfter)));
  } catch {
    return undefined;
  }
}

/** The fault that a failed machine is, with the module that is blind for it. */
export function faultOfMachine(name: string, machine: Machine<unknown> | undefined): Fault {
  return {
    subject: name,
    what: "rule-failed",
    blind: machine === undefined ? [] : [machine.manifest.name],
  };
}

/** Tells the care service and the home of a machine that failed, or takes its events again. */
export function toldOfFailure(fault: Fault, cleared: boolean): readonly Effect[] {
  const { subject, what, blind } = fault;
  const sight = cleared ? "all" : "none";
  return [
    { kind: "tell-peer-fault", fault, cleared },
    ...blind.map(
      (module): Effect => ({
        kind: "announce",
        key: "module-blind",
        words: { module, sight, what, device: subject },
      }),
    ),
  ];
}
