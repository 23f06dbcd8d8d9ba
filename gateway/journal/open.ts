/** Opens the journal of a home: memory, messages and time as of the last durable event. */
import {
  type Reading,
  type ResumedTime,
  resumeTime,
  runClock,
  type Stamp,
  type TimeSource,
  unknownTime,
} from "../../platform/clock.ts";
import { instant } from "../../protocol/time.ts";
import { type EngineState, initialState } from "../../rules/engine.ts";
import type { Clock, Resumed } from "../ports.ts";
import type { Write } from "./encode.ts";
import { JournalFront } from "./front.ts";
import { type JournalLimits, journalLimits } from "./limits.ts";
import { WorkerLine } from "./line.ts";
import { type Home, Remembering } from "./remember.ts";
import type { StoredMemory } from "./store.ts";
import { findMemory } from "./take-up.ts";
import { within } from "./within.ts";

export interface JournalOptions extends Home {
  /** Version of the rules, for the record: replay says when it is another one. */
  readonly rules: string;
  readonly time: TimeSource;
  /** Takes sentences for the log and the desk, while the journal is open. */
  readonly report: (sentence: string) => void;
  /** Hears a cause when nobody can count on the disk any more, undefined when it takes entries. */
  readonly storage?: (cause: string | undefined) => void;
  /** The process is to end in order and be started anew, with the sentence why. */
  readonly fail?: (why: string) => void;
  readonly limits?: Partial<JournalLimits>;
}

export interface OpenedJournal {
  readonly journal: JournalFront;
  readonly resumed: Resumed;
  readonly clock: Clock;
}

/** What is written in such a run follows on what lies there, and no snapshot buries it. */
const startedBlind =
  "the memory of this home cannot be read now; the rules start without it. What is on the disk " +
  "stays there, and is taken up as soon as it can be read.";
const startedHalfBlind =
  "the last events of this home cannot be read now; the rules start from those before. What is " +
  "on the disk stays there, and is taken up as soon as it can be read.";

/**
 * A home whose journal cannot be had in time is watched all the same, and says so. Rejects only
 * with `JournalHeld`: another gateway watches this home.
 */
export async function openJournal(options: JournalOptions): Promise<OpenedJournal> {
  const limits = { ...journalLimits, ...options.limits };
  const { dir, report, storage = () => undefined, fail = report } = options;
  const line = new WorkerLine({ dir, limits }, (why) => {
    report(`journal: its worker died (${why}) and was replaced. Nothing was lost.`);
  });
  const remembering = new Remembering(line, options);
  try {
    await within(limits.openWithinMs, remembering.read());
  } catch (error) {
    await line.end();
    throw error;
  }
  remembering.giveUp();
  const { stored, recall } = remembering;
  const blind = recall?.isWhole !== true;
  // A memory that the rules cannot begin with is not looked into here either.
  const known = recall === undefined ? undefined : stored;
  const reports = [...remembering.reports(), ...moved(options, known)];
  if (blind) {
    reports.push(`journal: ${dir}: ${recall === undefined ? startedBlind : startedHalfBlind}`);
  }
  const present = options.time();
  const { now, gapMs } = timeAfter(stored, present, blind || recall.wasBlind);
  const clock = runClock(options.time, now, present);
  const journal = new JournalFront({ line, clock, limits, report, storage, fail, blind });
  const state = recall?.state;
  journal.begin(beginning(options, blind ? undefined : stored, { ...present, at: now }, state));
  if (blind) void takeUp(journal, line, options);
  else void journal.tend(true);
  const pending = stored?.pending ?? [];
  const adrift = blind ? [] : recall.adrift;
  return { journal, clock, resumed: { state, pending, blind, adrift, now, gapMs, reports } };
}

/** A machine that was taken to another flat brings what was open in the last one with it. */
function moved({ plan }: JournalOptions, stored: StoredMemory | undefined): readonly string[] {
  const before: unknown = JSON.parse(stored?.plans.at(-1)?.plan ?? "{}").home;
  if (typeof before !== "string" || before === plan.home) return [];
  return [
    `journal: it was kept for the home "${before}", and this is "${plan.home}". Where that is ` +
      "another flat, stop the gateway and name another folder (data).",
  ];
}

/** Begins once the disk takes entries again. */
async function takeUp(
  journal: JournalFront,
  line: WorkerLine,
  { fail, report, ...home }: JournalOptions,
): Promise<void> {
  await journal.firstWritten;
  const found = await findMemory(line, home);
  if (found === "none") journal.see();
  if (found !== "memory") return;
  (fail ?? report)("journal: the memory of this home can be read again; starting anew with it");
}

/**
 * Where the last instant is not known, all that is known of is past. Where the last run is only
 * known in part, or its time was made up, nobody knows how long ago it was.
 */
function timeAfter(
  stored: StoredMemory | undefined,
  present: Reading,
  isUnsure: boolean,
): ResumedTime {
  if (stored === undefined) return unknownTime(present);
  const { stamp, latestAt } = stored;
  const { now, gapMs } =
    stamp === undefined && !isNew(stored) ? unknownTime(present) : resumeTime(stamp, present);
  return { now: instant(Math.max(now, latestAt)), gapMs: isUnsure ? null : gapMs };
}

/** A journal in which nothing was ever written. */
function isNew({ lastSeq, snapshot, plans, pending }: StoredMemory): boolean {
  return lastSeq === 0 && snapshot === undefined && plans.length + pending.length === 0;
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
