/** Turns what tablets and the care service say into facts. Pure. */
import type { Beat, DownBody, TabletRequest } from "../protocol/messages.ts";
import type { Fact } from "../rules/events.ts";
import { unreachable } from "../rules/machine.ts";

/**
 * The fact a tablet's request states; `client` is the name the broker authenticated. None for a
 * light or a cover: comfort goes past the rules (invariant 8).
 */
export function factOfRequest(client: string, { request }: TabletRequest): Fact | undefined {
  switch (request.kind) {
    case "help":
      return { kind: "help-requested", client };
    case "false-alarm":
      return { kind: "false-alarm-said", alarmId: request.alarmId, client };
    case "presence":
      return { kind: "presence-said", client };
    case "stove-reset":
      return { kind: "stove-reset-requested", client };
    case "stove-hold":
      return { kind: "stove-hold-requested", client, minutes: request.minutes };
    case "module-choice":
      return { kind: "module-choice-said", module: request.module, on: request.on, client };
    case "pause":
      return { kind: "pause-said", minutes: request.minutes, client };
    case "wellbeing":
      return { kind: "wellbeing-said", client };
    case "order":
      return { kind: "order-said", order: request.order, client };
    case "level":
      return undefined;
    default:
      return unreachable(request);
  }
}

/**
 * The fact a message of the care service states; none for a receipt, which only the outbox hears.
 */
export function factOfDown(body: DownBody): Fact | undefined {
  switch (body.kind) {
    case "custody-taken":
      return { kind: "custody-taken", alarmId: body.alarmId, epoch: body.epoch };
    case "accepted":
      return {
        kind: "alarm-accepted",
        alarmId: body.alarmId,
        by: body.by,
        from: "peer",
        nth: body.nth,
      };
    case "declined":
      return {
        kind: "alarm-declined",
        alarmId: body.alarmId,
        by: body.by,
        from: "peer",
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
    case "note-taken":
      return { kind: "note-taken", alarmId: body.alarmId, word: body.word };
    case "drill-asked":
      return { kind: "drill-requested", drillId: body.drillId };
    case "told":
      return { kind: "person-told", alarmId: body.alarmId, by: body.by };
    case "module-answer": {
      const { ask, granted, by, note } = body;
      return { kind: "module-answered", ask, granted, by, note };
    }
    case "catalogue":
      return { kind: "catalogue-told", version: body.version, offers: body.offers };
    case "orders":
      return { kind: "orders-told", version: body.version, orders: body.orders };
    case "looks":
      return { kind: "looks-told", version: body.version, looks: body.looks };
    case "receipt":
      return undefined;
    default:
      return unreachable(body);
  }
}

/** A beat of the care service; one that says nothing of an absence leaves it as it was. */
export function factOfBeat({ holds, absent_until_wall: until }: Beat): Fact {
  return { kind: "peer-heard", holds, ...(until === undefined ? {} : { absentUntilWall: until }) };
}
