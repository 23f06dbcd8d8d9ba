/** What an engine step means to people, one line for each thing. Pure. */
import { type Agreement, personOf } from "../protocol/agreement.ts";
import type { Alarm } from "../protocol/alarm.ts";
import type { DeskEvent } from "../protocol/desk.ts";
import { between } from "../protocol/time.ts";
import type { PlannedEffect } from "../rules/effects.ts";
import type { EngineState, EngineStep } from "../rules/engine.ts";
import type { RuleEvent } from "../rules/events.ts";
import { careStates } from "../rules/index.ts";

/** A line before anybody says when and where it happened. */
export type Line = Omit<DeskEvent, "home" | "wall_ms">;

const isOpen = (state: EngineState, alarmId: string): boolean =>
  careStates(state).escalation.open.some((open) => open.alarm.id === alarmId);

function raised(alarm: Alarm): Line {
  const { id, level, category, reason, room, late, drill } = alarm;
  const where = room === undefined ? "" : ` in ${room}`;
  const when = late ? ", raised late" : "";
  const test = drill ? "TEST, " : "";
  const text = `${test}${level.toUpperCase()}: ${category}, ${reason}${where}${when}`;
  return { kind: "raised", alarmId: id, level, category, reason, late, text };
}

const noteWords = {
  "pressed-again": "the resident called again",
  "danger-again": "the danger is reported again",
  "false-alarm-said": "the resident says that it is a false alarm",
} as const;

/** Lines for what was heard. A repeat that decided nothing is no news. */
function heardLine(event: RuleEvent, before: EngineState): Line | undefined {
  switch (event.kind) {
    case "custody-offered":
      return isOpen(before, event.alarm.id) ? undefined : raised(event.alarm);
    case "alarm-raised":
      return raised(event.alarm);
    case "alarm-accepted": {
      const { alarmId, by } = event;
      return { kind: "accepted", alarmId, by, text: `${by.name} is coming` };
    }
    case "alarm-declined": {
      const { alarmId, by } = event;
      return { kind: "declined", alarmId, by, text: `${by.name} is not coming` };
    }
    case "alarm-handed-over": {
      const { alarmId, by, to } = event;
      const text = `${by.name} hands over to ${to.name}`;
      return { kind: "handed-over", alarmId, by, to, text };
    }
    case "alarm-noted":
      return {
        kind: "noted",
        alarmId: event.alarmId,
        text: noteWords[event.note],
      };
    case "alarm-closed": {
      const { alarmId, closing } = event;
      const { by, outcome, note } = closing;
      const words = note === "" ? "" : `: ${note}`;
      const text = `closed by ${by.name} (${outcome})${words}`;
      return { kind: "closed", alarmId, by, outcome, text };
    }
    case "peer-heard":
      return event.leaving === undefined
        ? undefined
        : { kind: "leaving", text: `the gateway says goodbye: ${event.leaving}` };
    case "maintenance-told": {
      const last = Math.ceil(between(event.at, event.until) / 60_000);
      const text = last > 0 ? `may be silent for ${last} min: maintenance` : "maintenance is over";
      return { kind: "maintenance", text };
    }
    case "peer-late":
      return { kind: "late", text: "the home is late: beats are missing" };
    case "peer-lost":
      return { kind: "silent", text: "the home is silent" };
    case "peer-back":
      return { kind: "back", text: "the home is heard again" };
    case "fault-found":
    case "fault-cleared": {
      const { subject, what, blind } = event.fault;
      const ended = event.kind === "fault-cleared" ? " no more" : "";
      const modules = blind.length === 0 ? "" : `; blind: ${blind.join(", ")}`;
      return { kind: "fault", text: `${subject} is ${what}${ended}${modules}` };
    }
    default:
      return undefined;
  }
}

/** Kinds that are news only when the rules decided something by them. */
const oftenRepeated: ReadonlySet<RuleEvent["kind"]> = new Set<RuleEvent["kind"]>([
  "alarm-raised",
  "alarm-accepted",
  "alarm-declined",
  "alarm-handed-over",
  "alarm-noted",
  "alarm-closed",
]);

/** The lines of what became true with this step, to be said once it is on disk. */
export function accountOf(before: EngineState, event: RuleEvent, step: EngineStep): Line[] {
  const lines: Line[] = [];
  for (const heard of [event, ...step.derived]) {
    const decided = step.decisions.some(({ cause }) => cause === heard.id);
    const line = oftenRepeated.has(heard.kind) && !decided ? undefined : heardLine(heard, before);
    // A home that has not heard of the end offers again what a person has closed.
    const isOver = heard.kind === "custody-offered" && !isOpen(step.state, heard.alarm.id);
    if (line !== undefined && !isOver) lines.push(line);
  }
  for (const effect of step.effects) {
    if (effect.kind !== "take-custody" || !isOpen(step.state, effect.alarmId)) continue;
    const { alarmId, epoch } = effect;
    lines.push({ kind: "custody", alarmId, epoch, text: "custody taken" });
  }
  return lines;
}

/** The line of a person being told; said at once, for it is done at once. */
export function toldLine(effect: PlannedEffect, agreement: Agreement): Line | undefined {
  if (effect.kind !== "tell-party") return undefined;
  const { alarm, party, name, step, round, late } = effect;
  const by = personOf(agreement, party, name);
  const again = round > 0 ? `, round ${round + 1}` : "";
  const text = `telling ${by.name} (step ${step + 1}${again}${late ? ", late" : ""})`;
  return { kind: "told", alarmId: alarm.id, by, step, round, late, text };
}
