/**
 * What residents choose, order and say, as the desk sees it and answers. Times `*_wall` are ms
 * since 1970; a day is a calendar day at the home.
 */
import { z } from "zod";
import { dayParts, orderActs, orderSchema } from "./living.ts";
import { textMax } from "./text.ts";

const id = z.string().min(1).max(textMax.id);
const wall = z.number();
const title = z.object({ de: z.string(), en: z.string() });
const note = z.string().max(400);

/** What somebody at a desk says to an order. */
export const orderAnswers = ["confirmed", "declined", "done"] as const;

/** One of them. */
export type OrderAnswer = (typeof orderAnswers)[number];

/**
 * POST /api/homes/:home/orders. `nth` is the word of the resident that was read: a newer one is not
 * answered unread. Confirming says who comes and when, but for a cancellation; declining says why.
 */
export const answerOrderSchema = z.strictObject({
  order: id,
  nth: z.number().int().positive(),
  answer: z.enum(orderAnswers),
  /** Time of day at the home. */
  from: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, as 10:30")
    .nullable()
    .default(null),
  who: z.string().max(textMax.name).default(""),
  note: note.default(""),
});

/** POST /api/homes/:home/wishes. Refusing says why. */
export const answerWishSchema = z.strictObject({
  ask: id,
  granted: z.boolean(),
  note: note.default(""),
});

/** One order, with whose it is. */
export const orderViewSchema = z.object({
  home: z.string(),
  resident: z.string(),
  id: z.string(),
  service: z.string(),
  title,
  act: z.enum(orderActs),
  state: orderSchema.shape.state,
  nth: z.number(),
  day: z.string(),
  part: z.enum(dayParts),
  /** From when somebody comes, as the clock at the home says it; null while it is not promised. */
  from: z.string().nullable(),
  who: z.string(),
  note: z.string(),
  asked_wall: wall,
  changed_wall: wall,
  /** Who answered last; empty while nobody has. */
  answered_by: z.string(),
});

/** A resident would drop a module, or have it again. */
export const wishViewSchema = z.object({
  home: z.string(),
  resident: z.string(),
  ask: z.string(),
  module: z.string(),
  title,
  on: z.boolean(),
  state: z.enum(["asked", "granted", "refused", "withdrawn"]),
  note: z.string(),
  by: z.string(),
  wall,
});

/** GET /api/services: what waits for an answer, and what was promised. `more`: there are others. */
export const servicesSchema = z.object({
  orders: z.array(orderViewSchema),
  wishes: z.array(wishViewSchema),
  more: z.boolean(),
});

/** GET /api/homes/:home/living. */
export const livingViewSchema = z.object({
  /** Modules that are off. */
  off: z.array(z.object({ module: z.string(), title })),
  paused_until_wall: wall.nullable(),
  /** When the resident last said that all is well. */
  wellbeing_wall: wall.nullable(),
  orders: z.array(orderViewSchema),
  wishes: z.array(wishViewSchema),
});

export type AnswerOrder = z.infer<typeof answerOrderSchema>;
export type AnswerWish = z.infer<typeof answerWishSchema>;
export type OrderView = z.infer<typeof orderViewSchema>;
export type WishView = z.infer<typeof wishViewSchema>;
export type ServicesAnswer = z.infer<typeof servicesSchema>;
export type LivingView = z.infer<typeof livingViewSchema>;
