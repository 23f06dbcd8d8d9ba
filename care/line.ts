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
    default:
      return unreachable(body);
  }
}

const notes: ReadonlySet<Told["kind"]> = new Set<Told["kind"]>([
  "told",
  "note-taken",
  "drill-asked",
]);

/** What stands in its own order. Whom the chain told is news, for which nothing waits. */
function laneOf(body: Told): string {
  if (body.kind === "drill-asked") return "drill";
  return `${body.kind === "told" ? "told" : "alarm"} ${body.alarmId}`;
}

/** The line that an effect asks for; undefined for one that tells the home nothing. */
export function lineFor(effect: PlannedEffect, agreement: Agreement): DownLine | undefined {
  const body = bodyOf(effect, agreement);
  if (body === undefined) return undefined;
  const rank: Rank = notes.has(body.kind) ? "note" : "alarm";
  return { id: effect.id, body, lane: laneOf(body), rank, topic: topicOf(body) };
}
