/**
 * What travels between the home and the care service, and between the home and its tablet.
 * Schemas read leniently (unknown keys are dropped) and write strictly. Sizes are bounded here.
 */
import { z } from "zod";
import type { Alarm } from "./alarm.ts";
import { alarmNotes, categories, levels, outcomes } from "./alarm.ts";
import { livingDownBodies, livingRequests, livingUpBodies } from "./living.ts";
import { textMax } from "./text.ts";
import { instant } from "./time.ts";

const id = z.string().min(1).max(textMax.id);
const person = z.object({ id, name: z.string().min(1).max(textMax.name) });
const gatewayTime = z.number().finite().nonnegative().transform(instant);

/** An alarm on the wire, the same shape as in memory. */
export const alarmSchema = z
  .object({
    id,
    category: z.enum(categories),
    level: z.enum(levels),
    reason: z.string().min(1).max(textMax.name),
    device: id.optional(),
    room: z.string().max(textMax.name).optional(),
    raisedAt: gatewayTime,
    late: z.boolean(),
    drill: z.literal(true).optional(),
  })
  .transform((read): Alarm => {
    const { device, room, drill, ...rest } = read;
    return {
      ...rest,
      ...(drill === undefined ? {} : { drill }),
      ...(device === undefined ? {} : { device }),
      ...(room === undefined ? {} : { room }),
    };
  });

const fault = z.object({
  subject: id,
  what: z.enum([
    "silent",
    "stuck",
    "battery-low",
    "missing",
    "radio-lost",
    "not-fail-safe",
    "not-storing",
    "rule-failed",
    "clock-unknown",
    "intrusion",
  ]),
  blind: z.array(id).max(50),
});

const closing = z.object({
  by: person,
  outcome: z.enum(outcomes),
  note: z.string().max(textMax.note),
});

/** Words of notes that a closing may list; an alarm keeps fewer. */
const wordsMax = 32;

/** Place among the answers, or the notes, of one alarm on the sender's side; a later outweighs. */
const nth = z.number().int().positive();

/** Facts that either side tells the other about an alarm. */
const sharedBodies = [
  z.object({ kind: z.literal("accepted"), alarmId: id, by: person, nth }),
  z.object({ kind: z.literal("declined"), alarmId: id, by: person, nth }),
  z.object({
    kind: z.literal("closed"),
    alarmId: id,
    closing,
    /** Words of the notes that this side had when the person closed. */
    heard: z.array(id).max(wordsMax).optional(),
  }),
  /** The message with this id is on this side's disk: it need not be sent again. */
  z.object({ kind: z.literal("receipt"), of: id }),
] as const;

/** Most points of one context, and most bytes of the whole message: the newest points win. */
export const contextMax = { points: 300, bytes: 60_000 } as const;

const contextPoint = z.object({
  /** Gateway time, on the clock of the envelope. */
  at_ms: z.number().finite().nonnegative(),
  /** Null while no time source has confirmed the home's clock. */
  wall_ms: z.number().finite().nullable(),
  device: id,
  room: z.string().max(textMax.name),
  /** What was sensed, such as `motion-sensed`. */
  kind: z.string().min(1).max(textMax.name),
  value: z.union([z.number().finite(), z.string().max(textMax.name), z.boolean()]).nullable(),
});

/** What the home tells the care service. */
export const upBodySchema = z.discriminatedUnion("kind", [
  ...sharedBodies,
  z.object({
    kind: z.literal("custody-offered"),
    alarm: alarmSchema,
    epoch: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal("noted"),
    alarmId: id,
    note: z.enum(alarmNotes),
    /** Names the note for good. */
    word: id,
    nth,
  }),
  z.object({ kind: z.literal("fault"), fault, cleared: z.boolean() }),
  /**
   * What the sensors said around an alarm that is open, oldest first. A later one says it anew; one
   * without points says nothing.
   */
  z.object({
    kind: z.literal("context"),
    alarmId: id,
    points: z.array(contextPoint).max(contextMax.points),
  }),
  ...livingUpBodies,
]);

/** What the care service tells the home. */
export const downBodySchema = z.discriminatedUnion("kind", [
  ...sharedBodies,
  z.object({
    kind: z.literal("custody-taken"),
    alarmId: id,
    epoch: z.number().int().positive(),
  }),
  /** A note is on the care service's disk. */
  z.object({ kind: z.literal("note-taken"), alarmId: id, word: id }),
  /** The home raises a test alarm. Its id is made from this one, which is shorter therefore. */
  z.object({ kind: z.literal("drill-asked"), drillId: z.string().min(1).max(100) }),
  /** For the tablet: whom the chain has told. */
  z.object({ kind: z.literal("told"), alarmId: id, by: person }),
  ...livingDownBodies,
]);

/**
 * Sender's clock, carried beside every message: gateway time, wall time, and whether that is
 * trusted.
 */
const envelopeHead = {
  id,
  home: id,
  boot: id,
  at_ms: z.number().finite().nonnegative(),
  wall_ms: z.number().finite(),
  wall_trusted: z.boolean(),
};

/** A message up: at least once, acknowledged by a `receipt` for its id. */
export const upMessageSchema = z.object({ ...envelopeHead, body: upBodySchema });
/** A message down: at least once, acknowledged by a `receipt` for its id. */
export const downMessageSchema = z.object({ ...envelopeHead, body: downBodySchema });

/** Most alarms that one beat lists; the rules keep the number of open ones below it. */
export const heldAlarmsMax = 1_000;

/**
 * Proof of life, both ways; never acknowledged, never stored. `holds` lists open alarms in custody.
 * The last one before an orderly stop says so in `leaving`. The care service's say until when the
 * resident is away, null while nobody said so: the home's own chain is then the same.
 */
export const beatSchema = z.object({
  ...envelopeHead,
  holds: z
    .array(z.object({ alarmId: id, epoch: z.number().int().nonnegative() }))
    .max(heldAlarmsMax),
  leaving: z.enum(["restart", "maintenance"]).nullable().optional(),
  absent_until_wall: z.number().finite().nullable().optional(),
});

/** What a tablet asks of the home. The broker says which client it was; the payload cannot. */
export const requestSchema = z.object({
  id,
  request: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("help") }),
    z.object({ kind: z.literal("false-alarm"), alarmId: id }),
    z.object({ kind: z.literal("presence") }),
    z.object({ kind: z.literal("stove-reset") }),
    z.object({ kind: z.literal("stove-hold"), minutes: z.number().int().min(1).max(99) }),
    ...livingRequests,
  ]),
});

/** The home's answer to a request: `taken` only after it is on disk. */
export const answerSchema = z.object({
  of: id,
  taken: z.boolean(),
  why: z.string().max(textMax.note),
});

/** One thing that a sensor said. */
export type ContextPoint = z.infer<typeof contextPoint>;
export type UpBody = z.infer<typeof upBodySchema>;
export type DownBody = z.infer<typeof downBodySchema>;
export type UpMessage = z.infer<typeof upMessageSchema>;
export type DownMessage = z.infer<typeof downMessageSchema>;
export type Beat = z.infer<typeof beatSchema>;
export type TabletRequest = z.infer<typeof requestSchema>;
export type TabletAnswer = z.infer<typeof answerSchema>;
