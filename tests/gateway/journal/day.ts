/** A recorded day of a home, for measuring: bytes on the disk, and the speed of replay. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { replayJournal } from "../../../gateway/journal/rerun.ts";
import type { MachineList } from "../../../rules/engine.ts";
import type { Fact } from "../../../rules/events.ts";
import { homeMachines } from "../../../rules/index.ts";
import { seededRandom } from "../../support/random.ts";
import { openRun, type Run, testTime } from "./home.ts";

/** How long a routine report waits for company, as in production. */
const soonMs = 30_000;
const dayMs = 86_400_000;
const eventsPerSnapshot = 500;

/** The link's proof of life, beside the reports: as often as by default (protocol, LinkSettings). */
const beatEveryMs = 5_000;
const beat: Fact = { kind: "peer-heard", holds: [] };

export interface Day {
  readonly events: number;
  /** Commits that the day needed. */
  readonly commits: number;
  /** What the kernel wrote for this process, in whole pages of 4 KiB. */
  readonly bytesWritten: number;
  readonly fileBytes: number;
}

/** Bytes that this process caused to be written to a disk (not to a file system in memory). */
export function bytesWritten(): number {
  const line = /^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"));
  return Number(line?.[1] ?? 0);
}

/** A day of a home with `events` reports, committed as often as in real time, but at once. */
export function recordDay(
  dir: string,
  events = 5_000,
  list: MachineList = homeMachines,
  seed = 1,
): Promise<Day> {
  return record(dir, { events, list, seed, beats: false });
}

/** The same with all that the link says: what a card really bears in a day. */
export function recordDayWithBeats(dir: string, events = 5_000): Promise<Day> {
  return record(dir, { events, list: homeMachines, seed: 1, beats: true });
}

interface Recording {
  readonly events: number;
  readonly list: MachineList;
  readonly seed: number;
  readonly beats: boolean;
}

async function record(dir: string, { events, list, seed, beats }: Recording): Promise<Day> {
  const time = testTime();
  const run = await openRun({ dir, time, list, boot: `day-${seed}` });
  const random = seededRandom(seed);
  if (beats) await run.say({ kind: "radio-ready" }, "now");
  const before = bytesWritten();
  let commits = 0;
  let window = soonMs;
  let clock = 0;
  let beatAt = 0;
  const moments = Array.from({ length: events }, () => random.next() * dayMs).sort((a, b) => a - b);
  for (const [n, moment] of moments.entries()) {
    time.pass(Math.max(0, moment - clock - 1_000));
    for (; beats && beatAt < moment; beatAt += beatEveryMs) void run.say(beat, "beat");
    clock = moment;
    const due = n + 1 === events || (moments[n + 1] ?? 0) > window;
    if (due) {
      commits += 1;
      window = Math.max(window, moments[n + 1] ?? 0) + soonMs;
    }
    const said = say(run, factOf(random.int(100), random.next()), due);
    if (due) await said;
    if (n % eventsPerSnapshot === 0) void run.journal.snapshot(run.state());
  }
  await run.journal.tend(true);
  await run.journal.close();
  const fileBytes = statSync(join(dir, "journal.db")).size;
  return { events, commits, bytesWritten: bytesWritten() - before, fileBytes };
}

function say(run: Run, fact: Fact, due: boolean): Promise<string> {
  return run.say(fact, due ? "now" : "soon");
}

/** What a home says: motion most of all, then power and signs of life; now and then a door. */
function factOf(percent: number, chance: number): Fact {
  if (percent < 40) {
    const device = ["kitchen", "hall", "bath"][Math.floor(chance * 3)] ?? "kitchen";
    return { kind: "motion-sensed", device, moving: chance < 0.5 };
  }
  if (percent < 70) return { kind: "power-read", device: "plug", watts: Math.round(chance * 20) };
  if (percent < 90) return { kind: "device-heard", device: chance < 0.5 ? "smoke" : "leak" };
  if (percent < 98) return { kind: "relay-read", device: "plug", on: true };
  return { kind: "contact-sensed", device: "door", open: chance < 0.5 };
}

/** Replays a journal; the time it took, and what it found. */
export function timeReplay(path: string, machines: MachineList = homeMachines) {
  const begun = performance.now();
  const replay = replayJournal(path, { machines });
  let found = replay.next();
  while (found.done !== true) found = replay.next();
  return { seconds: (performance.now() - begun) / 1_000, summary: found.value };
}
