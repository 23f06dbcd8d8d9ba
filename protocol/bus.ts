/**
 * What the home's own broker carries: retained state part by part, events, announcements, wishes.
 * Every message of the home has an id, gateway time, wall time with its trust, and the boot it was
 * born in.
 */
import { z } from "zod";
import { categories, levels } from "./alarm.ts";
import { roles } from "./home.ts";
import { lookSchema, offerSchema, orderSchema } from "./living.ts";
import { textMax } from "./text.ts";
import { instant } from "./time.ts";
import type { StatePart } from "./topics.ts";
import type { HomeView } from "./view.ts";

const id = z.string().min(1).max(textMax.id);
const note = z.string().max(textMax.note);
const inBoth = z.object({ de: note, en: note });
const gatewayTime = z.number().finite().nonnegative().transform(instant);

/** When and where a message of the home was born. A reader drops an id that it has seen. */
const birth = {
  id,
  boot: id,
  at_ms: z.number().finite().nonnegative(),
  wall_ms: z.number().finite(),
  wall_trusted: z.boolean(),
};

const alarmView = z.object({
  id,
  category: z.enum(categories),
  level: z.enum(levels),
  reason: note,
  device: id.nullable(),
  room: id.nullable(),
  raisedAt: gatewayTime,
  late: z.boolean(),
  drill: z.boolean(),
  stage: z.enum(["calling", "no-path", "stored", "with-care", "coming"]),
  stored: z.boolean(),
  acceptedBy: z.array(note),
  told: z.array(note),
  falseAlarmSaid: z.boolean(),
});

const stoveView = z.object({
  phase: z.enum(["unknown", "off", "on", "unattended", "warned", "cut", "proved-off", "not-off"]),
  since: gatewayTime,
  powerW: z.number().nullable(),
  presence: z.enum(["seen", "absent", "blind"]),
  cutAt: gatewayTime.nullable(),
  cutBecause: note.nullable(),
  resetAllowed: z.boolean(),
  resetRefusedBecause: note.nullable(),
  resetRefusedBy: id.nullable(),
  holdUntil: gatewayTime.nullable(),
});

const moduleView = z.object({
  name: id,
  title: inBoth,
  benefit: inBoth,
  told: inBoth,
  basis: z.boolean(),
  devices: z.array(z.object({ role: z.enum(roles), room: note })),
  on: z.boolean(),
  droppable: z.boolean(),
  needsCare: z.boolean(),
  heldBy: id.nullable(),
  asked: z.object({ on: z.boolean(), at: gatewayTime }).nullable(),
  history: z.array(
    z.object({
      on: z.boolean(),
      at: gatewayTime,
      state: z.enum(["done", "asked", "refused"]),
      from: z.enum(["resident", "care", "home"]),
      by: note,
      note,
    }),
  ),
  sees: z.enum(["all", "less", "none"]),
  blindBecause: z.array(z.object({ subject: id, what: note })),
});

const fixtureView = z.object({
  id,
  kind: z.enum(["light", "cover", "door"]),
  room: note,
  level: z.number().nullable(),
  since: gatewayTime.nullable(),
});

const servicesView = z.object({
  offers: z.array(offerSchema),
  orders: z.array(orderSchema.extend({ sent: z.boolean() })),
});

const privacyView = z.object({
  told: z.array(
    z.object({
      alarmId: id,
      reason: note,
      category: z.enum(categories),
      who: note,
      at: gatewayTime,
    }),
  ),
  looks: z.array(lookSchema),
  wellbeing: z.object({ at: gatewayTime }).nullable(),
});

/**
 * Said again every few seconds: a reader that hears none for three of them knows that the home is
 * silent.
 */
const gatewayView = z.object({
  home: id,
  everyMs: z.number().int().positive(),
  /** Who lives here, and the number to call when nothing else works; empty where nobody said. */
  resident: note,
  phone: note,
  /** Where its hours are counted, such as `Europe/Berlin`: a tablet's own zone may be another. */
  timezone: note,
});

/** What the home says of itself beside the view: that it lives. */
export type GatewayView = z.infer<typeof gatewayView>;

/** The state of one part, as it stands behind `state` of its message. */
export const partSchemas = {
  alarms: z.array(alarmView),
  stove: stoveView.nullable(),
  modules: z.array(moduleView),
  link: z.object({ care: z.enum(["reachable", "lost", "unknown"]) }),
  signal: z.enum(["none", "called", "warning", "alarm"]),
  fixtures: z.array(fixtureView),
  pause: z.object({ until: gatewayTime.nullable() }),
  question: z.object({ kind: z.literal("daily-sign"), until: gatewayTime }).nullable(),
  services: servicesView,
  privacy: privacyView,
  gateway: gatewayView,
} satisfies { readonly [Part in StatePart]: z.ZodType<PartState<Part>> };

/** The state of one part as the rules and the hub know it. */
export type PartState<Part extends StatePart> = Part extends keyof HomeView
  ? HomeView[Part]
  : GatewayView;

/** The retained message on `home/state/PART`. */
export function stateMessageSchema<Part extends StatePart>(part: Part) {
  return z.object({ ...birth, state: partSchemas[part] });
}

/** A message on `home/event/KIND`: what happened, for onlookers. Never retained. */
export const eventMessageSchema = z.object({
  ...birth,
  fact: z.looseObject({ kind: id }),
});

/** A message on `home/announcement`: a sentence to show and say, true when it was sent. */
export const announcementMessageSchema = z.object({
  ...birth,
  key: id,
  alarmId: id.optional(),
  words: z.record(id, note),
});

/** A comfort wish on `home/wish/CLIENT`: a light or a cover, 0 (off, closed) to 100. */
export const wishSchema = z.object({
  id,
  device: id,
  level: z.number().int().min(0).max(100),
});

/** What happened, as it is published. */
export type EventMessage = z.infer<typeof eventMessageSchema>;
/** A sentence to show and say, as it is published. */
export type AnnouncementMessage = z.infer<typeof announcementMessageSchema>;
/** A comfort wish, as it is read. */
export type Wish = z.infer<typeof wishSchema>;
