/**
 * What a resident chooses and orders at the tablet, and what the care service says of it. Wall
 * times are Unix milliseconds; days are calendar days at the home.
 */
import { z } from "zod";
import { textMax } from "./text.ts";

const id = z.string().min(1).max(textMax.id);
const name = z.string().min(1).max(textMax.name);
const wall = z.number().finite().nullable();
/** A sentence in both languages; a whole catalogue must fit into one message. */
const inBoth = (most: number) => z.object({ de: z.string().max(most), en: z.string().max(most) });

/** Most of each that is kept and told; of more the newest are taken. */
export const livingMax = { offers: 30, orders: 60, looks: 60, told: 60, history: 40 } as const;

/** What a service is, for its picture and its order on the screen. */
export const serviceKinds = [
  "meals",
  "cleaning",
  "driving",
  "laundry",
  "day-care",
  "visit",
  "hairdresser",
  "shopping",
  "other",
] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** One service of the provider's catalogue, in plain words. */
export const offerSchema = z.object({
  id,
  /** A later version may have other kinds: nobody is left without a catalogue for that. */
  kind: z.enum(serviceKinds).catch("other"),
  title: inBoth(60),
  /** What it does for me. */
  about: inBoth(160),
  /** What it costs, and when; empty where nothing is to be said. */
  price: inBoth(80),
  /** Who learns what of me by ordering it. */
  told: inBoth(160),
});

/** When in the day somebody shall come: nobody of 85 types a time. */
export const dayParts = ["morning", "noon", "afternoon", "evening"] as const;
export type DayPart = (typeof dayParts)[number];

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day, as 2026-11-27");

/** What a resident does with an order. */
export const orderActs = ["ask", "change", "cancel"] as const;
export type OrderAct = (typeof orderActs)[number];

/**
 * One word of a resident about one order: it says the whole order, so that of several only the last
 * counts. The order's id is made at the tablet and used for one `ask`: another one is a repeat.
 */
export const orderWordSchema = z.object({
  orderId: id,
  act: z.enum(orderActs),
  service: id,
  day,
  part: z.enum(dayParts),
});

/**
 * How an order stands at the care service. `asked` is everything that nobody has answered yet: new,
 * changed or to be cancelled (`act` says which).
 */
export const orderSchema = z.object({
  id,
  service: id,
  title: inBoth(60),
  act: z.enum(orderActs),
  /** The newest word of the resident about it that care has: what came before it is answered. */
  nth: z.number().int().positive(),
  state: z.enum(["asked", "confirmed", "declined", "cancelled", "done"]),
  day,
  part: z.enum(dayParts),
  /** Once confirmed: from when, and who comes. */
  from_ms: wall,
  who: z.string().max(textMax.name),
  /** A sentence of the care service; may be empty. */
  note: z.string().max(400),
});

/** What was looked at, or done with, of what is known of a resident. */
export const lookWords = [
  ...(["alarm", "call", "home", "agreement", "history", "export", "services", "modules"] as const),
  ...(["absence", "maintenance", "drill", "faults", "credential", "other"] as const),
] as const;
export type LookWord = (typeof lookWords)[number];

/** One look at the resident's data: who, in which role, at what, when. */
export const lookSchema = z.object({
  id,
  who: name,
  role: name,
  /** One of `lookWords`; a later version may have others. */
  what: name,
  wall_ms: z.number().finite(),
});

/** From home to care: what the resident chose, ordered and said. */
export const livingUpBodies = [
  /** All choices as they stand; a later `nth` outweighs. The pause is on the sender's clock. */
  z.object({
    kind: z.literal("choices"),
    nth: z.number().int().positive(),
    dropped: z.array(id).max(50),
    pausedUntil_at_ms: z.number().finite().nonnegative().nullable(),
  }),
  /** The resident would drop a module, and the agreement wants the care service's word first. */
  z.object({ kind: z.literal("module-wish"), ask: id, module: id, on: z.boolean() }),
  z.object({
    kind: z.literal("order"),
    order: orderWordSchema,
    /**
     * Counted within the home, and above every `nth` that the care service told it: links may
     * reorder, and a word that nobody answered is told again under its number.
     */
    nth: z.number().int().positive(),
  }),
  /** "I am well", said at the tablet. */
  z.object({ kind: z.literal("wellbeing"), at_ms: z.number().finite().nonnegative() }),
] as const;

/**
 * From care to home. Lists are whole: a later `version` outweighs, and a repeat is harmless.
 * Versions grow for ever, per home and list, in the care service's store: a home takes no older one
 * than it has, so a store that was put back from a backup must go on above what it had told.
 */
export const livingDownBodies = [
  z.object({
    kind: z.literal("module-answer"),
    ask: id,
    granted: z.boolean(),
    by: z.object({ id, name }),
    note: z.string().max(400),
  }),
  z.object({
    kind: z.literal("catalogue"),
    version: z.number().int().positive(),
    offers: z.array(offerSchema).max(livingMax.offers),
  }),
  z.object({
    kind: z.literal("orders"),
    version: z.number().int().positive(),
    orders: z.array(orderSchema).max(livingMax.orders),
  }),
  z.object({
    kind: z.literal("looks"),
    version: z.number().int().positive(),
    looks: z.array(lookSchema).max(livingMax.looks),
  }),
] as const;

/** What a resident asks at the tablet beside help, stove and false alarm. */
export const livingRequests = [
  z.object({ kind: z.literal("module-choice"), module: id, on: z.boolean() }),
  /** 0 ends the pause at once. At most three days: a pause ends by itself. */
  z.object({ kind: z.literal("pause"), minutes: z.number().int().min(0).max(4_320) }),
  z.object({ kind: z.literal("wellbeing") }),
  z.object({ kind: z.literal("order"), order: orderWordSchema }),
  /** A light or a cover of the home, 0 (off, closed) to 100. */
  z.object({
    kind: z.literal("level"),
    device: id,
    level: z.number().int().min(0).max(100),
  }),
] as const;

export type Offer = z.infer<typeof offerSchema>;
export type OrderWord = z.infer<typeof orderWordSchema>;
export type Order = z.infer<typeof orderSchema>;
export type Look = z.infer<typeof lookSchema>;
/** What the home tells of it. */
export type LivingUp = z.infer<(typeof livingUpBodies)[number]>;
/** What the care service tells of it. */
export type LivingDown = z.infer<(typeof livingDownBodies)[number]>;
/** What a tablet asks. */
export type LivingRequest = z.infer<(typeof livingRequests)[number]>;
