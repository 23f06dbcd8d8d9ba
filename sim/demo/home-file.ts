/**
 * Writes the files of a demonstration: the home's configuration and secrets, and the care
 * service's.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { provision } from "../../gateway/provision.ts";
import { issueCredential } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { listDevices } from "../device-list.ts";
import { writeHerdsmanFiles } from "../herdsman-files.ts";
import type { PlannedHome } from "../homes/home.ts";

/** Where the parts of a demonstration listen, and how patient its rules are. */
export interface HomeFileOptions {
  readonly folder: string;
  readonly home: PlannedHome;
  readonly stickPort: number;
  /**
   * Port of the care service, and the port by which the gateway reaches it (a line that can be
   * cut).
   */
  readonly carePort: number;
  readonly careLinePort: number;
  /** Port of the home's broker; 0, the default, lets the system choose anew at each start. */
  readonly hubPort?: number;
  /** Port of the tablet's page, the same way. */
  readonly webPort?: number;
  readonly stove?: Readonly<Record<string, number>>;
  readonly link?: Readonly<Record<string, number>>;
  readonly stepWithin_s?: number;
  /** What the file says otherwise of single devices, by name. */
  readonly devices?: Readonly<Record<string, object>>;
  /** What the care service's file says beside, such as its office and its ways to people. */
  readonly care?: Readonly<Record<string, unknown>>;
  /** Files beside the care service's own, by name. */
  readonly careFiles?: Readonly<Record<string, string>>;
  /** How the parties are reached, by id. */
  readonly reach?: Readonly<Record<string, readonly string[]>>;
  /** Modules that are dropped only with the care service's word. */
  readonly confirms?: readonly string[];
}

/** Files and credentials of a demonstration. */
export interface HomeFiles {
  readonly homeFile: string;
  readonly careFile: string;
  readonly dataDir: string;
  readonly careDir: string;
  readonly careCertificate: string;
  /** Tokens by client of the home's broker. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly deskPassword: string;
}

function agreement(options: HomeFileOptions): object {
  const { stepWithin_s: within_s = 30, reach = {}, confirms } = options;
  const parties = [
    { id: "daughter", name: "Anna Weber", kind: "helper" },
    { id: "neighbour", name: "Herr Yilmaz", kind: "helper" },
    { id: "night-service", name: "Nachtdienst", kind: "service" },
  ];
  return {
    version: 1,
    ...(confirms === undefined ? {} : { confirms }),
    parties: parties.map((party) => ({ ...party, reach: reach[party.id] ?? [] })),
    fallback: [
      { tell: ["daughter"], within_s },
      { tell: ["neighbour"], within_s },
      { tell: ["night-service"], within_s },
    ],
  };
}

function homeDocument(options: HomeFileOptions): object {
  const { home, stickPort, careLinePort } = options;
  return {
    home: home.name,
    clock: "always",
    radio: {
      port: `tcp://127.0.0.1:${stickPort}`,
      adapter: "zstack",
      channel: home.network.channel,
      pan_id: home.network.panId,
      extended_pan_id: home.network.extendedPanId,
    },
    hub: {
      host: "127.0.0.1",
      mqtt_port: options.hubPort ?? 0,
      websocket_port: options.webPort ?? 0,
      clients: [
        { name: "tablet", kind: "tablet", local: true },
        { name: "phone", kind: "tablet" },
        // For whoever watches the demonstration, and looks at the tablet's page.
        { name: "kitchen", kind: "tablet", local: true },
        { name: "comfort", kind: "comfort" },
      ],
    },
    tablet: { resident: "Frau Weber", phone: "0711 5550100" },
    care: { url: `mqtts://127.0.0.1:${careLinePort}`, certificate: "care.pem" },
    devices: listDevices(home).map(({ name, ieee, roles, room, power, checkIn_s }) => ({
      id: name,
      ieee,
      roles,
      room,
      power,
      check_in_min: Math.min(checkIn_s / 60, 1_440),
      ...options.devices?.[name],
    })),
    ...(options.stove === undefined ? {} : { stove: options.stove }),
    ...(options.link === undefined ? {} : { link: options.link }),
    agreement: agreement(options),
  };
}

/** Writes everything into `folder` and returns what a demonstration needs to take part. */
export async function writeHomeFiles(options: HomeFileOptions): Promise<HomeFiles> {
  const { folder, home } = options;
  const careDir = join(folder, "care");
  mkdirSync(careDir, { recursive: true });
  const homeFile = join(folder, "home.yaml");
  writeFileSync(homeFile, stringify(homeDocument(options)));
  const made = provision(homeFile, home.network.key);
  writeHerdsmanFiles(join(folder, "data", "radio"), home);
  const desk = issueCredential();
  const careFile = join(careDir, "care.yaml");
  const document = {
    name: "care",
    listen: { host: "127.0.0.1", port: options.carePort },
    desks: [{ name: "desk", password_sha256: desk.sha256 }],
    homes: [
      {
        home: home.name,
        password_sha256: made.care.sha256,
        about: {
          resident: "Frau Weber",
          address: "Lindenstraße 7, 2. Stock links\n70173 Stuttgart",
          phone: "+49 711 5550100",
          key_safe: "Neben der Haustür; der Code liegt beim Nachtdienst",
          notes: "Hört schlecht. Bitte laut rufen.",
        },
        ...(options.link === undefined ? {} : { link: options.link }),
        agreement: agreement(options),
      },
    ],
    ...options.care,
  };
  for (const [name, text] of Object.entries(options.careFiles ?? {})) {
    writeFileSync(join(careDir, name), text, { mode: 0o600 });
  }
  writeFileSync(careFile, stringify(document));
  const { cert } = await serverCertificate(join(careDir, "data"), "care");
  const begin = cert.indexOf("-----BEGIN CERTIFICATE-----");
  const careCertificate = join(folder, "care.pem");
  writeFileSync(careCertificate, cert.slice(begin));
  return {
    homeFile,
    careFile,
    dataDir: join(folder, "data"),
    careDir,
    careCertificate,
    tokens: Object.fromEntries(made.tokens.map(({ client, token }) => [client, token])),
    deskPassword: desk.secret,
  };
}
