/** Turns what tablets and the care service say into facts. Pure. */
import type { DownBody, TabletRequest } from "../protocol/messages.ts";
import type { Fact } from "../rules/events.ts";
import { unreachable } from "../rules/machine.ts";

/** The fact a tablet's request states; `client` is the name the broker authenticated. */
export function factOfRequest(client: string, { request }: TabletRequest): Fact {
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
    case "receipt":
      return undefined;
    default:
      return unreachable(body);
  }
}
