/** A home as the database has it, in the words of the rules. */
import { agreementOf, agreementSchema, linkOf } from "../platform/agreement-file.ts";
import type { HomePlan } from "../protocol/home.ts";
import { milliseconds } from "../protocol/time.ts";
import { linkSchema } from "./config-schema.ts";
import type { KnownRow } from "./store/rows.ts";

/** One home that the care service looks after. */
export interface KnownHome {
  readonly plan: HomePlan;
  readonly timezone: string;
  /** Null while no gateway may log in for this home. */
  readonly passwordSha256: string | null;
  readonly drillDue_wall: number | null;
  /** Until then the resident is away. */
  readonly absentUntil_wall: number | null;
}

/** The care service knows people and deadlines of a home, never its devices. */
const noStove: HomePlan["stove"] = {
  onAboveWatts: 0,
  absence: milliseconds(0),
  preAlarm: milliseconds(0),
  untouched: milliseconds(0),
  total: milliseconds(0),
  leftHome: milliseconds(0),
};

/** Throws what the schemas throw: whoever wrote the rows checked them. */
export function knownHomeOf({ known, agreement }: KnownRow): KnownHome {
  return {
    plan: {
      home: known.home,
      devices: [],
      agreement: agreementOf(agreementSchema.parse(JSON.parse(agreement))),
      stove: noStove,
      link: linkOf(linkSchema.parse(JSON.parse(known.link))),
    },
    timezone: known.timezone,
    passwordSha256: known.revoked === 1 ? null : known.credential_sha256,
    drillDue_wall: known.drill_due_wall,
    absentUntil_wall: known.absent_until_wall,
  };
}
