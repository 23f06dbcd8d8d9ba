/**
 * The shape of a home's configuration file. Defaults and limits stand here, each with its source.
 */
import { z } from "zod";
import { agreementSchema, idSchema as id, linkSchema } from "../platform/agreement-file.ts";
import { roles } from "../protocol/home.ts";
import { gpioSchema } from "./gpio/settings.ts";

const ieee = z.string().regex(/^0x[0-9a-f]{16}$/, "must be 0x and 16 hexadecimal digits");

const port = z.int().min(0).max(65_535);

const device = z.strictObject({
  id,
  ieee: ieee.describe("The device's radio address, as printed on its label or shown at pairing."),
  roles: z.array(z.enum(roles)).min(1).describe("What the device is for."),
  room: z.string().min(1).max(60),
  power: z.enum(["mains", "battery"]),
  /**
   * Mains devices report at least every 5 min, sensors every hour, buttons twice a day
   * (hardware.md).
   */
  check_in_min: z.number().positive().max(1_440).optional(),
});

/**
 * Stove guard: 15 s pre-alarm, 5 min absence (at most 8), 3 h untouched, 5 h in all (hardware.md).
 */
const stove = z.strictObject({
  on_above_w: z.number().min(5).max(500).default(30),
  absence_min: z.number().min(0.1).max(8).default(5),
  pre_alarm_s: z.number().min(3).max(15).default(15),
  untouched_min: z.number().min(5).max(180).default(180),
  total_min: z.number().min(10).max(300).default(300),
  left_home_s: z.number().min(5).max(480).default(120),
});

/** The whole file. Unknown keys are refused: a misspelt setting must not be silently ignored. */
export const configSchema = z.strictObject({
  home: id.describe("Name of the home, as the care service knows it."),
  timezone: z.string().default("Europe/Berlin"),
  data: z.string().default("data").describe("Folder for journal and radio files."),
  secrets: z.string().default("secrets.yaml").describe("File with keys and tokens, mode 0600."),
  log: z.enum(["debug", "info", "warn", "error"]).default("info"),
  clock: z
    .enum(["synchronised", "always"])
    .default("synchronised")
    .describe(
      "Whether wall time counts once a time source confirmed it, or always (laptop, demo).",
    ),
  radio: z.strictObject({
    port: z.string().min(1).describe("/dev/serial/by-id/... or tcp://host:port"),
    adapter: z.enum(["zstack", "ember", "deconz", "zigate", "zboss", "zoh"]).default("zstack"),
    channel: z.int().min(11).max(26).default(11),
    pan_id: z.int().min(1).max(0xfffe),
    extended_pan_id: z.string().regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits"),
  }),
  hub: z.strictObject({
    host: z.string().default("0.0.0.0"),
    mqtt_port: port.default(8_883),
    websocket_port: port.default(8_884),
    clients: z
      .array(
        z.strictObject({
          name: id,
          kind: z.enum(["tablet", "comfort", "installer", "viewer"]),
          /** In the home itself: may say "I am here" at the stove and reset it. */
          local: z.boolean().default(false),
        }),
      )
      .default([]),
  }),
  care: z.strictObject({
    url: z.string().regex(/^mqtts?:\/\/[^/]+$/, "must be mqtts://host:port"),
    certificate: z.string().optional().describe("File with the care service's certificate."),
  }),
  devices: z.array(device).min(1).max(200),
  gpio: gpioSchema.optional().describe("Wired buttons and contacts (hardware.md, Pin table)."),
  stove: stove.prefault({}),
  link: linkSchema.prefault({}),
  agreement: agreementSchema,
});

export type WrittenConfig = z.infer<typeof configSchema>;

/** The file of secrets: made by `obhut provision`, readable by its owner only. */
export const secretsSchema = z.strictObject({
  network_key: z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits"),
  care_password: z.string().min(32),
  /** SHA-256 of each hub client's token, by client name. */
  hub_clients: z.record(id, z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex")),
});

export type Secrets = z.infer<typeof secretsSchema>;
