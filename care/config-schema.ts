/** The care service's configuration file as a person writes it. */
import { z } from "zod";
import { agreementSchema, idSchema, linkSchemaFor } from "../platform/agreement-file.ts";
import { livingMax, serviceKinds } from "../protocol/living.ts";
import { linkLimits } from "../rules/settings.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");
const port = z.int().min(0).max(65_535);
const days = z.int().min(1).max(36_500);
const file = z.string().min(1).describe("Path, relative to this file.");

/** The link settings of a home, with the limits of the rules. */
export const linkSchema = linkSchemaFor(linkLimits);

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("Where the provider takes messages."),
  secret_file: file.describe("File with the secret that signs messages and receipts."),
});

const notify = z.strictObject({
  language: z.enum(["de", "en"]).default("de"),
  mail: z
    .strictObject({
      url: z.url({ protocol: /^smtps?$/ }).describe("smtp://user:password@host:port"),
      from: z.string().min(3).max(320),
    })
    .optional(),
  sms: webhook.optional(),
  voice: webhook.optional(),
  push: z
    .strictObject({
      subject: z.string().regex(/^(mailto:|https:)/, "must begin with mailto: or https:"),
      services: z.array(z.string().min(1).max(253)).max(50).default([]),
    })
    .optional(),
});

/** A text that the tablet shows, in both languages. */
const inBoth = (most: number, least: 0 | 1) =>
  z.strictObject({
    de: z.string().min(least).max(most),
    en: z.string().min(least).max(most),
  });

const service = z.strictObject({
  id: idSchema,
  kind: z.enum(serviceKinds).describe("Chooses the picture."),
  title: inBoth(60, 1),
  about: inBoth(160, 1).describe("What it does for the resident."),
  price: inBoth(80, 0).default({ de: "", en: "" }).describe("What it costs, and when."),
  told: inBoth(160, 1).describe("Who learns what of the resident by an order."),
});

const home = z.strictObject({
  home: idSchema,
  timezone: z.string().default("Europe/Berlin"),
  password_sha256: sha256.describe("SHA-256 of the gateway's care_password."),
  about: z
    .strictObject({
      resident: z.string().min(1).max(120),
      address: z.string().max(400).optional(),
      phone: z.string().max(60).optional(),
      key_safe: z.string().max(400).optional(),
      notes: z.string().max(2_000).optional(),
      group: idSchema.optional(),
    })
    .optional()
    .describe("Who lives there. Read for a new home only; from then on the desk keeps it."),
  link: linkSchema.prefault({}),
  agreement: agreementSchema,
});

/** The whole file. Unknown keys are refused: a misspelt setting must not be silently ignored. */
export const careConfigSchema = z.strictObject({
  name: z.string().min(1).max(120).default("care").describe("Common name of the certificate."),
  listen: z
    .strictObject({
      host: z.string().default("0.0.0.0"),
      port: port.default(8_883).describe("0 lets the system choose."),
    })
    .prefault({}),
  data: z.string().default("data").describe("Folder for the database and the certificate."),
  database: z
    .strictObject({
      url: z
        .url({ protocol: /^postgres(ql)?$/ })
        .describe("postgres://user:password@host:port/database; several processes may share it."),
    })
    .optional()
    .describe("Where the memory is; the file care.db in `data` unless something else is said."),
  broker: z
    .strictObject({
      url: z.url({ protocol: /^mqtts?$/ }),
      user: z.string().min(1).max(120),
      password_file: file,
      certificate: file.optional().describe("Certificate (PEM) that the broker must show."),
    })
    .optional()
    .describe("A broker that exists already; without it the care service listens itself."),
  office: z
    .strictObject({
      host: z.string().default("0.0.0.0"),
      port: port.default(8_443).describe("0 lets the system choose."),
      public_url: z.url({ protocol: /^https?$/ }).optional(),
      tls: z.boolean().default(true).describe("false only on a loopback address, behind a proxy."),
    })
    .optional()
    .describe("The pages for desks and helpers; without it there are none."),
  notify: notify.prefault({}),
  retention: z
    .strictObject({
      events_days: days.default(30),
      alarms_days: days.default(1_095),
      access_log_days: days.default(365),
      context_days: days.default(30),
      orders_days: days.default(365),
    })
    .prefault({}),
  desks: z
    .array(
      z.strictObject({
        name: idSchema,
        password_sha256: sha256.describe("SHA-256 of the desk's password, a random token."),
      }),
    )
    .default([]),
  services: z
    .array(service)
    .max(livingMax.offers)
    .default([])
    .describe("What residents can order at the tablet. The same in every process."),
  homes: z
    .array(home)
    .min(1)
    .optional()
    .describe("Homes to take in; the desk may change them later. A higher version counts again."),
});

export type WrittenCare = z.infer<typeof careConfigSchema>;
/** One home as the file has it. */
export type WrittenHome = z.infer<typeof home>;
