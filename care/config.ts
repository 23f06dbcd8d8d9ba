/**
 * Reads the care service's configuration: everything is checked here, one sentence for each fault.
 */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import {
  agreementFaults,
  agreementOf,
  agreementSchema,
  doubles,
  idSchema,
  linkFaults,
  linkOf,
  linkSchemaFor,
  timezoneFaults,
} from "../platform/agreement-file.ts";
import { type Checked, type ReadFile, readYaml } from "../platform/yaml-file.ts";
import type { HomePlan } from "../protocol/home.ts";
import { milliseconds } from "../protocol/time.ts";
import { linkLimits } from "../rules/settings.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");

/** The link settings of a home, with the limits of the rules. */
export const linkSchema = linkSchemaFor(linkLimits);

/** The whole file. Unknown keys are refused: a misspelt setting must not be silently ignored. */
export const careConfigSchema = z.strictObject({
  name: z.string().min(1).max(120).default("care").describe("Common name of the certificate."),
  listen: z
    .strictObject({
      host: z.string().default("0.0.0.0"),
      port: z.int().min(0).max(65_535).default(8_883).describe("0 lets the system choose."),
    })
    .prefault({}),
  data: z.string().default("data").describe("Folder for the database and the certificate."),
  desks: z
    .array(
      z.strictObject({
        name: idSchema,
        password_sha256: sha256.describe("SHA-256 of the desk's password, a random token."),
      }),
    )
    .default([]),
  homes: z
    .array(
      z.strictObject({
        home: idSchema,
        timezone: z.string().default("Europe/Berlin"),
        password_sha256: sha256.describe("SHA-256 of the gateway's care_password."),
        link: linkSchema.prefault({}),
        agreement: agreementSchema,
      }),
    )
    .min(1),
});

export type WrittenCare = z.infer<typeof careConfigSchema>;

/** One home that the care service looks after. */
export interface KnownHome {
  readonly plan: HomePlan;
  readonly timezone: string;
  readonly passwordSha256: string;
}

/** One desk: a place where people receive escalations. */
export interface KnownDesk {
  readonly name: string;
  readonly passwordSha256: string;
}

export interface CareConfiguration {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Absolute folder. */
  readonly dataDir: string;
  readonly desks: readonly KnownDesk[];
  readonly homes: readonly KnownHome[];
}

/** The care service knows people and deadlines of a home, never its devices. */
function planOf(written: WrittenCare["homes"][number]): HomePlan {
  const none = milliseconds(0);
  return {
    home: written.home,
    devices: [],
    agreement: agreementOf(written.agreement),
    stove: {
      onAboveWatts: 0,
      absence: none,
      preAlarm: none,
      untouched: none,
      total: none,
      leftHome: none,
    },
    link: linkOf(written.link),
  };
}

function faults({ value, fault }: Checked<WrittenCare>): readonly string[] {
  const found: string[] = [];
  const places = [
    ...value.desks.map(({ name }, at) => ({ name, path: ["desks", at, "name"] })),
    ...value.homes.map(({ home }, at) => ({ name: home, path: ["homes", at, "home"] })),
  ];
  for (const [at, before] of doubles(places.map(({ name }) => name))) {
    const path = places[at]?.path ?? [];
    const other = places[before]?.path.join(".") ?? "";
    found.push(fault(path, `is the same as ${other}; each client needs a name of its own`));
  }
  value.homes.forEach(({ agreement, link, timezone }, at) => {
    const path = ["homes", at] as const;
    found.push(
      ...agreementFaults(agreement, [...path, "agreement"], fault),
      ...linkFaults(link, [...path, "link"], fault),
      ...timezoneFaults(timezone, [...path, "timezone"], fault),
    );
  });
  return found;
}

/** Reads and checks the file. */
export function readCareConfiguration(file: string): ReadFile<CareConfiguration> {
  const read = readYaml(file, careConfigSchema, faults);
  if (!read.ok) return read;
  const { name, listen, data, desks, homes } = read.value;
  return {
    ok: true,
    value: {
      name,
      host: listen.host,
      port: listen.port,
      dataDir: resolve(dirname(resolve(file)), data),
      desks: desks.map((desk) => ({ name: desk.name, passwordSha256: desk.password_sha256 })),
      homes: homes.map((home) => ({
        plan: planOf(home),
        timezone: home.timezone,
        passwordSha256: home.password_sha256,
      })),
    },
  };
}
