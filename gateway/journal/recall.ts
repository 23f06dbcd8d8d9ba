/** The state of the rules at a start: the last snapshot, and all that happened after it. */
import type { HomePlan } from "../../protocol/home.ts";
import {
  adoptState,
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
} from "../../rules/engine.ts";
import type { RecordedEvent } from "./encode.ts";
import type { WorkerLine } from "./line.ts";
import type { EventPage, StoredMemory } from "./store.ts";

/** Events that are asked for at a time, so that a long tail does not fill the memory. */
const eventsAtOnce = 500;

export class Recall {
  readonly #machines: MachineList;
  readonly #memory: StoredMemory;
  readonly #reports: string[];
  readonly #today: HomePlan;
  readonly #plans: readonly { readonly seq: number; readonly plan: HomePlan }[];
  #seq: number;
  #missing = 0;
  #refused = 0;

  constructor(
    home: { readonly machines: MachineList; readonly plan: HomePlan },
    memory: StoredMemory,
    reports: string[],
  ) {
    this.#machines = home.machines;
    this.#today = home.plan;
    this.#memory = memory;
    this.#reports = reports;
    this.#plans = memory.plans.map(({ seq, plan }) => ({ seq, plan: JSON.parse(plan) }));
    this.#seq = memory.snapshot?.seq ?? 0;
  }

  /** Undefined for a home that has no memory. Never rejects. */
  async state(line: WorkerLine): Promise<EngineState | undefined> {
    const { snapshot, lastSeq } = this.#memory;
    if (snapshot === undefined && lastSeq === 0) return undefined;
    const plan = this.#planAfter(this.#seq);
    let state =
      snapshot === undefined
        ? initialState(this.#machines, plan)
        : adoptState(this.#machines, plan, JSON.parse(snapshot.state) as EngineState);
    let next: number | undefined = this.#seq;
    while (next !== undefined) {
      const page: EventPage = await pageAfter(line, next);
      for (const recorded of page.events) state = this.#hear(state, recorded);
      next = page.next;
    }
    this.#missing += Math.max(0, lastSeq - this.#seq);
    this.#say();
    return adoptState(this.#machines, this.#today, state);
  }

  /** The plan in force after `seq`; today's where none is on record. */
  #planAfter(seq: number): HomePlan {
    return this.#plans.findLast((plan) => plan.seq <= seq)?.plan ?? this.#today;
  }

  #hear(state: EngineState, { seq, event }: RecordedEvent): EngineState {
    this.#missing += seq - this.#seq - 1;
    this.#seq = seq;
    try {
      return stepEngine(this.#machines, this.#planAfter(seq - 1), state, event).state;
    } catch {
      // A rule that throws must not keep the home from starting, again and again.
      this.#refused += 1;
      return state;
    }
  }

  #say(): void {
    if (this.#missing > 0) {
      this.#reports.push(
        `journal: ${this.#missing} of the last events are missing; the rest was taken up.`,
      );
    }
    if (this.#refused > 0) {
      this.#reports.push(
        `journal: a rule failed on ${this.#refused} of the last events; they were passed over.`,
      );
    }
  }
}

/** A page that cannot be had ends the recall; what is missing is counted and said. */
async function pageAfter(line: WorkerLine, after: number): Promise<EventPage> {
  const asked = line.ask({ kind: "events", after, limit: eventsAtOnce });
  const reply = await asked.catch(() => undefined);
  return reply?.kind === "events" ? reply.page : { events: [], next: undefined };
}
