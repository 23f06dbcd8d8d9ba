/**
 * Runs a recorded journal through the rules again: the same events must lead to the same decisions.
 */
import { wordsOf } from "../../platform/words.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { adoptState } from "../../rules/adopt.ts";
import {
  type Decision,
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
} from "../../rules/engine.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { RecordedEvent } from "./encode.ts";
import { type Recorded, RecordFault, recordsOf } from "./recorded.ts";

/** What replay finds on its way. */
export type Finding =
  /** A decision as it was recorded; `proved` where the rules came to the same again. */
  | {
      readonly kind: "decision";
      readonly recorded: RecordedEvent;
      readonly decision: Decision;
      readonly proved: boolean;
    }
  /** The rules decide something else today, or stand somewhere else. */
  | { readonly kind: "difference"; readonly recorded: RecordedEvent; readonly now: string }
  | {
      readonly kind: "state-difference";
      readonly seq: number;
      readonly machines: readonly string[];
    }
  /** Events that are not in the record; until the next snapshot nothing can be proved. */
  | { readonly kind: "hole"; readonly after: number; readonly missing: number };

export interface ReplaySummary {
  readonly events: number;
  readonly decisions: number;
  readonly differences: number;
  readonly missing: number;
  /** Events after a hole and before a snapshot, and events whose decisions are lost. */
  readonly unproved: number;
  /** Versions of the rules that made the record. */
  readonly rules: readonly string[];
}

interface ReplayOptions {
  readonly machines: MachineList;
}

/** Throws `RecordFault` where the file is not a journal, or holds what no home can have. */
export function* replayJournal(
  path: string,
  options: ReplayOptions,
): Generator<Finding, ReplaySummary> {
  const replay = new Replay(options.machines);
  for (const record of recordsOf(path)) {
    try {
      yield* replay.hear(record);
    } catch (error) {
      const why = wordsOf(error);
      throw new RecordFault(
        `${path}: the ${record.kind} of #${record.seq} makes no sense (${why}).`,
      );
    }
  }
  return replay.summary();
}

class Replay {
  readonly #machines: MachineList;
  readonly #rules = new Set<string>();
  #plan: HomePlan | undefined;
  /** Undefined while nobody knows where the rules stood. */
  #state: EngineState | undefined;
  #seq: number | undefined;
  #counts = { events: 0, decisions: 0, differences: 0, missing: 0, unproved: 0 };

  constructor(machines: MachineList) {
    this.#machines = machines;
  }

  *hear(record: Recorded): Generator<Finding> {
    switch (record.kind) {
      case "plan":
        this.#rules.add(record.rules);
        this.#plan = record.plan;
        if (this.#state !== undefined) {
          this.#state = adoptState(this.#machines, record.plan, this.#state);
        } else if (record.seq === 0) this.#state = initialState(this.#machines, record.plan);
        return;
      case "snapshot":
        yield* this.#hold(record.seq, record.state);
        return;
      case "event":
        this.#noteBlind(record.event);
        yield* this.#step(record);
        return;
    }
  }

  /** The run knew less than this record does: it is not held against what was not read then. */
  #noteBlind(event: RuleEvent): void {
    if (event.kind === "gateway-started" && event.blind === true) this.#state = undefined;
  }

  summary(): ReplaySummary {
    return { ...this.#counts, rules: [...this.#rules] };
  }

  /** A snapshot is held against the state that was reached, and then believed. */
  *#hold(seq: number, state: EngineState): Generator<Finding> {
    yield* this.#missingBefore(seq + 1);
    const reached = this.#state;
    // One that an older version wrote lacks machines that are new.
    const plan = this.#plan;
    this.#state = plan === undefined ? state : adoptState(this.#machines, plan, state);
    if (reached === undefined) return;
    const machines = differing(reached, this.#state);
    if (machines.length === 0) return;
    this.#counts.differences += 1;
    yield { kind: "state-difference", seq, machines };
  }

  *#step(recorded: RecordedEvent): Generator<Finding> {
    yield* this.#missingBefore(recorded.seq);
    this.#seq = recorded.seq;
    this.#counts.events += 1;
    const now = this.#stepAgain(recorded);
    if (now === undefined || !recorded.whole) this.#counts.unproved += 1;
    const proved = now === outcomeOf(recorded);
    for (const decision of recorded.decisions) {
      this.#counts.decisions += 1;
      yield { kind: "decision", recorded, decision, proved };
    }
    if (now === undefined || proved || !recorded.whole) return;
    this.#counts.differences += 1;
    yield { kind: "difference", recorded, now };
  }

  /** What the rules do with the event today, as text; undefined while their state is not known. */
  #stepAgain({ event }: RecordedEvent): string | undefined {
    if (this.#state === undefined || this.#plan === undefined) return undefined;
    try {
      const step = stepEngine(this.#machines, this.#plan, this.#state, event);
      this.#state = step.state;
      return outcomeOf(step);
    } catch (error) {
      this.#state = undefined;
      return `the rule failed: ${wordsOf(error)}`;
    }
  }

  *#missingBefore(seq: number): Generator<Finding> {
    const after = this.#seq ?? seq - 1;
    this.#seq ??= seq - 1;
    const missing = seq - after - 1;
    if (missing <= 0) return;
    this.#counts.missing += missing;
    this.#state = undefined;
    this.#seq = seq - 1;
    yield { kind: "hole", after, missing };
  }
}

/** Decisions and effects as text: equal texts are equal decisions, for the same code made both. */
function outcomeOf(step: Pick<RecordedEvent, "decisions" | "effects">): string {
  return JSON.stringify([step.decisions, step.effects]);
}

/** Machines that stand elsewhere. The order of keys says nothing, so it is not compared. */
function differing(reached: EngineState, recorded: EngineState): readonly string[] {
  const names = new Set([...Object.keys(reached.machines), ...Object.keys(recorded.machines)]);
  const found = [...names].filter(
    (name) => canonical(reached.machines[name]) !== canonical(recorded.machines[name]),
  );
  const others = (["clock", "switched"] as const).filter(
    (name) => canonical(reached[name]) !== canonical(recorded[name]),
  );
  return [...found, ...others];
}

function canonical(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sorted ?? "";
}
