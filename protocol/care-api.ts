/**
 * What a browser asks of the care service's office, route by route. All bodies are JSON; an error
 * is `{error: sentence}`. The answers stand in care-views.ts and care-office-views.ts. A change
 * needs the header `x-obhut`.
 */
import { z } from "zod";
import { categories, outcomes } from "./alarm.ts";
import { textMax } from "./text.ts";

const id = z.string().min(1).max(textMax.id);
const name = z.string().min(1).max(textMax.name);
const note = z.string().max(textMax.note);
const wall = z.number().int().nonnegative().max(8_640_000_000_000_000);
const login = z.string().min(1).max(200);

/** What an account may be. Rights are in one table at the office. */
export const accountRoles = ["staff", "lead", "technician", "administrator", "helper"] as const;

/** One of them. */
export type AccountRole = (typeof accountRoles)[number];

/** Shortest and longest password of a person; NIST SP 800-63B asks for at least 8 with a factor. */
export const passwordLength = { min: 12, max: 128 } as const;

const password = z
  .string()
  .min(passwordLength.min, `must have at least ${passwordLength.min} characters`)
  .max(passwordLength.max, `must have at most ${passwordLength.max} characters`);
const code = z.string().regex(/^\d{6}$/, "must be the six digits of the authenticator");

/** POST /api/login. The code is needed once the second factor is enrolled. */
export const loginSchema = z.strictObject({
  name: login,
  password: z.string().max(1_000),
  code: code.optional(),
});

/** POST /api/invite: sets the password behind a one-time link, and logs in without a factor. */
export const inviteSchema = z.strictObject({ token: z.string().min(20).max(100), password });

/** POST /api/me/totp: `{}` begins the enrolment, `{code}` ends it. */
export const totpSchema = z.strictObject({ code: code.optional() });

/** POST /api/me/password. */
export const passwordSchema = z.strictObject({ old: z.string().max(1_000), new: password });

/** POST /api/homes/:home/alarms/:alarm/accept, /decline, /call. */
export const answerAlarmSchema = z.strictObject({});

/** POST /api/homes/:home/alarms/:alarm/close: what was found, what was done, false alarm or not. */
export const closeAlarmSchema = z.strictObject({
  outcome: z.enum(outcomes),
  note: note.min(1, "say what was found and what was done"),
});

/** POST /api/homes/:home/alarms/:alarm/hand-over: to an account that may see this home. */
export const handOverSchema = z.strictObject({ to: id });

/** PUT /api/homes/:home: what staff must know of the resident; what is left out stays. */
export const residentSchema = z
  .strictObject({
    resident: name,
    address: z.string().max(400),
    phone: z
      .string()
      .max(60)
      .regex(/^\+?[\d /()-]*$/, "must be a telephone number"),
    key_safe: z.string().max(400),
    notes: note,
    /** Empty where the home is in no group. */
    group: z.string().max(textMax.id),
  })
  .partial();

/** PUT /api/homes/:home/agreement. `base` is the version that the person has changed. */
export const putAgreementSchema = z.strictObject({
  base: z.number().int().nonnegative(),
  /** The agreement as a person writes it; its faults come back as `faults`, a sentence each. */
  agreement: z.unknown(),
});

/** POST /api/homes/:home/agreement/preview: whom would we call then? */
export const previewSchema = z.strictObject({
  agreement: z.unknown().optional(),
  category: z.enum(categories),
  /** ISO 8601: Monday 1 to Sunday 7. */
  weekday: z.number().int().min(1).max(7),
  /** Minute of the day. */
  minute: z.number().int().min(0).max(1_439),
  holiday: z.boolean().default(false),
  /** Whether the day before was one: a night belongs to the day on which it began. */
  holiday_before: z.boolean().optional(),
  /** Whether the resident is away. */
  absent: z.boolean().optional(),
});

/** POST /api/homes/:home/maintenance; null ends it. */
export const maintenanceSchema = z.strictObject({ until_wall: wall.nullable() });

/**
 * POST /api/homes/:home/absence: until when the resident is away; null ends it. Chooses the chains
 * that are for it, and nothing else.
 */
