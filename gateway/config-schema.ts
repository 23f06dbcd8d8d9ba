/**
 * The shape of a home's configuration file. What a module's manifest limits has its limits from
 * there; the other limits stand here, each with its source.
 */
import { z } from "zod";
import {
  agreementSchema,
  idSchema as id,
  linkSchemaFor,
  numberWithin,
} from "../platform/agreement-file.ts";
import { roles } from "../protocol/home.ts";
import { limitsOf, linkLimits } from "../rules/settings.ts";
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

/** Settings of the stove guard, in the limits of its manifest (hardware.md has the sources). */
const stove = z.strictObject({
  on_above_w: numberWithin(limitsOf("onAboveWatts", "W")),
  absence_min: numberWithin(limitsOf("absence", "min")),
  pre_alarm_s: numberWithin(limitsOf("preAlarm", "s")),
  untouched_min: numberWithin(limitsOf("untouched", "min")),
  total_min: numberWithin(limitsOf("total", "min")),
  left_home_s: numberWithin(limitsOf("leftHome", "s")),
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
    /** Sticks whose network can be backed up and put back; the stack cannot do so for others. */
    adapter: z.enum(["zstack", "ember", "deconz"]).default("zstack"),
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
  tablet: z
    .strictObject({
      resident: z.string().max(120).default("").describe("Who lives here, as she is addressed."),
      /** 112 is the emergency number of every country of the European Union. */
      phone: z
        .string()
        .regex(/^\+?[0-9 /-]{3,30}$/, "must be a telephone number")
        .default("112")
        .describe("The number that the tablet shows when no call for help goes out."),
    })
    .prefault({}),
  care: z.strictObject({
    /** The home's credential must not cross a network in clear; a test stays on one machine. */
    url: z
      .string()
      .regex(
        /^(?:mqtts:\/\/[^/]+|mqtt:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?)$/,
        "must be mqtts://host:port (mqtt:// only on this machine)",
      ),
    certificate: z.string().optional().describe("File with the care service's certificate."),
  }),
  devices: z.array(device).min(1).max(200),
  gpio: gpioSchema.optional().describe("Wired buttons and contacts (hardware.md, Pin table)."),
  stove: stove.prefault({}),
  link: linkSchemaFor(linkLimits).prefault({}),
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
