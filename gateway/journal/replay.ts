/**
 * `obhut replay`: every decision of a record with its time and cause, and every one that differs
 * today.
 */
import { homeMachines } from "../../rules/index.ts";
import { exitData } from "../errors.ts";
import { version } from "../version.ts";
import type { RecordedEvent } from "./encode.ts";
import { RecordFault } from "./recorded.ts";
import { type Finding, type ReplaySummary, replayJournal } from "./rerun.ts";

/**
 * Something differs: the rules are not those that made the record, or they are not deterministic.
 */
const exitDiffers = 1;

/** Prints what replay finds; resolves with the exit code. */
export function runReplay(path: string, print: (line: string) => void): Promise<number> {
  const begun = performance.now();
  try {
    const replay = replayJournal(path, { machines: homeMachines });
    let found = replay.next();
    for (; found.done !== true; found = replay.next()) print(lineOf(found.value));
    const seconds = (performance.now() - begun) / 1_000;
    print(sentenceOf(found.value, seconds));
    return Promise.resolve(found.value.differences === 0 ? 0 : exitDiffers);
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    print(error.message);
    return Promise.resolve(exitData);
  }
}

function lineOf(finding: Finding): string {
  switch (finding.kind) {
    case "decision": {
      const { decision, recorded, proved } = finding;
      const asked = recorded.effects
        .filter((effect) => decision.effects.includes(effect.id))
        .map((effect) => effect.kind);
      const effects = asked.length === 0 ? "" : ` -> ${asked.join(", ")}`;
      const mark = proved ? "" : " (not proved)";
      const why = `${decision.machine}: ${decision.because}${effects}`;
      return `${headOf(recorded)} cause ${decision.cause}  ${why}${mark}`;
    }
    case "difference": {
      const { recorded, now } = finding;
      const then = JSON.stringify([recorded.decisions, recorded.effects]);
      return `${headOf(recorded)} DIFFERS\n  recorded: ${then}\n  today:    ${now}`;
    }
    case "state-difference":
      return `#${finding.seq} DIFFERS: memory of ${finding.machines.join(", ")} at a snapshot`;
    case "hole":
      return (
        `#${finding.after + 1} to #${finding.after + finding.missing} are not in the record; ` +
        "nothing can be proved until the next snapshot"
      );
  }
}

function headOf({ seq, wall, event }: RecordedEvent): string {
  const time = new Date(wall.wall_ms).toISOString();
  const device = "device" in event ? ` ${event.device}` : "";
  return `${time}${wall.trusted ? "" : "?"} #${seq} ${event.kind}${device}`;
}

function sentenceOf(summary: ReplaySummary, seconds: number): string {
  const { events, decisions, differences, missing, unproved } = summary;
  const rest = missing === 0 ? "" : `, ${missing} missing and ${unproved} after them not proved`;
  const speed = `${seconds.toFixed(2)} s`;
  const others = summary.rules.filter((rules) => rules !== version);
  const by =
    others.length === 0 ? "" : `; made by rules ${others.join(", ")}, these are ${version}`;
  return `${events} events, ${decisions} decisions, ${differences} differ${rest} (${speed})${by}`;
}
