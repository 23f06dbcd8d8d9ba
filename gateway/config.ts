/**
 * Reads a home's configuration: everything is checked here, so that nothing behind it need ask
 * again.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { agreementFaults } from "../platform/agreement-faults.ts";
import {
  agreementOf,
  doubles,
  linkFaults,
  linkOf,
  timezoneFaults,
} from "../platform/agreement-file.ts";
import { type Checked, type ReadFile, readYaml } from "../platform/yaml-file.ts";
import type { HomePlan, PlannedDevice, Role } from "../protocol/home.ts";
import { type Duration, hours, minutes, seconds } from "../protocol/time.ts";
import { type ReadCertificate, readCertificate } from "./certificate.ts";
import { configSchema, type Secrets, secretsSchema, type WrittenConfig } from "./config-schema.ts";
import { gpioFaults, wiredDevices } from "./gpio/settings.ts";

/** A checked configuration: as written, as the rules see it, and the secrets beside it. */
export interface Configuration {
  readonly file: string;
  readonly written: WrittenConfig;
  readonly plan: HomePlan;
  readonly secrets: Secrets;
  /** Absolute folder for journal and radio files. */
  readonly dataDir: string;
  /** The care service's certificate (PEM), where one is pinned. */
  readonly careCertificate?: string;
}

function checkInOf(device: WrittenConfig["devices"][number]): Duration {
  if (device.check_in_min !== undefined) return minutes(device.check_in_min);
  if (device.power === "mains") return minutes(5);
  return device.roles.includes("sos-button") ? hours(12) : minutes(60);
}

/** Radio devices and wired ones alike. */
function devicesOf(written: WrittenConfig): readonly PlannedDevice[] {
  const onRadio = written.devices.map(
    (device): PlannedDevice => ({
      id: device.id,
      roles: device.roles,
      room: device.room,
      power: device.power,
      checkInEvery: checkInOf(device),
      byRadio: true,
    }),
  );
  return written.gpio === undefined ? onRadio : [...onRadio, ...wiredDevices(written.gpio)];
}

/** The home as the rules see it. */
export function planOf(written: WrittenConfig): HomePlan {
  const { stove, link } = written;
  return {
    home: written.home,
    devices: devicesOf(written),
    agreement: agreementOf(written.agreement),
    stove: {
      onAboveWatts: stove.on_above_w,
      absence: minutes(stove.absence_min),
      preAlarm: seconds(stove.pre_alarm_s),
      untouched: minutes(stove.untouched_min),
      total: minutes(stove.total_min),
      leftHome: seconds(stove.left_home_s),
    },
    link: linkOf(link),
  };
}

/** What a press or a wish switches on, and what presses: no stove's relay may be that besides. */
const switched: ReadonlySet<Role> = new Set(["light", "cover", "siren", "sos-button"]);

function stoveFaults({ value, fault }: Checked<WrittenConfig>): readonly string[] {
  return value.devices.flatMap(({ id, roles }, at) => {
    const second = roles.find((role) => switched.has(role));
    if (second === undefined || !roles.includes("stove-relay")) return [];
    const words = `makes "${id}" a stove-relay and a ${second}; the stove needs a relay of its own`;
    return [fault(["devices", at, "roles"], words)];
  });
}

/** What the shape of the file lets pass, and no connection could ever be made with. */
function addressFaults({ value, fault }: Checked<WrittenConfig>): readonly string[] {
  const { care, hub } = value;
  const faults: string[] = [];
  if (!URL.canParse(care.url)) {
    faults.push(fault(["care", "url"], "is no address; write mqtts://host:port"));
  }
  if (hub.mqtt_port !== 0 && hub.mqtt_port === hub.websocket_port) {
    const words = "is the same as hub.mqtt_port; each needs its own";
    faults.push(fault(["hub", "websocket_port"], words));
  }
  return faults;
}

function deviceFaults({ value, fault }: Checked<WrittenConfig>): readonly string[] {
  const faults: string[] = value.gpio === undefined ? [] : [...gpioFaults(value.gpio)];
  const devices = devicesOf(value);
  for (const [at, before] of doubles(devices.map((device) => device.id))) {
    const other = devices[before]?.room ?? "";
    if (at < value.devices.length) continue;
    faults.push(
      fault(["gpio"], `names "${devices[at]?.id}", which is a device in ${other} already`),
    );
  }
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
  const has = (role: Role): boolean => devices.some((it) => it.roles.includes(role));
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

function secretFaults(file: string): readonly string[] {
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) === 0) return [];
    return [`${file}: is readable by others (mode ${mode.toString(8)}); run chmod 600 on it`];
  } catch {
    return [];
  }
}

/** The care service's certificate, where one is pinned. */
function pinnedIn({ care }: WrittenConfig, folder: string): ReadCertificate | undefined {
  if (care.certificate === undefined) return undefined;
  return readCertificate(resolve(folder, care.certificate));
}

function certificateFaults({ value, fault }: Checked<WrittenConfig>, folder: string) {
  const pinned = pinnedIn(value, folder);
  return pinned?.ok === false ? [fault(["care", "certificate"], pinned.why)] : [];
}

/** A home that was never provisioned has no secrets: the sentence names what makes them. */
function withRemedy(secretsFile: string): (fault: string) => string {
  const missing = !existsSync(secretsFile);
  return (fault) => (missing ? `${secretsFile}: is missing; run obhut provision` : fault);
}

/** Reads and checks the configuration and its secrets. Every fault is one sentence. */
export function readConfiguration(file: string): ReadFile<Configuration> {
  const folder = dirname(resolve(file));
  const read = readYaml(file, configSchema, (checked) => [
    ...addressFaults(checked),
    ...certificateFaults(checked, folder),
    ...deviceFaults(checked),
    ...stoveFaults(checked),
    ...agreementFaults(checked.value.agreement, ["agreement"], checked.fault),
    ...linkFaults(checked.value.link, ["link"], checked.fault),
    ...timezoneFaults(checked.value.timezone, ["timezone"], checked.fault),
  ]);
  if (!read.ok) return read;
  const secretsFile = resolve(folder, read.value.secrets);
  const secrets = readYaml(secretsFile, secretsSchema, ({ value }) =>
    read.value.hub.clients
      .filter((client) => value.hub_clients[client.name] === undefined)
      .map(
        (client) => `${secretsFile}: hub_clients.${client.name} is missing; run obhut provision`,
      ),
  );
  if (!secrets.ok) return { ok: false, faults: secrets.faults.map(withRemedy(secretsFile)) };
  const exposed = secretFaults(secretsFile);
  if (exposed.length > 0) return { ok: false, faults: exposed };
  const pinned = pinnedIn(read.value, folder);
  return {
    ok: true,
    value: {
      file: resolve(file),
      written: read.value,
      plan: planOf(read.value),
      secrets: secrets.value,
      dataDir: resolve(folder, read.value.data),
      ...(pinned?.ok === true ? { careCertificate: pinned.pem } : {}),
    },
  };
}
