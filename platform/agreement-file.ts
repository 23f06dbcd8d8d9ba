/**
 * The agreement and the link settings as a person writes them, in the home's file and in the care
 * service's.
 */
import { z } from "zod";
import { type Agreement, droppableModules, type Party } from "../protocol/agreement.ts";
import { categories } from "../protocol/alarm.ts";
import { regions } from "../protocol/holidays.ts";
import type { LinkSettings } from "../protocol/home.ts";
import { minutes, seconds } from "../protocol/time.ts";
import { hour, hours, hoursOf, minuteOf } from "./agreement-hours.ts";

/** Name of a home, device, party or client. */
export const idSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and hyphens, at most 63")
  // The one such word that every object has already: what is kept by name would be found there.
  .refine((id) => id !== "constructor", 'must be another word than "constructor"');

const step = z.strictObject({
  tell: z.array(idSchema).min(1),
  within_s: z.number().min(5).max(3_600),
  delivered_within_s: z
    .number()
    .min(5)
    .max(600)
    .default(30)
    .describe("The chain goes on when the message has reached nobody of the step by then."),
});

/** A telephone number may have hyphens, as in RFC 3966; it is dialled without. */
const reach = z
  .string()
  .max(200)
  .regex(
    /^(push:|desk:[a-z0-9-]*|mailto:[^\s@]+@[^\s@]+|(sms|tel):\+\d[\d-]{4,30})$/,
    "must be push:, mailto:NAME@HOST, sms:+NUMBER, tel:+NUMBER or desk:",
  );

/**
 * The agreement as a person writes it: parties, chains, and the chain that serves when no other
 * fits.
 */
export const agreementSchema = z.strictObject({
  version: z.int().positive(),
  region: z.enum(regions).optional().describe("Whose public holidays count, such as BW."),
  parties: z
    .array(
      z.strictObject({
        id: idSchema,
        name: z.string().min(1).max(120),
        kind: z.enum(["helper", "professional", "service"]),
        reach: z.array(reach).default([]),
        duty: z
          .array(z.strictObject(hours))
          .min(1)
          .optional()
          .describe("Hours in which a professional or a service is told; always, without it."),
      }),
    )
    .min(1),
  chains: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(120),
        for: z.array(z.enum(categories)).min(1),
        ...hours,
        holidays: z
          .enum(["only", "never"])
          .optional()
          .describe("On public holidays only, or never on one; on all days, without it."),
        while: z
          .enum(["always", "absent", "present"])
          .optional()
          .describe("Only while the resident is away, or is at home."),
        steps: z.array(step).min(1),
      }),
    )
    .default([]),
  fallback: z.array(step).min(1),
  confirms: z
    .array(z.enum(droppableModules))
    .optional()
    .describe("Modules that are dropped only when the care service says so."),
  daily_sign: hour
    .optional()
    .describe("By this hour the resident has said that all is well, or is asked; 10:00."),
});

export type WrittenAgreement = z.infer<typeof agreementSchema>;

/** What one number of the file may be. */
export interface NumberLimits {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** A number of the file within its limits. */
export const numberWithin = (limits: NumberLimits) =>
  z.number().min(limits.min).max(limits.max).default(limits.default);

/**
 * How both sides watch each other; repeats at most 30 s apart (DIN VDE V 0825: below 1 min). The
 * limits are those of the rules' manifests; this folder knows no rules.
 */
export const linkSchemaFor = (limits: Readonly<Record<keyof LinkSettings, NumberLimits>>) =>
  z.strictObject({
    beat_every_s: numberWithin(limits.beatEvery),
    silent_after_s: numberWithin(limits.silentAfter),
    alarm_after_s: numberWithin(limits.alarmAfter),
    custody_within_s: numberWithin(limits.custodyWithin),
    close_within_min: numberWithin(limits.closeWithin),
    repeat_every_s: numberWithin(limits.repeatEvery),
  });

export type WrittenLink = z.infer<ReturnType<typeof linkSchemaFor>>;

/** Makes the sentence for a fault at a path of the file. */
export type Fault = (path: readonly PropertyKey[], words: string) => string;

const reachOf = (way: string): string => (/^(sms|tel):/.test(way) ? way.replaceAll("-", "") : way);

function partyOf({
  id,
  name,
  kind,
  reach: ways,
  duty,
}: WrittenAgreement["parties"][number]): Party {
  const party = { id, name, kind, reach: ways.map(reachOf) };
  return duty === undefined ? party : { ...party, duty: duty.map(hoursOf) };
}

/** The agreement as the rules read it. */
export function agreementOf(written: WrittenAgreement): Agreement {
  return {
    version: written.version,
    ...(written.region === undefined ? {} : { region: written.region }),
    parties: written.parties.map(partyOf),
    chains: written.chains.map((chain) => ({
      name: chain.name,
      categories: chain.for,
      ...hoursOf(chain),
      ...(chain.holidays === undefined ? {} : { holidays: chain.holidays }),
      ...(chain.while === undefined ? {} : { while: chain.while }),
      steps: chain.steps,
    })),
    fallback: written.fallback,
    ...(written.confirms === undefined ? {} : { confirms: written.confirms }),
    ...(written.daily_sign === undefined
      ? {}
      : { daily_sign_minute: minuteOf(written.daily_sign) }),
  };
}

/** The link settings as the rules read them. */
export function linkOf(written: WrittenLink): LinkSettings {
  return {
    beatEvery: seconds(written.beat_every_s),
    silentAfter: seconds(written.silent_after_s),
    alarmAfter: seconds(written.alarm_after_s),
    custodyWithin: seconds(written.custody_within_s),
    closeWithin: minutes(written.close_within_min),
    repeatEvery: seconds(written.repeat_every_s),
  };
}

/** Places in a list that say what an earlier place says, with that earlier place. */
export function doubles(values: readonly string[]): ReadonlyMap<number, number> {
  const first = new Map<string, number>();
  const found = new Map<number, number>();
  values.forEach((value, at) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, at);
    else found.set(at, before);
  });
  return found;
}

/** A link that one lost beat would break, or whose alarm would come before the warning. */
export function linkFaults(
  written: WrittenLink,
  path: readonly PropertyKey[],
  fault: Fault,
): readonly string[] {
  const { beat_every_s, silent_after_s, alarm_after_s } = written;
  const faults: string[] = [];
  if (silent_after_s < 2 * beat_every_s) {
    const words = "is under two beats (beat_every_s); one lost beat would be silence";
    faults.push(fault([...path, "silent_after_s"], words));
  }
  if (alarm_after_s < silent_after_s) {
    const words = "is before silent_after_s; a home is late before its silence is an alarm";
    faults.push(fault([...path, "alarm_after_s"], words));
  }
  return faults;
}

/** A time zone that this machine does not know. */
export function timezoneFaults(
  timezone: string,
  path: readonly PropertyKey[],
  fault: Fault,
): readonly string[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    return [fault(path, `"${timezone}" is not a time zone; use one such as Europe/Berlin`)];
  }
}
