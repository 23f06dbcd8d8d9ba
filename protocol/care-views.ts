/** What the care service's office answers to a browser. Times `*_wall` are ms since 1970. */
import { z } from "zod";
import { alarmNotes, categories, levels, outcomes } from "./alarm.ts";
import { accountRoles } from "./care-api.ts";

const wall = z.number();
const person = z.object({ id: z.string(), name: z.string() });

/** How far a telling has come, in this order; the last four are ends. */
export const tellingStages = [
  "due",
  "sent",
  "delivered",
  "seen",
  "accepted",
  "declined",
  "failed",
  "moot",
] as const;

/** One of them. */
export type TellingStage = (typeof tellingStages)[number];

/** The ways to a person. */
export const tellingWays = ["push", "mail", "sms", "voice", "desk"] as const;

/** One of them. */
export type TellingWay = (typeof tellingWays)[number];

/** How a home is linked; one word each. */
export const homeLinks = [
  "unknown",
  "reachable",
  "late",
  "lost",
  "restarting",
  "maintenance",
] as const;

/** Every error. `faults` has a sentence for each fault of an agreement. */
export const errorSchema = z.object({ error: z.string(), faults: z.array(z.string()).optional() });

/** GET /api/me, and the answer to a login. */
export const meSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(accountRoles),
  groups: z.array(z.string()),
  /** False: nothing but the enrolment of the second factor is open to this session. */
  second_factor: z.boolean(),
  enrolled: z.boolean(),
  /** What this session may do: actions of the office's table. */
  may: z.array(z.string()),
  expires_wall: wall,
});

/** POST /api/me/totp with `{}`: show the URI as a QR code. */
export const enrolmentSchema = z.object({ uri: z.string(), secret: z.string() });

/** What stays true of an alarm while it is open and after it. */
const alarmFields = {
  home: z.string(),
  resident: z.string(),
  alarm: z.string(),
  category: z.enum(categories),
  level: z.enum(levels),
  reason: z.string(),
  room: z.string().nullable(),
  device: z.string().nullable(),
  drill: z.boolean(),
  late: z.boolean(),
  raised_wall: wall,
  custody_wall: wall.nullable(),
};

/** One open alarm in the list of a desk. */
export const openAlarmSchema = z.object({
  ...alarmFields,
  coming: z.array(person),
  declined: z.array(person),
  told: z.array(person),
  step: z.number(),
  round: z.number(),
  /** When the chain goes on; null where it rests or only informs. */
  due_wall: wall.nullable(),
  false_alarm_said: z.boolean(),
  /** Who said that they are coming, and was not heard of again in time. */
  lapsed: z.array(person),
  /** What the home said last: pressed again, sensed again, a false alarm. */
  note: z.object({ what: z.enum(alarmNotes), wall }).nullable(),
  link: z.enum(homeLinks),
});

/** GET /api/alarms, most urgent first. */
export const openAlarmsSchema = z.object({ alarms: z.array(openAlarmSchema) });

/**
 * The event `alarms` of GET /api/live: after the line was opened all that are open, then what
 * changed of them. Thousands are told in parts of at most 64 KiB, so that a slow line is heard.
 */
export const alarmsEventSchema = z.object({
  /** Of all: what was told before is void. */
  anew: z.boolean(),
  /** New or other than before. */
  set: z.array(openAlarmSchema),
  /** Open no more, or not for these eyes. */
  gone: z.array(z.object({ home: z.string(), alarm: z.string() })),
  /** Another part follows, and nothing is whole before it has come. */
  more: z.boolean(),
});

/** One alarm of the past or present, as a row. */
export const alarmRecordSchema = z.object({
  ...alarmFields,
  accepted_wall: wall.nullable(),
  accepted_by: z.string().nullable(),
  closed_wall: wall.nullable(),
  closed_by: z.string().nullable(),
  outcome: z.enum(outcomes).nullable(),
  note: z.string().nullable(),
  false_alarm: z.boolean(),
});

/** One message to one person by one way. */
export const tellingSchema = z.object({
  id: z.string(),
  party: z.string(),
  name: z.string(),
  step: z.number(),
  round: z.number(),
  repeat: z.boolean(),
  way: z.enum(tellingWays),
  stage: z.enum(tellingStages),
  created_wall: wall,
  sent_wall: wall.nullable(),
  delivered_wall: wall.nullable(),
  seen_wall: wall.nullable(),
  answered_wall: wall.nullable(),
  error: z.string().nullable(),
});

/** What a sensor said, for the drawn timeline of an alarm. */
export const contextPointSchema = z.object({
  wall_ms: wall,
  device: z.string(),
  room: z.string(),
  kind: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
});

/** Who lives there. Null where the role may not know it. */
export const residentViewSchema = z.object({
  resident: z.string(),
  address: z.string().nullable(),
  phone: z.string().nullable(),
  key_safe: z.string().nullable(),
  notes: z.string().nullable(),
});

/** GET /api/homes/:home/alarms/:alarm. */
export const alarmDetailSchema = z.object({
  record: alarmRecordSchema,
  /** Null once it is closed. */
  open: openAlarmSchema.nullable(),
  resident: residentViewSchema,
  tellings: z.array(tellingSchema),
  context: z.array(contextPointSchema),
  /** The agreement's chain for it, and whom the next step tells. */
  next: z.object({ due_wall: wall, tell: z.array(person) }).nullable(),
  /** Until when the resident is away; null while nobody has said so. */
  absent_until_wall: wall.nullable(),
  /** To whom it may be handed over. */
  colleagues: z.array(person),
});

/** The answer to accept, decline, close, hand over: `taken` only after it is on disk. */
export const takenSchema = z.object({ taken: z.boolean(), why: z.string() });

/** POST …/call: whom to call; it is on the record that somebody did. */
export const callSchema = z.object({ phone: z.string() });

/** GET /api/helper/:token. Address, key safe and notes only while the alarm is open. */
export const helperViewSchema = z.object({
  you: person,
  resident: z.string(),
  category: z.enum(categories),
  reason: z.string(),
  drill: z.boolean(),
  raised_wall: wall,
  now_wall: wall,
  room: z.string().nullable(),
  state: z.enum(["open", "closed"]),
  /** The last answer of this person. */
  answer: z.enum(["none", "coming", "declined"]),
  coming: z.array(z.string()),
  place: z
    .object({
      address: z.string(),
      phone: z.string(),
      key_safe: z.string(),
      notes: z.string(),
    })
    .nullable(),
  end: z.object({ outcome: z.enum(outcomes), by: z.string(), closed_wall: wall }).nullable(),
  /** Public key for a push subscription, base64url. */
  push_key: z.string(),
});

/** The event `beat` of GET /api/live, every five seconds: silence means that the server is lost. */
export const beatEventSchema = z.object({ wall_ms: wall });

export type Me = z.infer<typeof meSchema>;
export type OpenAlarmView = z.infer<typeof openAlarmSchema>;
export type AlarmsEvent = z.infer<typeof alarmsEventSchema>;
export type AlarmRecord = z.infer<typeof alarmRecordSchema>;
export type TellingView = z.infer<typeof tellingSchema>;
export type AlarmDetail = z.infer<typeof alarmDetailSchema>;
export type ResidentView = z.infer<typeof residentViewSchema>;
export type HelperView = z.infer<typeof helperViewSchema>;
