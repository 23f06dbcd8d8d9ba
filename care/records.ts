/**
 * What one engine step leaves in the tables that people read: history, whom to tell, work orders.
 * Pure. All of it is written in the transaction of the step, so that nothing is told of an alarm
 * that the disk does not know, and no alarm is known that nobody is told of.
 */
import { type Agreement, personOf } from "../protocol/agreement.ts";
import type { Alarm } from "../protocol/alarm.ts";
import type { UpMessage } from "../protocol/messages.ts";
import type { PlannedEffect } from "../rules/effects.ts";
import type { EngineState, EngineStep } from "../rules/engine.ts";
import type { RuleEvent } from "../rules/events.ts";
import { careStates } from "../rules/index.ts";
import { coming } from "../rules/machines/escalation-state.ts";
import type { EntryRow } from "./store/rows.ts";
import type { AlarmChange, FaultChange, TellingOrder, TellingWay } from "./store/schema.ts";

export type Records = Required<
  Pick<EntryRow, "alarms" | "tellings" | "moot" | "faults" | "drills">
>;

export interface StepTaken {
  readonly agreement: Agreement;
  readonly before: EngineState;
  readonly event: RuleEvent;
  readonly step: EngineStep;
  /** Wall time of the care service, ms. */
  readonly wall: number;
  /** When the home says that it raised the alarm it offers; undefined when it cannot know. */
  readonly raisedWall?: number | undefined;
}

/** When the home raised the alarm it offers, where its wall clock can be trusted. */
export function raisedWall({ body, at_ms, wall_ms, wall_trusted }: UpMessage): number | undefined {
  if (body.kind !== "custody-offered" || !wall_trusted) return undefined;
  return Math.round(wall_ms - Math.max(0, at_ms - body.alarm.raisedAt));
}

const ways: readonly (readonly [string, TellingWay])[] = [
  ["mailto:", "mail"],
  ["sms:", "sms"],
  ["tel:", "voice"],
  ["push:", "push"],
  ["desk:", "desk"],
];

const drillOf = (alarm: Alarm): 0 | 1 => (alarm.drill === true ? 1 : 0);

/** The way and the address behind it; undefined for a word that names no way of ours. */
function wayOf(reach: string): { readonly way: TellingWay; readonly address: string } | undefined {
  const found = ways.find(([prefix]) => reach.startsWith(prefix));
  return found && { way: found[1], address: reach.slice(found[0].length) };
}

/**
 * One row for each way to the party; the id ends with the way. Whoever has no way is told by the
 * screens of the desk.
 */
function tellingsOf(effect: PlannedEffect, { agreement, wall }: StepTaken): TellingOrder[] {
  if (effect.kind !== "tell-party") return [];
  const { alarm, party, step, round } = effect;
  const reach = agreement.parties.find(({ id }) => id === party)?.reach ?? [];
  const found = reach.flatMap((word) => wayOf(word) ?? []);
  const all = found.length === 0 ? [{ way: "desk" as const, address: "" }] : found;
  return all.map(({ way, address }, nth) => ({
    id: `${effect.id}${nth === 0 ? "" : `.${nth}`}/${way}`,
    alarm: alarm.id,
    party,
    name: effect.name ?? personOf(agreement, party).name,
    step,
    round,
    repeat: round > 0 ? 1 : 0,
    drill: drillOf(alarm),
    way,
    address,
    due_wall: wall,
    created_wall: wall,
  }));
}

function raisedRow(alarm: Alarm, raised_wall: number, custody_wall: number): AlarmChange {
  const { id, category, level, reason, room, device, late } = alarm;
  return {
    id,
    category,
    level,
    reason,
    room: room ?? null,
    device: device ?? null,
    drill: drillOf(alarm),
    late: late ? 1 : 0,
    raised_wall,
    custody_wall,
  };
}

/**
 * Whoever was not heard of again in time has withdrawn nothing: once it is over, and nobody is
 * shown as coming, it is on record who had said so.
 */
function lapsedOf(alarmId: string, { before }: StepTaken): Pick<AlarmChange, "accepted_by"> {
  const open = careStates(before).escalation.open.find(({ alarm }) => alarm.id === alarmId);
  if (open === undefined || coming(open).length > 0) return {};
  const last = open.answers.findLast(({ lapsed }) => lapsed);
  return last === undefined ? {} : { accepted_by: last.by.name };
}

