/** Opens the journal of a home: memory, messages and time as of the last durable event. */

import { setTimeout } from "node:timers/promises";
import {
  resumeTime,
  runClock,
  type Stamp,
  type TimeSource,
  unknownTime,
} from "../../platform/clock.ts";
import type { HomePlan } from "../../protocol/home.ts";
import { type EngineState, initialState, type MachineList } from "../../rules/engine.ts";
import type { Clock, Resumed } from "../ports.ts";
import type { Write } from "./encode.ts";
import { JournalFront, within } from "./front.ts";
import { type JournalLimits, journalLimits } from "./limits.ts";
import { type Reply, WorkerLine } from "./line.ts";
import { Recall } from "./recall.ts";
import type { StoredMemory } from "./store.ts";

type Opened = Extract<Reply, { kind: "opened" }>;

export interface JournalOptions {
  readonly dir: string;
  readonly plan: HomePlan;
  readonly machines: MachineList;
  /** Version of the rules, for the record: replay says when it is another one. */
  readonly rules: string;
  readonly time: TimeSource;
  /** Takes sentences for the log and the desk, while the journal is open. */
  readonly report: (sentence: string) => void;
  readonly limits?: Partial<JournalLimits>;
}

export interface OpenedJournal {
  readonly journal: JournalFront;
  readonly resumed: Resumed;
  readonly clock: Clock;
}

/**
 * A disk that has not answered for so long is treated as absent: the home is watched without
 * memory.
 */
const openWithinMs = 30_000;
/** What is written in such a run follows on what lies there, and no snapshot buries it. */
const startedBlind =
  "the memory of this home cannot be read now; the rules start without it. What is on the disk " +
  "stays there: mend the disk and restart the gateway to take it up.";
const askAgainMs = 1_000;

/** Never rejects: a home whose journal cannot be had is watched all the same, and says so. */
export async function openJournal(options: JournalOptions): Promise<OpenedJournal> {
  const limits = { ...journalLimits, ...options.limits };
  const reports: string[] = [];
  const line = new WorkerLine({ dir: options.dir, limits }, (why) => {
    options.report(`journal: its worker died (${why}) and was replaced. Nothing was lost.`);
  });
  const opening = askToOpen(line);
  const opened = await within(openWithinMs, opening);
  reports.push(...(opened?.reports ?? []));
  const memory = opened?.memory;
  const blind = memory === undefined;
  if (blind) reports.push(`journal: ${options.dir}: ${startedBlind}`);
  const state = memory && (await new Recall(options, memory, reports).state(line));
  const present = options.time();
  const { now, gapMs } = blind ? unknownTime(present) : resumeTime(memory.stamp, present);
  const clock = runClock(options.time, now, present);
  const journal = new JournalFront({ ...options, line, clock, limits, blind });
  journal.begin(beginning(options, memory, { ...present, at: now }, state));
  void journal.tend(true);
  const pending = memory?.pending ?? [];
  return { journal, clock, resumed: { state, pending, now, gapMs, reports } };
}

/** A worker that dies over the opening is replaced, and asked again. */
async function askToOpen(line: WorkerLine): Promise<Opened> {
  for (;;) {
    const reply = await line.ask({ kind: "open" }).catch(() => undefined);
    if (reply?.kind === "opened") return reply;
    await setTimeout(askAgainMs);
  }
}

/**
 * What is written at the start of each run: when it was, under which plan, and with which memory.
 */
function beginning(
  options: JournalOptions,
  memory: StoredMemory | undefined,
  stamp: Stamp,
  state: EngineState | undefined,
): Write[] {
  const { machines, plan, rules } = options;
  const writes: Write[] = [{ kind: "run", stamp }];
  const text = JSON.stringify(plan);
  const last = memory?.plans.at(-1);
  if (last?.plan !== text || last.rules !== rules) writes.push({ kind: "plan", rules, plan: text });
  // Without the memory of before, a snapshot would bury it.
  if (memory !== undefined) {
    const begin = state ?? initialState(machines, plan);
    writes.push({ kind: "snapshot", at: stamp.at, state: JSON.stringify(begin) });
  }
  return writes;
}
