/**
 * Reads the care service's configuration: everything is checked here, one sentence for each fault.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { agreementFaults } from "../platform/agreement-faults.ts";
import { doubles, linkFaults, timezoneFaults } from "../platform/agreement-file.ts";
import { type Checked, type ReadFile, readYaml } from "../platform/yaml-file.ts";
import type { Offer } from "../protocol/living.ts";
import { careConfigSchema, type WrittenCare, type WrittenHome } from "./config-schema.ts";
import type {
  NotifySettings,
  OfficeSettings,
  RetentionSettings,
  WebhookSettings,
} from "./office/mail.ts";
import type { DatabasePlace } from "./store/place.ts";
import type { ImportedHome } from "./store/rows.ts";

/** One desk: a place where people receive escalations. */
export interface KnownDesk {
  readonly name: string;
  readonly passwordSha256: string;
}

/** A broker that the care service connects to instead of listening itself. */
export interface BrokerSettings {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM that the broker must show; null: what the system trusts. */
  readonly certificate: string | null;
}

export interface CareConfiguration {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Absolute folder. */
  readonly dataDir: string;
  readonly database: DatabasePlace;
  /** Null: the care service listens itself. */
  readonly broker: BrokerSettings | null;
  /** Null: no pages. */
  readonly office:
    | (Pick<OfficeSettings, "host" | "port" | "publicUrl"> & {
        readonly tls: boolean;
      })
    | null;
  readonly notify: NotifySettings;
  readonly retention: RetentionSettings;
  readonly desks: readonly KnownDesk[];
  readonly imports: readonly ImportedHome[];
  /** The provider's catalogue of services. */
  readonly offers: readonly Offer[];
}

/** 20,000 homes with their agreements are some 20 MB. */
const fileBytesMax = 67_108_864;

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Reads the files that the configuration names; each is read once. */
class NamedFiles {
  private readonly folder: string;
  private readonly texts = new Map<string, string>();
  constructor(folder: string) {
    this.folder = folder;
  }
  /** Undefined when the file cannot be read; without the newline at its end. */
  text(path: string): string | undefined {
    const known = this.texts.get(path);
    if (known !== undefined) return known;
    try {
      const text = readFileSync(resolve(this.folder, path), "utf8").trimEnd();
      this.texts.set(path, text);
      return text;
    } catch {
      return undefined;
    }
  }
}

type Find = (files: NamedFiles, checked: Checked<WrittenCare>) => readonly string[];

const nameFaults: Find = (_files, { value, fault }) => {
  const places = [
    ...value.desks.map(({ name }, at) => ({ name, path: ["desks", at, "name"] })),
    ...(value.homes ?? []).map(({ home }, at) => ({ name: home, path: ["homes", at, "home"] })),
  ];
  return [...doubles(places.map(({ name }) => name))].map(([at, before]) => {
    const other = places[before]?.path.join(".") ?? "";
    const words = `is the same as ${other}; each client needs a name of its own`;
    return fault(places[at]?.path ?? [], words);
  });
};

/** A message to a home has 64 KiB at most, and each letter of German may be two bytes. */
const catalogueBytesMax = 48_000;

const serviceFaults: Find = (_files, { value, fault }) => {
  const { services } = value;
  const twice = [...doubles(services.map(({ id }) => id))].map(([at, before]) => {
    const words = `is the same as services[${before}].id; an order must say which it means`;
    return fault(["services", at, "id"], words);
  });
  const bytes = Buffer.byteLength(JSON.stringify(services));
  if (bytes <= catalogueBytesMax) return twice;
  const words = `has ${bytes} bytes, and a tablet takes ${catalogueBytesMax}; say it shorter`;
  return [...twice, fault(["services"], words)];
};

const homeFaults: Find = (_files, { value, fault }) =>
  (value.homes ?? []).flatMap(({ agreement, link, timezone }, at) => {
    const path = ["homes", at] as const;
    return [
      ...agreementFaults(agreement, [...path, "agreement"], fault),
      ...linkFaults(link, [...path, "link"], fault),
      ...timezoneFaults(timezone, [...path, "timezone"], fault),
    ];
  });

