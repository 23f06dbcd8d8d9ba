/** Entries of the journal as rows, and back. Pure; runs on either side of the worker's door. */
import type { Stamp } from "../../platform/clock.ts";
import { instant, type WallTime } from "../../protocol/time.ts";
import type { PlannedEffect } from "../../rules/effects.ts";
import type { Decision } from "../../rules/engine.ts";
import type { RuleEvent } from "../../rules/events.ts";
import type { JournalEntry, OutboxMessage } from "../ports.ts";

/**
 * What the loop's thread hands to the worker. Texts, because they cross threads without being
 * walked.
 */
export type Write =
  | EntryWrite
  | { readonly kind: "settle"; readonly id: string }
  | { readonly kind: "snapshot"; readonly at: number; readonly state: string }
  | { readonly kind: "beat"; readonly at: number; readonly wall: WallTime }
  | { readonly kind: "run"; readonly stamp: Stamp }
  | { readonly kind: "plan"; readonly rules: string; readonly plan: string }
  /**
   * So many events were forgotten here, because memory was full while the disk was not to be had.
   */
  | { readonly kind: "hole"; readonly count: number };

export interface EntryWrite {
  readonly kind: "entry";
  readonly at: number;
  readonly wall: WallTime;
  readonly id: string;
  readonly event: string;
  readonly fact: string;
  /** Absent where nothing was decided and nothing asked for. */
  readonly decided?: { readonly decisions: string; readonly effects: string };
  readonly outbox: readonly { readonly id: string; readonly kind: string; readonly body: string }[];
  /** Alarms that this entry opened or closed, by id. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** A row of `events` with its row of `decisions`. */
export interface RecordedEvent {
  readonly seq: number;
  readonly event: RuleEvent;
  readonly wall: WallTime;
  readonly decisions: readonly Decision[];
  readonly effects: readonly PlannedEffect[];
  /**
   * False where something was decided and its row is lost: then nothing is known of the decisions.
   */
  readonly whole: boolean;
}

export function encodeEntry(entry: JournalEntry): EntryWrite {
  const { id, at, kind, ...fact } = entry.event;
  const decided = entry.decisions.length > 0 || entry.effects.length > 0;
  return {
    kind: "entry",
    at,
    wall: entry.wall,
    id,
    event: kind,
    fact: JSON.stringify(fact),
    ...(decided
      ? {
          decided: {
            decisions: JSON.stringify(entry.decisions),
            effects: JSON.stringify(entry.effects),
          },
        }
      : {}),
    outbox: entry.outbox.map((message) => ({
      id: message.id,
      kind: message.body.kind,
      body: JSON.stringify(message.body),
    })),
    ...alarmsOf(entry),
  };
}

/** Which alarms the entry opened and closed, as far as the effects and messages tell. */
function alarmsOf(entry: JournalEntry): { opened: string[]; closed: string[] } {
  const opened = new Set<string>();
  const closed = new Set<string>();
  for (const effect of entry.effects) {
    if (effect.kind === "offer-custody" || effect.kind === "tell-party")
      opened.add(effect.alarm.id);
    if (effect.kind === "tell-peer-closed") closed.add(effect.alarmId);
  }
  for (const { body } of entry.outbox) {
    if (body.kind === "custody-offered") opened.add(body.alarm.id);
    if (body.kind === "closed") closed.add(body.alarmId);
  }
  if (entry.event.kind === "alarm-closed") closed.add(entry.event.alarmId);
  return { opened: [...opened], closed: [...closed] };
}

/**
 * About how much memory a write holds while it waits: two bytes a character at most, and the
 * object.
 */
export function weightOf(write: Write): number {
  switch (write.kind) {
    case "entry": {
      const decided = write.decided;
      const texts = write.fact.length + write.id.length;
      const more = decided === undefined ? 0 : decided.decisions.length + decided.effects.length;
      const sent = write.outbox.reduce((sum, { id, body }) => sum + id.length + body.length, 0);
      return 2 * (texts + more + sent) + 300;
    }
    case "snapshot":
      return 2 * write.state.length + 100;
    case "plan":
      return 2 * write.plan.length + 100;
    case "settle":
    case "beat":
    case "run":
    case "hole":
      return 200;
  }
}

/** A routine report: nothing was decided, nobody waits for it, and no message depends on it. */
export function isRoutine(write: Write): boolean {
  return (
    write.kind === "entry" &&
    write.decided === undefined &&
    write.outbox.length === 0 &&
    write.closed.length === 0
  );
}

/** The cells of an event's row without its checksum, in the order of the table. */
export function eventCells(seq: number, write: EntryWrite): readonly (string | number)[] {
  const { at, wall, id, event, fact } = write;
  const decided = write.decided === undefined ? 0 : 1;
  return [seq, at, wall.wall_ms, wall.trusted ? 1 : 0, decided, id, event, fact];
}

/** An event from its row. The checksum was right, so the text is what `encodeEntry` wrote. */
export function decodeEvent(
  row: readonly (string | number)[],
  why?: readonly [decisions: string, effects: string],
): RecordedEvent {
  const [seq, at, wall, trusted, decided, id, kind, fact] = row;
  return {
    seq: Number(seq),
    event: { ...JSON.parse(String(fact)), kind, id, at } as RuleEvent,
    wall: { wall_ms: Number(wall), trusted: trusted === 1 },
    decisions: why === undefined ? [] : (JSON.parse(why[0]) as Decision[]),
    effects: why === undefined ? [] : (JSON.parse(why[1]) as PlannedEffect[]),
    whole: decided === 0 || why !== undefined,
  };
}

export function decodeMessage(id: string, body: string): OutboxMessage {
  return { id, body: JSON.parse(body) };
}

/** Gateway time and the monotonic clock run side by side from the start of a run. */
export function lastStamp(
  run: Stamp,
  later: readonly { readonly at: number; readonly wall: WallTime }[],
): Stamp {
  let latest: { readonly at: number; readonly wall: WallTime } = run;
  for (const moment of later) if (moment.at >= latest.at) latest = moment;
  const mono_ms = run.mono_ms + latest.at - run.at;
  return { at: instant(latest.at), mono_ms, boot: run.boot, wall: latest.wall };
}
