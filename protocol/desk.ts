/** What travels between the care service and its desks: the people who receive escalations. */
import { z } from "zod";
import { alarmNotes, categories, levels, outcomes } from "./alarm.ts";
import { alarmSchema } from "./messages.ts";
import { textMax } from "./text.ts";

const id = z.string().min(1).max(textMax.id);
const person = z.object({ id, name: z.string().min(1).max(textMax.name) });

/** One open alarm as a desk sees it. Times are on the care service's clock. */
export const deskAlarmSchema = z.object({
  alarm: alarmSchema,
  /** Which offer of the home the care service took; 0 for an alarm raised at the care service. */
  epoch: z.number().int().nonnegative(),
  /** Who said that they are coming. */
  coming: z.array(person),
  /** Who said so, and was not heard of again in time: nobody is told any more that they come. */
  lapsed: z.array(person),
  declined: z.array(person),
  /** The resident called it a false alarm, and has not called again since. */
  falseAlarmSaid: z.boolean(),
  /** What the home said last of this alarm, and when it was heard; null for nothing yet. */
  note: z.object({ what: z.enum(alarmNotes), at_ms: z.number() }).nullable(),
  /** Whom the present step tells. */
  told: z.array(person),
  step: z.number().int().nonnegative(),
  round: z.number().int().nonnegative(),
  /** Whom of the step the message has reached, as far as its way tells. */
  reached: z.array(id),
  /** When the chain goes on; null where it does not. */
  due_ms: z.number().nullable(),
});

/** One home as a desk sees it; retained, and true on the care service's disk. */
export const deskStateSchema = z.object({
  home: id,
  at_ms: z.number(),
  wall_ms: z.number(),
  wall_trusted: z.boolean(),
  /**
   * `late`: beats are missing, which soon is an alarm; `restarting`: the gateway said goodbye and
   * is awaited; `maintenance`: silence is expected; `lost`: it is an alarm.
   */
  link: z.enum(["unknown", "reachable", "late", "restarting", "maintenance", "lost"]),
  alarms: z.array(deskAlarmSchema),
});

const alarmId = id;

/** What a person at a desk does. The care service knows the desk by its credential. */
export const deskRequestSchema = z.object({
  id,
  home: id,
  request: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("accept"), alarmId, by: person }),
    z.object({ kind: z.literal("decline"), alarmId, by: person }),
    /** Who was coming is not any more, and names who is to be told instead. */
    z.object({ kind: z.literal("hand-over"), alarmId, by: person, to: person }),
    z.object({
      kind: z.literal("close"),
      alarmId,
      closing: z.object({
        by: person,
        outcome: z.enum(outcomes),
        note: z.string().max(textMax.note),
      }),
    }),
  ]),
});

/** The answer to a request: `taken` only after it is on disk. */
export const deskAnswerSchema = z.object({
  of: id,
  taken: z.boolean(),
  why: z.string().max(textMax.note),
});

/** What can happen at the care service, in one word each. */
export const deskEventKinds = [
  "raised",
  "custody",
  "told",
  "accepted",
  "declined",
  "handed-over",
  "noted",
  "closed",
  "late",
  "silent",
  "back",
  "leaving",
  "maintenance",
  "fault",
] as const;

/** One thing that happened; the same line is printed, and published for the desks. */
export const deskEventSchema = z.object({
  kind: z.enum(deskEventKinds),
  home: id,
  wall_ms: z.number(),
  /** The whole line for people. */
  text: z.string(),
  alarmId: id.optional(),
  level: z.enum(levels).optional(),
  category: z.enum(categories).optional(),
  reason: z.string().optional(),
  by: person.optional(),
  to: person.optional(),
  step: z.number().optional(),
  round: z.number().optional(),
  late: z.boolean().optional(),
  epoch: z.number().optional(),
  outcome: z.enum(outcomes).optional(),
});

export type DeskEvent = z.infer<typeof deskEventSchema>;
export type DeskAlarm = z.infer<typeof deskAlarmSchema>;
export type DeskState = z.infer<typeof deskStateSchema>;
export type DeskRequest = z.infer<typeof deskRequestSchema>;
export type DeskAnswer = z.infer<typeof deskAnswerSchema>;