/** What a fact makes true of an alarm. Only decided facts count: a repeat says nothing new. */
function changeOf(fact: RuleEvent, taken: StepTaken): AlarmChange | undefined {
  const { wall, raisedWall } = taken;
  switch (fact.kind) {
    case "custody-offered":
      // A home whose clock runs ahead has raised nothing in the future.
      return raisedRow(fact.alarm, Math.min(raisedWall ?? wall, wall), wall);
    case "alarm-raised":
      return raisedRow(fact.alarm, wall, wall);
    case "alarm-accepted":
      return { id: fact.alarmId, accepted_wall: wall, accepted_by: fact.by.name };
    case "alarm-closed": {
      const { by, outcome, note } = fact.closing;
      return {
        id: fact.alarmId,
        closed_wall: wall,
        closed_by: by.name,
        outcome,
        note,
        false_alarm: outcome === "false-alarm" ? 1 : 0,
        ...lapsedOf(fact.alarmId, taken),
      };
    }
    default:
      return undefined;
  }
}

/**
 * Alarms of which somebody who had said to come is not said to come any more, with who else comes:
 * the desk of another process knows of it by the row alone. A chain that failed and begins anew
 * knows of nobody, and what it knew before may be of any shape.
 */
function withdrawnOf({ before, step }: StepTaken): AlarmChange[] {
  const now = careStates(step.state).escalation.open;
  if (step.failures.some(({ machine, anew }) => machine === "escalation" && anew)) {
    return now.map(({ alarm }) => ({ id: alarm.id, accepted_by: "" }));
  }
  return careStates(before).escalation.open.flatMap((open): AlarmChange[] => {
    const after = now.find(({ alarm }) => alarm.id === open.alarm.id);
    if (after === undefined || after === open) return [];
    const left = coming(after);
    const isGone = coming(open).some((one) => !left.some(({ id }) => id === one.id));
    return isGone ? [{ id: open.alarm.id, accepted_by: left.at(-1)?.name ?? "" }] : [];
  });
}

function faultOf(fact: RuleEvent, wall: number): FaultChange | undefined {
  if (fact.kind !== "fault-found" && fact.kind !== "fault-cleared") return undefined;
  const { subject, what, blind } = fact.fault;
  const cleared_wall = fact.kind === "fault-cleared" ? wall : null;
  return { subject, what, since_wall: wall, cleared_wall, blind: JSON.stringify(blind) };
}

const openIds = (state: EngineState): ReadonlySet<string> =>
  new Set(careStates(state).escalation.open.map(({ alarm }) => alarm.id));

/** Whom nobody need tell any more: the alarm is over, or somebody has just said that they come. */
function mootOf({ before, step }: StepTaken, changes: readonly AlarmChange[]): string[] {
  const now = openIds(step.state);
  const ended = [...openIds(before)].filter((id) => !now.has(id));
  const accepted = changes.flatMap(({ id, accepted_wall }) => (accepted_wall ? [id] : []));
  return [...new Set([...ended, ...accepted])];
}

/**
 * What a test alarm leaves behind when a person ends it; its page has the times of each message.
 */
function reportsOf({ before, event, step, wall }: StepTaken): Records["drills"] {
  return [event, ...step.derived].flatMap((fact) => {
    if (fact.kind !== "alarm-closed") return [];
    const open = careStates(before).escalation.open.find(({ alarm }) => alarm.id === fact.alarmId);
    if (open === undefined || drillOf(open.alarm) === 0) return [];
    const { outcome, note, by } = fact.closing;
    const report = {
      accepted: open.answers.filter(({ until }) => until !== null).map((one) => one.by.name),
      declined: open.answers.filter(({ until }) => until === null).map((one) => one.by.name),
      step: (open.chain?.step ?? 0) + 1,
      round: (open.chain?.round ?? 0) + 1,
      closedBy: by.name,
      outcome,
      note,
    };
    return [{ id: fact.alarmId, wall, report: JSON.stringify(report) }];
  });
}

/** Everything that the step says to the tables. */
export function recordsOf(taken: StepTaken): Records {
  const { event, step, wall } = taken;
  const facts = [event, ...step.derived];
  const decided = facts.filter(({ id }) => step.decisions.some(({ cause }) => cause === id));
  const alarms = decided.flatMap((fact) => changeOf(fact, taken) ?? []);
  return {
    alarms: [...alarms, ...withdrawnOf(taken)],
    tellings: step.effects.flatMap((effect) => tellingsOf(effect, taken)),
    moot: mootOf(taken, alarms),
    faults: facts.flatMap((fact) => faultOf(fact, wall) ?? []),
    drills: reportsOf(taken),
  };
}
