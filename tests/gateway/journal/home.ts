/** A home with one small rule, and journals of it in real files with a real worker. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedJournal, openJournal } from "../../../gateway/journal/open.ts";
import type { JournalEntry, OutboxMessage, Urgency } from "../../../gateway/ports.ts";
import type { Reading } from "../../../platform/clock.ts";
import type { Alarm } from "../../../protocol/alarm.ts";
import type { Instant } from "../../../protocol/time.ts";
import {
  type EngineState,
  initialState,
  type MachineList,
  stepEngine,
} from "../../../rules/engine.ts";
import type { Fact, RuleEvent } from "../../../rules/events.ts";
import type { Machine } from "../../../rules/machine.ts";
import { blankManifest } from "../../support/blank-manifest.ts";
import { stoveHome } from "../../support/stove-home.ts";

export const plan = stoveHome;

interface Count {
  readonly heard: number;
  readonly presses: number;
  /** Differs as soon as one event is missing, doubled or out of order. */
  readonly trace: number;
}

const alarmOf = (id: string, raisedAt: Instant): Alarm => ({
  id,
  category: "emergency-call",
  level: "alarm",
  reason: "sos-pressed",
  raisedAt,
  late: false,
});

/** Counts what it hears; every press raises an alarm. */
const counter: Machine<Count> = {
  manifest: { ...blankManifest, name: "counter" },
  initial: () => ({ heard: 0, presses: 0, trace: 7 }),
  step: (state, event, around) => {
    let trace = state.trace;
    for (const letter of event.id) trace = (Math.imul(trace, 31) + letter.charCodeAt(0)) | 0;
    const heard = { ...state, heard: state.heard + 1, trace };
    if (event.kind !== "button-pressed") return { state: heard, effects: [], emits: [] };
    return {
      state: { ...heard, presses: state.presses + 1 },
      effects: [
        { kind: "offer-custody", alarm: alarmOf(around.newId("alarm"), event.at), epoch: 1 },
      ],
      emits: [],
      because: `press ${state.presses + 1} of ${event.device}`,
    };
  },
  wakeAt: () => undefined,
};

export const machines: MachineList = { counter };

export const countOf = (state: EngineState | undefined): Count | undefined =>
  state?.machines["counter"] as Count | undefined;

/** A new directory, removed by `rm`. */
export function newDir(): { readonly dir: string; rm(): void } {
  const dir = mkdtempSync(join(tmpdir(), "obhut-test-journal-"));
  return { dir, rm: () => rmSync(dir, { recursive: true, force: true }) };
}

/** What the machine's clocks show; a test turns them. */
export function testTime(from: Partial<Reading> = {}) {
  let reading: Reading = {
    mono_ms: 1_000,
    boot: "boot-a",
    wall: { wall_ms: Date.UTC(2025, 5, 1), trusted: true },
    ...from,
  };
  return {
    read: (): Reading => reading,
    pass(ms: number): void {
      const { wall } = reading;
      reading = {
        ...reading,
        mono_ms: reading.mono_ms + ms,
        wall: { ...wall, wall_ms: wall.wall_ms + ms },
      };
    },
    set(change: Partial<Reading>): void {
      reading = { ...reading, ...change };
    },
  };
}

export type TestTime = ReturnType<typeof testTime>;

/** One run of a gateway: rules and journal, without the rest. */
export interface Run extends OpenedJournal {
  readonly reports: string[];
  state(): EngineState;
  /** One event through the rules and into the journal. */
  say(fact: Fact, when?: Urgency): Promise<string>;
}

export interface RunOptions {
  readonly dir: string;
  readonly time?: TestTime;
  readonly boot?: string;
  readonly list?: MachineList;
  readonly limits?: Parameters<typeof openJournal>[0]["limits"];
  readonly fail?: (why: string) => void;
  readonly storage?: (cause: string | undefined) => void;
}

export async function openRun(options: RunOptions): Promise<Run> {
  const { dir, time = testTime(), boot = "r1", list = machines, limits = {} } = options;
  const reports: string[] = [];
  const report = (sentence: string): void => void reports.push(sentence);
  const opened = await openJournal({
    dir,
    plan,
    machines: list,
    rules: "test",
    time: time.read,
    report,
    limits,
    ...(options.fail === undefined ? {} : { fail: options.fail }),
    ...(options.storage === undefined ? {} : { storage: options.storage }),
  });
  reports.push(...opened.resumed.reports);
  let state = opened.resumed.state ?? initialState(list, plan);
  let count = 0;
  return {
    ...opened,
    reports,
    state: () => state,
    say: async (fact, when = "now") => {
      count += 1;
      time.pass(1_000);
      const event: RuleEvent = { ...fact, id: `${boot}-${count}`, at: opened.clock.now() };
      const step = stepEngine(list, plan, state, event);
      state = step.state;
      const { decisions, effects } = step;
      const outbox = effects.flatMap((effect): OutboxMessage[] =>
        effect.kind === "offer-custody"
          ? [
              {
                id: effect.id,
                body: { kind: "custody-offered", alarm: effect.alarm, epoch: effect.epoch },
              },
            ]
          : [],
      );
      const entry: JournalEntry = {
        event,
        wall: opened.clock.wall(),
        decisions,
        effects,
        outbox,
      };
      await opened.journal.append(entry, when);
      return event.id;
    },
  };
}

export const press: Fact = { kind: "button-pressed", device: "sos" };
export const motion = (moving: boolean): Fact => ({
  kind: "motion-sensed",
  device: "kitchen-motion",
  moving,
});