const fileFaults: Find = (files, { value, fault }) => {
  const { broker, notify } = value;
  const named = [
    [broker?.password_file, ["broker", "password_file"]],
    [broker?.certificate, ["broker", "certificate"]],
    [notify.sms?.secret_file, ["notify", "sms", "secret_file"]],
    [notify.voice?.secret_file, ["notify", "voice", "secret_file"]],
  ] as const;
  return named.flatMap(([path, where]) => {
    if (path === undefined || (files.text(path) ?? "") !== "") return [];
    return [fault(where, `names ${path}, which is empty or cannot be read`)];
  });
};

const openFaults: Find = (_files, { value, fault }) => {
  const found: string[] = [];
  const { office, broker } = value;
  if (office?.tls === false && !loopback.has(office.host)) {
    const words = "is false, but passwords would cross the network; only 127.0.0.1 may do without";
    found.push(fault(["office", "tls"], words));
  }
  const url = broker === undefined ? null : URL.parse(broker.url);
  if (url?.protocol === "mqtt:" && !loopback.has(url.hostname)) {
    found.push(fault(["broker", "url"], "is not encrypted; use mqtts://"));
  }
  return found;
};

const checks: readonly Find[] = [nameFaults, serviceFaults, homeFaults, fileFaults, openFaults];

/** Reads and checks the file. */
export function readCareConfiguration(path: string): ReadFile<CareConfiguration> {
  const folder = dirname(resolve(path));
  const files = new NamedFiles(folder);
  const further = (checked: Checked<WrittenCare>) => checks.flatMap((find) => find(files, checked));
  const read = readYaml(path, careConfigSchema, further, fileBytesMax);
  if (!read.ok) return read;
  return { ok: true, value: configurationOf(read.value, folder, files) };
}

function configurationOf(
  written: WrittenCare,
  folder: string,
  files: NamedFiles,
): CareConfiguration {
  const { name, listen, data, database, broker, office, retention, desks, homes, services } =
    written;
  const dataDir = resolve(folder, data);
  return {
    name,
    host: listen.host,
    port: listen.port,
    dataDir,
    database:
      database === undefined
        ? { sqliteFile: join(dataDir, "care.db") }
        : { postgresUrl: database.url },
    broker:
      broker === undefined
        ? null
        : {
            url: broker.url,
            user: broker.user,
            password: files.text(broker.password_file) ?? "",
            certificate:
              broker.certificate === undefined ? null : (files.text(broker.certificate) ?? ""),
          },
    office: office === undefined ? null : { ...office, publicUrl: office.public_url ?? null },
    notify: notifyOf(written.notify, files),
    retention: {
      eventsDays: retention.events_days,
      alarmsDays: retention.alarms_days,
      accessLogDays: retention.access_log_days,
      contextDays: retention.context_days,
      ordersDays: retention.orders_days,
    },
    offers: services,
    desks: desks.map((desk) => ({ name: desk.name, passwordSha256: desk.password_sha256 })),
    imports: (homes ?? []).map((home) => ({
      home: home.home,
      timezone: home.timezone,
      credentialSha256: home.password_sha256,
      link: JSON.stringify(home.link),
      version: home.agreement.version,
      agreement: JSON.stringify(home.agreement),
      ...aboutOf(home),
    })),
  };
}

function aboutOf({ about }: WrittenHome): Pick<ImportedHome, "about"> {
  if (about === undefined) return {};
  const { resident, address, phone, key_safe, notes, group } = about;
  return {
    about: {
      resident,
      address: address ?? null,
      phone: phone ?? null,
      key_safe: key_safe ?? null,
      notes: notes ?? null,
      home_group: group ?? null,
    },
  };
}

function notifyOf(written: WrittenCare["notify"], files: NamedFiles): NotifySettings {
  const { language, mail, sms, voice, push } = written;
  const hook = (from: typeof sms): WebhookSettings | null =>
    from === undefined ? null : { url: from.url, secret: files.text(from.secret_file) ?? "" };
  return {
    language,
    mail: mail ?? null,
    sms: hook(sms),
    voice: hook(voice),
    push: push ?? null,
  };
}
