/**
 * What the care service's office answers about homes, agreements, faults, history and accounts.
 * Times `*_wall` are ms since 1970.
 */
import { z } from "zod";
import { accountRoles } from "./care-api.ts";
import { alarmRecordSchema, homeLinks, residentViewSchema, tellingWays } from "./care-views.ts";

const wall = z.number();
const person = z.object({ id: z.string(), name: z.string() });

/** One home in the overview; also in the event `homes` of GET /api/live. */
export const homeSummarySchema = z.object({
  home: z.string(),
  resident: z.string(),
  group: z.string(),
  link: z.enum(homeLinks),
  open: z.number(),
  faults: z.number(),
  maintenance_until_wall: wall.nullable(),
  drill_due_wall: wall.nullable(),
  /** Until when the resident is away; null also where the role may not know it. */
  absent_until_wall: wall.nullable(),
});

/** GET /api/homes. The event `homes` has the same shape with the changed homes only. */
export const homesSchema = z.object({ homes: z.array(homeSummarySchema) });

/** GET /api/homes/:home. */
export const homeDetailSchema = homeSummarySchema.extend({
  ...residentViewSchema.shape,
  timezone: z.string(),
  agreement_version: z.number(),
  credential: z.enum(["none", "issued", "revoked"]),
  alarms: z.array(alarmRecordSchema),
  drills: z.array(z.object({ id: z.string(), wall, report: z.unknown() })),
});

/** GET /api/homes/:home/agreement: as a person writes it, with who changed it when. */
export const agreementViewSchema = z.object({
  version: z.number(),
  agreement: z.unknown(),
  /** `by` is null for what came from the configuration file. */
  versions: z.array(z.object({ version: z.number(), by: z.string().nullable(), wall })),
});

/** The answer to the preview: the steps in order. */
export const previewViewSchema = z.object({
  chain: z.string(),
  steps: z.array(
    z.object({
      within_s: z.number(),
      tell: z.array(
        z.object({ id: z.string(), name: z.string(), ways: z.array(z.enum(tellingWays)) }),
      ),
      /** Parties that are not on duty then. */
      passed_over: z.array(person),
    }),
  ),
});

/** POST /api/homes/:home/credential: shown once. */
export const credentialSchema = z.object({ secret: z.string() });

/** GET /api/homes/:home/access-log. */
export const accessLogSchema = z.object({
  looks: z.array(
    z.object({
      n: z.number(),
      wall,
      account: z.string(),
      name: z.string(),
      role: z.string(),
      what: z.string(),
    }),
  ),
});

/** POST /api/homes/:home/erase. */
export const erasedSchema = z.object({
  rows: z.number(),
  /** Files in which something of the person was still found after erasing; empty is proof. */
  remains: z.array(z.string()),
});

/** GET /api/faults. */
export const faultsSchema = z.object({
  faults: z.array(
    z.object({
      home: z.string(),
      resident: z.string(),
      subject: z.string(),
      what: z.string(),
      since_wall: wall,
      cleared_wall: wall.nullable(),
      blind: z.array(z.string()),
      work_state: z.enum(["open", "planned", "done"]),
      work_note: z.string(),
      work_by: z.string(),
    }),
  ),
});

/** GET /api/history. `more` says that the oldest were left off. */
export const historySchema = z.object({ alarms: z.array(alarmRecordSchema), more: z.boolean() });

const spread = z.object({
  count: z.number(),
  p50_s: z.number().nullable(),
  p90_s: z.number().nullable(),
  p99_s: z.number().nullable(),
  max_s: z.number().nullable(),
  /** How many took at most so long; the last has no bound. */
  buckets: z.array(z.object({ upto_s: z.number().nullable(), count: z.number() })),
});

/** GET /api/statistics. Drills are left out everywhere. */
export const statisticsSchema = z.object({
  count: z.number(),
  open: z.number(),
  drills: z.number(),
  custody: spread,
  acceptance: spread,
  outcome: spread,
  false_alarm_share: z.number().nullable(),
  by_category: z.record(z.string(), z.number()),
  by_outcome: z.record(z.string(), z.number()),
  by_day: z.array(z.object({ wall, count: z.number(), false_alarms: z.number() })),
});

/** One account. */
export const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(accountRoles),
  groups: z.array(z.string()),
  home: z.string().nullable(),
  party: z.string().nullable(),
  enrolled: z.boolean(),
  disabled: z.boolean(),
  created_wall: wall,
});

/** GET /api/accounts. */
export const accountsSchema = z.object({ accounts: z.array(accountSchema) });

/** POST and PUT of accounts: `invite` is a path with a one-time token, shown once. */
export const accountChangedSchema = z.object({
  account: accountSchema,
  invite: z.string().nullable(),
});

export type HomeSummaryView = z.infer<typeof homeSummarySchema>;
export type HomeDetail = z.infer<typeof homeDetailSchema>;
export type AgreementView = z.infer<typeof agreementViewSchema>;
export type PreviewView = z.infer<typeof previewViewSchema>;
export type FaultsView = z.infer<typeof faultsSchema>;
export type Statistics = z.infer<typeof statisticsSchema>;
export type AccountView = z.infer<typeof accountSchema>;
