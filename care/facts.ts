/** Turns what homes and desks say into facts. Pure. */
import type { DeskRequest } from "../protocol/desk.ts";
import type { UpBody } from "../protocol/messages.ts";
import type { Fact } from "../rules/events.ts";
import { unreachable } from "../rules/machine.ts";

/**
 * The fact a home states; none for a receipt, which only the outbox hears, and none for a context,
 * which only people read.
 */
export function factOfUp(body: UpBody): Fact | undefined {
  switch (body.kind) {
    case "custody-offered":
      return { kind: "custody-offered", alarm: body.alarm, epoch: body.epoch };
    case "accepted": {
      const { alarmId, by, nth } = body;
      return { kind: "alarm-accepted", alarmId, by, from: "peer", nth };
    }
    case "declined": {
      const { alarmId, by, nth } = body;
      return { kind: "alarm-declined", alarmId, by, from: "peer", nth };
    }
    case "noted":
      return {
        kind: "alarm-noted",
        alarmId: body.alarmId,
        note: body.note,
        from: "peer",
        word: body.word,
        nth: body.nth,
      };
    case "closed":
      return {
        kind: "alarm-closed",
        alarmId: body.alarmId,
        closing: body.closing,
        from: "peer",
        heard: body.heard ?? [],
      };
    case "fault":
      return { kind: body.cleared ? "fault-cleared" : "fault-found", fault: body.fault };
    // What the resident chose and ordered: rows for people, no rule of care hears them.
    case "choices":
    case "module-wish":
    case "order":
    case "wellbeing":
    case "context":
    case "receipt":
      return undefined;
    default:
      return unreachable(body);
  }
}

/** The fact a person at a desk makes. */
export function factOfDesk({ request }: DeskRequest): Fact {
  const { alarmId } = request;
  switch (request.kind) {
    case "accept":
      return { kind: "alarm-accepted", alarmId, by: request.by, from: "here" };
    case "decline":
      return { kind: "alarm-declined", alarmId, by: request.by, from: "here" };
    case "hand-over":
      return { kind: "alarm-handed-over", alarmId, by: request.by, to: request.to };
    case "close":
      return { kind: "alarm-closed", alarmId, closing: request.closing, from: "here" };
    default:
      return unreachable(request);
  }
}
