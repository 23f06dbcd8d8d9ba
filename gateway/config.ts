/** Reads a home's configuration: everything is checked here, so that nothing behind it need ask again. */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Checked, type ReadFile, readYaml } from "../platform/yaml-file.ts";
import type { Agreement } from "../protocol/agreement.ts";
import type { HomePlan, PlannedDevice, Role } from "../protocol/home.ts";
import { type Duration, hours, minutes, seconds } from "../protocol/time.ts";
import {
  configSchema,
  type Secrets,
  secretsSchema,
  type WrittenAgreement,
  type WrittenConfig,
} from "./config-schema.ts";

/** A checked configuration: as written, as the rules see it, and the secrets beside it. */
export interface Configuration {
  readonly file: string;
  readonly written: WrittenConfig;
  readonly plan: HomePlan;
  readonly secrets: Secrets;
  /** Absolute folder for journal and radio files. */
  readonly dataDir: string;
  /** Absolute file of the care service's certificate, where one is pinned. */
  readonly careCertificate?: string;
}

const minuteOf = (clock: string): number =>
  (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) % 1_440;

const isoDay = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 7 } as const;

/** The agreement as the rules read it. */
export function agreementOf(written: WrittenAgreement): Agreement {
  return {
    version: written.version,
    parties: written.parties,
    chains: written.chains.map((chain) => ({
      name: chain.name,
      categories: chain.for,
      weekdays: chain.on.map((day) => isoDay[day]),
      from_minute: minuteOf(chain.from),
      until_minute: minuteOf(chain.until),
      steps: chain.steps,
    })),
    fallback: written.fallback,
  };
}

function checkInOf(device: WrittenConfig["devices"][number]): Duration {
  if (device.check_in_min !== undefined) return minutes(device.check_in_min);
  if (device.power === "mains") return minutes(5);
  return device.roles.includes("sos-button") ? hours(12) : minutes(60);
}

/** The home as the rules see it. */
export function planOf(written: WrittenConfig): HomePlan {
  const { stove, link } = written;
  return {
    home: written.home,
    devices: written.devices.map(
      (device): PlannedDevice => ({
        id: device.id,
        roles: device.roles,
        room: device.room,
        power: device.power,
        checkInEvery: checkInOf(device),
      }),
    ),
    agreement: agreementOf(written.agreement),
    stove: {
      onAboveWatts: stove.on_above_w,
      absence: minutes(stove.absence_min),
      preAlarm: seconds(stove.pre_alarm_s),
      untouched: minutes(stove.untouched_min),
      total: minutes(stove.total_min),
      leftHome: seconds(stove.left_home_s),
    },
    link: {
      beatEvery: seconds(link.beat_every_s),
      silentAfter: seconds(link.silent_after_s),
      custodyWithin: seconds(link.custody_within_s),
      closeWithin: minutes(link.close_within_min),
      repeatEvery: seconds(link.repeat_every_s),
    },
  };
}

/** Sentences for what is said twice in a list. */
function doubles(values: readonly string[]): ReadonlyMap<number, number> {
  const first = new Map<string, number>();
  const found = new Map<number, number>();
  values.forEach((value, at) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, at);
    else found.set(at, before);
  });
  return found;
}

function deviceFaults({ value, fault }: Checked<WrittenConfig>): readonly string[] {
  const faults: string[] = [];
  for (const key of ["id", "ieee"] as const) {
    for (const [at, before] of doubles(value.devices.map((device) => device[key]))) {
      faults.push(
        fault(
          ["devices", at, key],
          `is the same as devices[${before}].${key}; each device needs its own`,
        ),
      );
    }
  }
  for (const [at, before] of doubles(value.hub.clients.map((client) => client.name))) {
    faults.push(
      fault(
        ["hub", "clients", at, "name"],
        `is the same as clients[${before}].name; each client needs its own`,
      ),
    );
  }
  const has = (role: Role): boolean => value.devices.some((it) => it.roles.includes(role));
  if (has("stove-relay") && !has("kitchen-motion")) {
    faults.push(
      fault(["devices"], "has a stove-relay but no kitchen-motion; the stove guard needs both"),
    );
  }
  if (has("stove-meter") && !has("stove-relay")) {
    faults.push(
      fault(["devices"], "has a stove-meter but no stove-relay; give one device that role"),
    );
  }
  if (!has("sos-button")) {
    faults.push(fault(["devices"], "has no sos-button; a home without one is not guarded"));
  }
  return faults;
}

/** Faults of an agreement that no single setting shows; `path` is where it stands in the file. */
export function agreementFaults(
  written: WrittenAgreement,
  path: readonly string[],
  fault: (path: readonly PropertyKey[], words: string) => string,
): readonly string[] {
  const faults: string[] = [];
  const known = new Set(written.parties.map((party) => party.id));
  for (const [at, before] of doubles(written.parties.map((party) => party.id))) {
    faults.push(fault([...path, "parties", at, "id"], `is the same as parties[${before}].id`));
  }
  const check = (steps: WrittenAgreement["fallback"], where: readonly PropertyKey[]): void => {
    steps.forEach((step, at) => {
      step.tell.forEach((party, nth) => {
        if (known.has(party)) return;
        const names = [...known].join(", ");
        faults.push(
          fault(
            [...path, ...where, at, "tell", nth],
            `"${party}" is not a party; parties are ${names}`,
          ),
        );
      });
    });
  };
  written.chains.forEach((chain, at) => {
    check(chain.steps, ["chains", at, "steps"]);
  });
  check(written.fallback, ["fallback"]);
  return faults;
}

function linkFaults({ value, fault }: Checked<WrittenConfig>): readonly string[] {
  const faults: string[] = [];
  if (value.link.silent_after_s < 2 * value.link.beat_every_s) {
    faults.push(
      fault(
        ["link", "silent_after_s"],
        "is under two beats (beat_every_s); one lost beat would be an alarm",
      ),
    );
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: value.timezone });
  } catch {
    faults.push(
      fault(["timezone"], `"${value.timezone}" is not a time zone; use one such as Europe/Berlin`),
    );
  }
  return faults;
}

function secretFaults(file: string): readonly string[] {
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) === 0) return [];
    return [`${file}: is readable by others (mode ${mode.toString(8)}); run chmod 600 on it`];
  } catch {
    return [];
  }
}

/** Reads and checks the configuration and its secrets. Every fault is one sentence. */
export function readConfiguration(file: string): ReadFile<Configuration> {
  const read = readYaml(file, configSchema, (checked) => [
    ...deviceFaults(checked),
    ...agreementFaults(checked.value.agreement, ["agreement"], checked.fault),
    ...linkFaults(checked),
  ]);
  if (!read.ok) return read;
  const folder = dirname(resolve(file));
  const secretsFile = resolve(folder, read.value.secrets);
  const secrets = readYaml(secretsFile, secretsSchema, ({ value }) =>
    read.value.hub.clients
      .filter((client) => value.hub_clients[client.name] === undefined)
      .map(
        (client) => `${secretsFile}: hub_clients.${client.name} is missing; run obhut provision`,
      ),
  );
  if (!secrets.ok) return secrets;
  const exposed = secretFaults(secretsFile);
  if (exposed.length > 0) return { ok: false, faults: exposed };
  const certificate = read.value.care.certificate;
  return {
    ok: true,
    value: {
      file: resolve(file),
      written: read.value,
      plan: planOf(read.value),
      secrets: secrets.value,
      dataDir: resolve(folder, read.value.data),
      ...(certificate === undefined ? {} : { careCertificate: resolve(folder, certificate) }),
    },
  };
}
