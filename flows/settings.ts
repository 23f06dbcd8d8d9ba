/** Node-RED's settings, from the environment. Pure: what is missing comes back as sentences. */
import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);
const device = z.string().min(1).max(63);

/** What the process is told. Secrets come from the environment and are never written in clear. */
const environmentSchema = z
  .object({
    OBHUT_FLOWS_DIR: z.string().min(1, "names the folder of flows and their state"),
    OBHUT_FLOWS_SECRET: z.string().min(32, "needs at least 32 characters made by chance"),
    OBHUT_COMFORT_TOKEN: z.string().min(32, "is the token that `obhut provision` showed once"),
    OBHUT_HUB_CERTIFICATE: z.string().min(1, "names the file with the certificate of the home"),
    OBHUT_HUB_HOST: z.string().default("127.0.0.1"),
    OBHUT_HUB_PORT: port.default(8_883),
    OBHUT_FLOWS_EDITOR: z.enum(["off", "read", "edit"]).default("off"),
    OBHUT_FLOWS_PORT: port.default(1_880),
    OBHUT_FLOWS_PASSWORD_HASH: z
      .string()
      .regex(/^\$2[aby]\$\d\d\$.{53}$/, "must be a bcrypt hash; `node-red admin hash-pw` makes one")
      .optional(),
    OBHUT_HALL_MOTION: device.default("hall-motion"),
    OBHUT_HALL_LIGHT: device.default("hall-light"),
    OBHUT_HALL_OFF_AFTER_S: z.coerce.number().min(1).max(3_600).default(180),
  })
  .refine((env) => env.OBHUT_FLOWS_EDITOR === "off" || env.OBHUT_FLOWS_PASSWORD_HASH, {
    path: ["OBHUT_FLOWS_PASSWORD_HASH"],
    message: "is missing: nobody opens the editor without a password of their own",
  });

export type FlowsEnvironment = z.infer<typeof environmentSchema>;

export type ReadEnvironment =
  | { readonly ok: true; readonly env: FlowsEnvironment }
  | { readonly ok: false; readonly faults: readonly string[] };

export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): ReadEnvironment {
  const read = environmentSchema.safeParse(env);
  if (read.success) return { ok: true, env: read.data };
  const faults = read.error.issues.map((issue) => {
    const name = issue.path.join(".");
    const missing = env[name] === undefined && !issue.message.startsWith("is missing");
    return `flows: ${name} ${missing ? "is not set" : issue.message}`;
  });
  return { ok: false, faults };
}

/**
 * Nodes that would reach past the broker: programs, files, and the network. Comfort needs none of
 * them, and what is not there cannot be misused by a flow that somebody imports.
 */
const nodesLeftOut = [
  "90-exec.js",
  "10-file.js",
  "23-watch.js",
  "06-httpproxy.js",
  "21-httpin.js",
  "21-httprequest.js",
  "22-websocket.js",
  "31-tcpin.js",
  "32-udp.js",
];

/** Longest a function in a flow may run; Node-RED ends it then. */
const functionSeconds = 1;

function editorOf(env: FlowsEnvironment) {
  if (env.OBHUT_FLOWS_EDITOR === "off") return { httpAdminRoot: false };
  return {
    httpAdminRoot: "/",
    adminAuth: {
      type: "credentials",
      users: [
        {
          username: "installer",
          password: env.OBHUT_FLOWS_PASSWORD_HASH,
          permissions: env.OBHUT_FLOWS_EDITOR === "read" ? "read" : "*",
        },
      ],
      sessionExpiryTime: 3_600,
    },
  };
}

/**
 * The settings. Nothing listens while the editor is off; with it, only this machine can reach it.
 */
export function settingsFor(env: FlowsEnvironment) {
  return {
    userDir: env.OBHUT_FLOWS_DIR,
    flowFile: "flows.json",
    flowFilePretty: true,
    credentialSecret: env.OBHUT_FLOWS_SECRET,
    uiHost: "127.0.0.1",
    uiPort: env.OBHUT_FLOWS_PORT,
    httpNodeRoot: false,
    ...editorOf(env),
    nodesExcludes: nodesLeftOut,
    functionExternalModules: false,
    globalFunctionTimeout: functionSeconds,
    functionTimeout: functionSeconds,
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    diagnostics: { enabled: false, ui: false },
    runtimeState: { enabled: false, ui: false },
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false } },
    mqttReconnectTime: 5_000,
    logging: { console: { level: "info", metrics: false, audit: false } },
  };
}

/**
 * What the flows read; defaults are put back into the environment, where Node-RED looks for them.
 */
export function environmentOf(env: FlowsEnvironment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
