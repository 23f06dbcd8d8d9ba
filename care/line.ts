/**
 * The care service's messages to a home: what an effect says, and how it stands in the outbox.
 * Pure.
 */
import type { OutboxLine, Rank } from "../platform/outbox.ts";
import { type Agreement, personOf } from "../protocol/agreement.ts";
import type { DownBody } from "../protocol/messages.ts";
import type { PlannedEffect } from "../rules/effects.ts";
import { unreachable } from "../rules/machine.ts";

/** What is told to a home and kept until its receipt. A receipt itself is never kept. */
type Told = Exclude<DownBody, { kind: "receipt" }>;

/** One message to a home that waits for its receipt. */
export interface DownLine extends OutboxLine {
  readonly body: Told;
}

function bodyOf(effect: PlannedEffect, agreement: Agreement): Told | undefined {
  switch (effect.kind) {
    case "take-custody":
      return { kind: "custody-taken", alarmId: effect.alarmId, epoch: effect.epoch };
    case "tell-peer-accepted":
      return { kind: "accepted", alarmId: effect.alarmId, by: effect.by, nth: effect.nth };
    case "tell-peer-declined":
      return { kind: "declined", alarmId: effect.alarmId, by: effect.by, nth: effect.nth };
    case "tell-peer-closed":
      return {
        kind: "closed",
        alarmId: effect.alarmId,
        closing: effect.closing,
        heard: [...effect.heard],
      };
    case "confirm-note":
      return { kind: "note-taken", alarmId: effect.alarmId, word: effect.word };
    case "ask-drill":
      return { kind: "drill-asked", drillId: effect.drillId };
    case "tell-party":
      return {
        kind: "told",
        alarmId: effect.alarm.id,
        by: personOf(agreement, effect.party, effect.name),
      };
    // The home's own actuation and speech; a fault or a note travels from the home only.
    case "cut-power":
    case "give-power":
    case "read-relay":
    case "signal":
    case "announce":
    case "offer-custody":
    case "tell-peer-noted":
    case "tell-peer-fault":
    case "tell-peer-living":
      return undefined;
    default:
      return unreachable(effect);
  }
}

/** A younger message with the same topic says the same anew. */
function topicOf(body: Told): string {
  switch (body.kind) {
    case "custody-taken":
    case "closed":
      return `${body.kind} ${body.alarmId}`;
    case "accepted":
    case "declined":
      return `answer ${body.alarmId} ${body.by.id}`;
    case "note-taken":
      return `note ${body.alarmId}`;
    case "drill-asked":
      return "drill";
    case "told":
      return `told ${body.alarmId} ${body.by.id}`;
    case "module-answer":
      return `module ${body.ask}`;
    case "catalogue":
    case "orders":
    case "looks":
      return body.kind;
    default:
      return unreachable(body);
  }
}

const ranks: { readonly [Kind in Told["kind"]]: Rank } = {
  "custody-taken": "alarm",
  accepted: "alarm",
  declined: "alarm",
  closed: "alarm",
  told: "note",
  "note-taken": "note",
  "drill-asked": "note",
  "module-answer": "note",
  catalogue: "routine",
  orders: "routine",
  looks: "routine",
};

/** What stands in its own order. Whom the chain told is news, for which nothing waits. */
function laneOf(body: Told): string {
  switch (body.kind) {
    case "drill-asked":
      return "drill";
    case "module-answer":
    case "catalogue":
    case "orders":
    case "looks":
      return topicOf(body);
    case "told":
      return `told ${body.alarmId}`;
    default:
      return `alarm ${body.alarmId}`;
  }
}

/** The line of a message, whatever asked for it. */
export function downLine(id: string, body: Told): DownLine {
  return { id, body, lane: laneOf(body), rank: ranks[body.kind], topic: topicOf(body) };
}

/** The line that an effect asks for; undefined for one that tells the home nothing. */
export function lineFor(effect: PlannedEffect, agreement: Agreement): DownLine | undefined {
  const body = bodyOf(effect, agreement);
  if (body === undefined) return undefined;
  return downLine(effect.id, body);
}
