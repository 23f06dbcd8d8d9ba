/**
 * The home's own chain across a kill: which step was still to come, when it was due, and whether it
 * came in time. Read from the journal; the gateway's own time is held against the kernel's
 * monotonic clock, which no kill stops.
 */

import { lateAfter } from "../../rules/machines/escalation-state.ts";
import {
  ownTells,
  type RunStart,
  runStarts,
  storedAt,
  type Tell,
} from "../../sim/demo/journal-file.ts";
import { until } from "../../sim/demo/process.ts";
import { patience, Violation } from "./patience.ts";
import type { Campaign } from "./plans.ts";

/** Rounding of two clocks; more is a gateway time that jumped. */
const clockSlackMs = 50;

/** What a step of the chain after a kill is judged by; gateway time in ms. */
export interface Across {
  /** The start before the kill, and the one after it. */
  readonly start: RunStart;
  readonly again: RunStart;
  /** When the alarm was raised. */
  readonly raisedAt: number;
  /** Whether the care service had it: then its silence is what is waited for. */
  readonly inCustody: boolean;
  /** The last step before the kill, and the first new one after it. */
  readonly last: Tell | undefined;
  readonly next: Tell;
}

const place = ({ round, step }: Tell): number => round * 1_000 + step;

/** The first step that is not a repeat of one before the kill: a start tells the present one again. */
export function newTell(tells: readonly Tell[], last: Tell | undefined): Tell | undefined {
  return tells.find((tell) => last === undefined || place(tell) > place(last));
}

function dueAt({ last, raisedAt, inCustody, again }: Across): number {
  if (last !== undefined) return last.at + patience.stepWithin_s * 1_000;
  // A home that starts knows nothing of its care service yet, and listens for one span.
  if (inCustody) return again.at + patience.link.silent_after_s * 1_000;
  return raisedAt + patience.link.custody_within_s * 1_000;
}

/** What is wrong with the first new step, in a sentence; nothing where it is right. */
export function faultOf(across: Across): string | undefined {
  const { start, again, next } = across;
  const jumpedMs = again.at - start.at - (again.mono - start.mono);
  if (Math.abs(jumpedMs) > clockSlackMs) return `gateway time jumped by ${jumpedMs} ms`;
  const due = dueAt(across);
  const waitedMs = next.at - Math.max(due, again.at);
  if (waitedMs > patience.slackMs) return `the next step came ${waitedMs} ms too late`;
  const overdueMs = next.at - due - lateAfter;
  if (overdueMs > clockSlackMs && !next.late) return "an overdue step is not marked late";
  const isPunctual = overdueMs < -clockSlackMs && !across.inCustody;
  return isPunctual && next.late ? "a step in its time is marked late" : undefined;
}

/** How the gateway comes back after a kill, and which alarm must go on. */
export interface Return {
  /** How long the gateway stays dead, in ms. */
  readonly away: number;
  readonly inCustody: boolean;
  /** Undefined where the kill swallowed the press. */
  readonly alarm: () => Promise<string | undefined>;
}

/** Starts the killed gateway again; the next step of its own chain must come, and in time. */
export async function ownChainGoesOn(campaign: Campaign, how: Return): Promise<void> {
  const { rig } = campaign;
  const { dataDir } = rig.files;
  const [start] = runStarts(dataDir).slice(-1);
  if (start === undefined) throw new Violation("the journal knows of no start");
  await new Promise((resolve) => setTimeout(resolve, how.away));
  rig.startGateway();
  const again = await until(
    "the gateway has its memory",
    () => runStarts(dataDir).find(({ mono }) => mono > start.mono),
    20_000,
  );
  const alarmId = await how.alarm();
  if (alarmId === undefined) return;
  const last = ownTells(dataDir, alarmId).findLast(({ at }) => at < again.at);
  const next = await until(
    `the home's own chain goes on for ${alarmId}`,
    () => newTell(ownTells(dataDir, alarmId), last),
    25_000,
  );
  const raisedAt = storedAt(dataDir, alarmId) ?? Number.NaN;
  const { inCustody } = how;
  const fault = faultOf({ start, again, raisedAt, inCustody, last, next });
  if (fault !== undefined) throw new Violation(`${alarmId}: ${fault}`);
  // A press that only the button's retry brought to the new run had no deadline to lose.
  if (raisedAt < again.at) campaign.deadlines += 1;
}
