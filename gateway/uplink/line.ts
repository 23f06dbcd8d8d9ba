/** How the home's messages to the care service stand in the outbox. Pure. */
import type { OutboxLine, Rank } from "../../platform/outbox.ts";
import type { UpBody } from "../../protocol/messages.ts";
import { unreachable } from "../../rules/machine.ts";
import type { OutboxMessage } from "../ports.ts";

/** One message of the home that waits for its receipt. */
export interface UpLine extends OutboxLine {
  readonly body: UpBody;
}

/** What gives way when there is no room, and whether somebody waits for the message. */
export function rankOf(body: UpBody): Rank {
  switch (body.kind) {
    case "custody-offered":
    case "accepted":
    case "declined":
    case "closed":
      return "alarm";
    case "noted":
    case "receipt":
    case "module-wish":
    case "order":
      return "note";
    case "choices":
    case "wellbeing":
    case "fault":
    case "context":
      return "routine";
    default:
      return unreachable(body);
  }
}

/** Messages about one alarm, or about one fault, arrive in their order. */
function laneOf(message: OutboxMessage): string {
  const { body, id } = message;
  switch (body.kind) {
    case "custody-offered":
      return `alarm ${body.alarm.id}`;
    case "accepted":
    case "declined":
    case "noted":
    case "closed":
      return `alarm ${body.alarmId}`;
    case "fault":
      return `fault ${body.fault.subject} ${body.fault.what}`;
    case "context":
      // Not the alarm's own lane: no answer and no closing waits for a picture.
      return `context ${body.alarmId}`;
    case "receipt":
      return `receipt ${id}`;
    case "module-wish":
      return `module ${body.module}`;
    case "order":
      return `order ${body.order.orderId}`;
    case "choices":
    case "wellbeing":
      return body.kind;
    default:
      return unreachable(body);
  }
}

/** What the message says, where a younger one may say it anew. */
function topicOf(body: UpBody): string | undefined {
  switch (body.kind) {
    case "custody-offered":
      return `offer ${body.alarm.id}`;
    case "accepted":
    case "declined":
      return `answer ${body.alarmId} ${body.by.id}`;
    case "closed":
      return `closed ${body.alarmId}`;
    case "fault":
      return `fault ${body.fault.subject} ${body.fault.what}`;
    case "context":
      return `context ${body.alarmId}`;
    case "order":
      return `order ${body.order.orderId}`;
    case "module-wish":
      return `module ${body.ask}`;
    case "choices":
    case "wellbeing":
      return body.kind;
    case "noted":
    case "receipt":
      return undefined;
    default:
      return unreachable(body);
  }
}

/** The line for a message. */
export function lineOf(message: OutboxMessage): UpLine {
  const topic = topicOf(message.body);
  const line = { ...message, lane: laneOf(message), rank: rankOf(message.body) };
  return topic === undefined ? line : { ...line, topic };
}