export const absenceSchema = z.strictObject({ until_wall: wall.nullable() });

/** POST /api/homes/:home/drill: a test alarm through the whole chain. */
export const drillSchema = z.strictObject({});

/**
 * POST /api/homes/:home/erase: the home's id again, so that no slip of the hand erases a person.
 */
export const eraseSchema = z.strictObject({ confirm: id });

/** GET /api/homes/:home/access-log, newest first; `before` is the last `n` that was seen. */
export const accessLogQuerySchema = z.object({
  before: z.coerce.number().int().positive().optional(),
});

/** POST /api/faults/work: a fault as a work order. */
export const faultWorkSchema = z.strictObject({
  home: id,
  subject: id,
  what: id,
  state: z.enum(["open", "planned", "done"]),
  note,
});

/** GET /api/history. Times are milliseconds since 1970. */
export const historyQuerySchema = z.object({
  from: z.coerce.number().int().nonnegative().optional(),
  to: z.coerce.number().int().nonnegative().optional(),
  home: id.optional(),
  category: z.enum(categories).optional(),
  outcome: z.enum(outcomes).optional(),
  drills: z.enum(["yes", "no"]).default("no"),
  format: z.enum(["json", "csv"]).default("json"),
});

/** GET /api/statistics. */
export const statisticsQuerySchema = z.object({
  from: z.coerce.number().int().nonnegative().optional(),
  to: z.coerce.number().int().nonnegative().optional(),
});

const email = z
  .string()
  .max(254)
  .regex(/^[^\s@<>]+@[^\s@<>]+$/, "must be an e-mail address");
const group = z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,62})$/, "must be a group, or * for all");

/** POST /api/accounts; the answer has a one-time link for the new person. */
export const newAccountSchema = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u, "must be a name"),
  email,
  role: z.enum(accountRoles),
  groups: z.array(group).max(100),
  /** For a helper: the one home, and who of its agreement it is. */
  home: id.nullable().default(null),
  party: id.nullable().default(null),
});

/** PUT /api/accounts/:id; `reset` withdraws password, factor and sessions, and gives a new link. */
export const changeAccountSchema = z.strictObject({
  email: email.optional(),
  role: z.enum(accountRoles).optional(),
  groups: z.array(group).max(100).optional(),
  disabled: z.boolean().optional(),
  reset: z.literal(true).optional(),
});

/** POST /api/helper/:token/answer. */
export const helperAnswerSchema = z.strictObject({ coming: z.boolean() });

/** POST /api/helper/:token/outcome: only by somebody who said "I am going". */
export const helperOutcomeSchema = closeAlarmSchema;

/** POST /api/helper/:token/delivered: the phone's own word that it has shown the message. */
export const helperDeliveredSchema = z.strictObject({});

/** POST /api/helper/:token/push: what the browser's push manager gave. */
export const subscribeSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https$/ }).max(1_000),
  keys: z.strictObject({ p256dh: z.string().min(80).max(100), auth: z.string().min(20).max(30) }),
});

/** POST /api/receipts/:way: what a provider says of messages that it was given. Signed. */
export const receiptsSchema = z.object({
  receipts: z
    .array(
      z.object({
        /** The idempotency key that the message was given with. */
        id,
        stage: z.enum(["sent", "delivered", "seen", "accepted", "declined", "failed"]),
        /** Why it failed, in the provider's words. */
        why: z.string().max(500).optional(),
      }),
    )
    .min(1)
    .max(500),
});

export type Login = z.infer<typeof loginSchema>;
export type CloseAlarm = z.infer<typeof closeAlarmSchema>;
export type ResidentDetails = z.infer<typeof residentSchema>;
export type PreviewQuestion = z.infer<typeof previewSchema>;
export type FaultWork = z.infer<typeof faultWorkSchema>;
export type HistoryQuery = z.infer<typeof historyQuerySchema>;
export type NewAccount = z.infer<typeof newAccountSchema>;
export type ChangeAccount = z.infer<typeof changeAccountSchema>;
export type Subscription = z.infer<typeof subscribeSchema>;
export type Receipts = z.infer<typeof receiptsSchema>;
