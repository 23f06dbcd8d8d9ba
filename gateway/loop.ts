/**
 * The heart of the shell: event → step → acts at once, journal beside them → promises once it is
 * durable. One thread, one queue, one timer. Nothing in here waits for disk, broker, network or
 * radio, and nothing that a rule throws stops it.
 */
import type { HomePlan } from "../protocol/home.ts";
import type { Instant, WallTime } from "../protocol/time.ts";
import type { PlannedCut } from "../rules/effects.ts";
import {
  type EngineState,
  type EngineStep,
  type MachineList,
  stepHome,
  wakeAt,
} from "../rules/engine.ts";
import type { Fact, RuleEvent } from "../rules/events.ts";
import type { Failure } from "../rules/failure.ts";
import { Durable } from "./durable.ts";
import type { Clock, Journal, OutboxMessage, Urgency } from "./ports.ts";
import { createWaking } from "./waking.ts";

/** What the loop needs of the effects' performer. None of it may block or throw. */
export interface Performer {
  /** Cuts, while the step that asks for it is still being made. */
  cut(effect: PlannedCut): void;
  /** Performs the other acts and hands over transmissions; returns what the outbox must keep. */
  act(step: EngineStep): readonly OutboxMessage[];
  /** Performs what had to wait for the disk. */
  pledge(step: EngineStep): void;
  /** Shows an event to onlookers; the first thing to be left out under load. */
  tell(event: RuleEvent, wall: WallTime): void;
  /** Shows the state of the home as of now; `durable` is the state that is on disk. */
  show(state: EngineState, durable: EngineState, now: Instant): void;
}

export interface LoopParts {
  readonly machines: MachineList;
  readonly plan: HomePlan;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly performer: Performer;
  readonly state: EngineState;
  /** Prefix of all ids born in this run: unique to this start of the gateway. */
  readonly boot: string;
  /** Rules threw on this event: faults of the program. The others took it all the same. */
  readonly onRuleFault: (failures: readonly Failure[], event: RuleEvent) => void;
  /** The state could not be shown, or the engine itself threw: reported, and the loop goes on. */
  readonly onFault: (thrown: unknown) => void;
  /** The journal refused an entry: reported, never in the way of the next event. */
  readonly onJournalFault: (thrown: unknown) => void;
}

export interface Loop {
  /** Takes a fact; `durable` is called once the event is on disk. Returns at once. */
  readonly hear: (fact: Fact, durable?: () => void) => void;
  readonly state: () => EngineState;
  readonly stop: () => void;
}

interface Waiting {
  readonly fact: Fact;
  readonly durable: (() => void) | undefined;
}

interface Kept {
  readonly durable: (() => void) | undefined;
  /** The state before the step. */
  readonly before: EngineState;
}

/**
 * Routine reports are shown at this pace: a tablet needs no more, and 100 reports/s cost nothing.
 */
const routineShowMs = 250;
/** After this many events the journal gets a snapshot, so that a restart replays little. */
const eventsPerSnapshot = 500;

/** Acts once, some time after the first of many asks. */
function paced(ms: number, act: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    ask: (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        act();
      }, ms);
    },
    stop: (): void => clearTimeout(timer),
  };
}

/** An act that may fail without harm to what called for it. */
function guarded(onFault: (thrown: unknown) => void, act: () => void): () => void {
  return () => {
    try {
      act();
    } catch (thrown) {
      onFault(thrown);
    }
  };
}

/** Whether the step moved nothing but the link's own clock: no alarm looked at this beat. */
function onlyLink(before: EngineState, after: EngineState): boolean {
  return Object.entries(after.machines).every(
    ([name, state]) => name === "careLink" || state === before.machines[name],
  );
}

/** A report that decided nothing may wait for the next commit; everything else may not. */
function urgency(event: RuleEvent, before: EngineState, step: EngineStep): Urgency {
  if (step.decisions.length > 0 || step.effects.length > 0 || step.derived.length > 0) return "now";
  switch (event.kind) {
    case "gateway-started":
      return "now";
    case "peer-heard":
      if (before.absentUntilWall !== step.state.absentUntilWall) return "soon";
      return onlyLink(before, step.state) ? "beat" : "idle";
    case "device-heard":
      return "idle";
    default:
      return "soon";
  }
}

/** Starts the loop on a resumed state. The caller hears `gateway-started` first. */
export function startLoop(parts: LoopParts): Loop {
  const { machines, plan, clock, journal, performer } = parts;
  const home = { machines, plan, cut: (effect: PlannedCut) => performer.cut(effect) };
  const waiting: Waiting[] = [];
  let state = parts.state;
  let count = 0;
  let busy = false;
  let stopped = false;
  const disk = new Durable(parts.state, journal, () => state);
  const show = guarded(parts.onFault, () => {
    if (!stopped) performer.show(state, disk.state, clock.now());
  });
  const routine = paced(routineShowMs, show);

  const waking = createWaking({
    now: () => clock.now(),
    due: (after) => wakeAt(machines, state, after),
    reached: (lateMs) => hear({ kind: "deadline-reached", lateMs }),
  });

  const keep = (event: RuleEvent, step: EngineStep, { durable, before }: Kept): void => {
    const outbox = performer.act(step);
    const { decisions, effects } = step;
    const entry = { event, wall: clock.wall(), decisions, effects, outbox };
    performer.tell(event, entry.wall);
    const when = durable === undefined ? urgency(event, before, step) : "now";
    journal.append(entry, when).then(
      () => {
        if (when !== "now") return;
        disk.has(step.state);
        performer.pledge(step);
        durable?.();
        show();
      },
      (thrown: unknown) => {
        // It will never be on disk: nothing is promised for it. What it led to can still be kept.
        if (when === "now") disk.lost(show, durable);
        parts.onJournalFault(thrown);
      },
    );
    // Shown before it is on disk, too: the view says of each alarm how far it is.
    if (when === "now") show();
    else routine.ask();
    if (count % eventsPerSnapshot === 0) journal.snapshot(state).catch(() => undefined);
  };

  const take = ({ fact, durable }: Waiting): void => {
    const event: RuleEvent = { ...fact, id: `${parts.boot}-${count}`, at: clock.now() };
    count += 1;
    let step: EngineStep;
    try {
      step = stepHome(home, state, event);
    } catch (thrown) {
      parts.onFault(thrown);
      return;
    }
    const before = state;
    state = step.state;
    keep(event, step, { durable, before });
    if (step.failures.length > 0) parts.onRuleFault(step.failures, event);
  };

  const hear = (fact: Fact, durable?: () => void): void => {
    if (stopped) return;
    waiting.push({ fact, durable });
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    } finally {
      busy = false;
    }
    waking.arm();
  };

  return {
    hear,
    state: () => state,
    stop: () => {
      stopped = true;
      waking.stop();
      routine.stop();
    },
  };
}
