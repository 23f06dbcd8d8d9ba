/** The state of the rules at a start: the last snapshot, and all that happened after it. */
import type { Alarm } from "../../protocol/alarm.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { adoptState } from "../../rules/adopt.ts";
import type { PlannedEffect } from "../../rules/effects.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
} from "../../rules/engine.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { RecordedEvent } from "./encode.ts";
import type { WorkerLine } from "./line.ts";
import type { StoredMemory } from "./store.ts";

/** Events that are asked for at a time, so that a long tail does not fill the memory. */
const eventsAtOnce = 500;

/** Where requests go; a test has a line of its own. */
export type Line = Pick<WorkerLine, "ask" | "isEnded">;

export class Recall {
  readonly #machines: MachineList;
  readonly #lastSeq: number;
  readonly #today: HomePlan;
  readonly #plans: readonly { readonly seq: number; readonly plan: HomePlan }[];
  readonly #adrift = new Map<string, Alarm>();
  /** Undefined for a home that has no memory. */
  #state: EngineState | undefined;
  #seq: number;
  #missing = 0;
  #refused = 0;
  #whole = false;
  #hasOlder: boolean;
  #wasBlind = false;
  #isBlind = false;

  constructor(
    home: { readonly machines: MachineList; readonly plan: HomePlan },
    { snapshot, plans, lastSeq }: StoredMemory,
  ) {
    this.#machines = home.machines;
    this.#today = home.plan;
    this.#lastSeq = lastSeq;
    this.#plans = plans.map(({ seq, plan }) => ({ seq, plan: JSON.parse(plan) }));
    this.#seq = snapshot?.seq ?? 0;
    this.#hasOlder = snapshot !== undefined;
    const plan = this.#planAfter(this.#seq);
    if (snapshot !== undefined) {
      this.#state = adoptState(this.#machines, plan, JSON.parse(snapshot.state) as EngineState);
    } else if (lastSeq > 0) this.#state = initialState(this.#machines, plan);
  }

  /** The rules as of the last event that was read. */
  get state(): EngineState | undefined {
    return this.#state && adoptState(this.#machines, this.#today, this.#state);
  }

  /** Whether all was read that there is. */
  get isWhole(): boolean {
    return this.#whole;
  }

  /** Whether a run without memory is among what was read: its time is not that of the others. */
  get wasBlind(): boolean {
    return this.#wasBlind;
  }

  /** Alarms of a run without memory: rules that remember may have taken them for others. */
  get adrift(): readonly Alarm[] {
    return [...this.#adrift.values()];
  }

  /** Whether there is anything beside runs without memory, as far as was read. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** How many events were read. A recall that was broken off goes on where it was. */
  get read(): number {
    return this.#seq;
  }

  /** Reads on, to the end or until a page cannot be had or nobody waits for it any more. */
  async goOn(line: Line, isAwaited: () => boolean): Promise<void> {
    let next: number | undefined = this.#seq;
    while (next !== undefined) {
      const asked = line.ask({ kind: "events", after: next, limit: eventsAtOnce });
      const reply = await asked.catch(() => undefined);
      if (reply?.kind !== "events" || !isAwaited()) return;
      for (const recorded of reply.page.events) this.#hear(recorded);
      next = reply.page.next;
    }
    this.#missing += Math.max(0, this.#lastSeq - this.#seq);
    this.#whole = true;
  }

  /** The plan in force after `seq`; today's where none is on record. */
  #planAfter(seq: number): HomePlan {
    return this.#plans.findLast((plan) => plan.seq <= seq)?.plan ?? this.#today;
  }

  #hear({ seq, event, effects }: RecordedEvent): void {
    this.#missing += seq - this.#seq - 1;
    this.#seq = seq;
    this.#noteBlind(event, effects);
    if (this.#state === undefined) return;
    try {
      const plan = this.#planAfter(seq - 1);
      const step = stepEngine(this.#machines, plan, this.#state, event);
      this.#state = step.state;
      if (step.failures.length > 0) this.#refused += 1;
    } catch {
      // Whatever is in an old event, it must not keep the home from starting, again and again.
      this.#refused += 1;
    }
  }

  /** The run after a blind one has heard of its alarms, as events of its own. */
  #noteBlind(event: RuleEvent, effects: readonly PlannedEffect[]): void {
    if (event.kind === "gateway-started") {
      this.#isBlind = event.blind === true;
      this.#wasBlind ||= this.#isBlind;
      if (!this.#isBlind) this.#adrift.clear();
    }
    if (!this.#isBlind) {
      this.#hasOlder = true;
      return;
    }
    for (const effect of effects) {
      if (effect.kind === "offer-custody") this.#adrift.set(effect.alarm.id, effect.alarm);
    }
  }

  reports(): readonly string[] {
    const reports: string[] = [];
    if (this.#missing > 0) {
      reports.push(
        `journal: ${this.#missing} of the last events are missing; the rest was taken up.`,
      );
    }
    if (this.#refused > 0) {
      reports.push(
        `journal: a rule failed on ${this.#refused} of the last events; they were passed over.`,
      );
    }
    return reports;
  }
}
