import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { storyOf } from "../../gateway/cli.ts";
import { planOf, readConfiguration } from "../../gateway/config.ts";
import { configJsonSchema } from "../../gateway/config-json.ts";
import { configSchema } from "../../gateway/config-schema.ts";
import { provision } from "../../gateway/provision.ts";
import { isSecret } from "../../platform/credentials.ts";
import { serverCertificate } from "../../platform/tls.ts";
import { manifests } from "../../rules/index.ts";
import { limitsOf } from "../../rules/settings.ts";
import { seededRandom } from "../support/random.ts";

const example = "deploy/home.example.yaml";
let folder = "";
let file = "";

let certificate = "";

beforeAll(async () => {
  const place = mkdtempSync(join(tmpdir(), "obhut-care-"));
  certificate = (await serverCertificate(place, "care")).cert;
  rmSync(place, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-config-"));
  file = join(folder, "home.yaml");
  cpSync(example, file);
  writeFileSync(join(folder, "care.pem"), certificate);
  provision(file);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function faultsAfter(change: (text: string) => string): readonly string[] {
  writeFileSync(file, change(readFileSync(file, "utf8")));
  const read = readConfiguration(file);
  return read.ok ? [] : read.faults;
}

describe("a configuration that is right", () => {
  test("the example is read, with defaults in place", () => {
    const read = readConfiguration(file);
    expect(read).toMatchObject({
      ok: true,
      value: { plan: { stove: { absence: 300_000 }, agreement: { version: 1 } } },
    });
  });

  test("the JSON schema for editors is current", () => {
    expect(readFileSync("gateway/home.schema.json", "utf8")).toBe(configJsonSchema());
  });
});

describe("what a file may ask for is what the manifests explain", () => {
  /** Where the file writes a setting, and how many of the manifest's unit one of the file's is. */
  const places: Readonly<Record<string, readonly [string, string, number]>> = {
    onAboveWatts: ["stove", "on_above_w", 1],
    absence: ["stove", "absence_min", 1],
    preAlarm: ["stove", "pre_alarm_s", 1],
    untouched: ["stove", "untouched_min", 1 / 60],
    total: ["stove", "total_min", 1 / 60],
    leftHome: ["stove", "left_home_s", 1 / 60],
    "link.beatEvery": ["link", "beat_every_s", 1],
    "link.silentAfter": ["link", "silent_after_s", 1],
    "link.alarmAfter": ["link", "alarm_after_s", 1],
    "link.custodyWithin": ["link", "custody_within_s", 1],
    "link.closeWithin": ["link", "close_within_min", 1],
    "link.repeatEvery": ["link", "repeat_every_s", 1],
  };
  const settings = manifests.flatMap((manifest) => manifest.settings);
  const example = parse(readFileSync("deploy/home.example.yaml", "utf8")) as object;
  const reads = (part: string, value: object): boolean =>
    configSchema.safeParse({ ...example, [part]: value }).success;

  test("every setting of a manifest has a place in the file, and none has another", () => {
    const keys = settings.map(({ key }) => key).sort((a, b) => a.localeCompare(b));
    expect(keys).toEqual(Object.keys(places).sort((a, b) => a.localeCompare(b)));
    expect(() => limitsOf("absense", "min")).toThrow("no manifest has a setting absense");
    const written = new Set(Object.values(places).map(([part, name]) => `${part}.${name}`));
    const { stove, link } = configSchema.parse(example);
    const all = [
      ...Object.keys(stove).map((name) => `stove.${name}`),
      ...Object.keys(link).map((name) => `link.${name}`),
    ];
    expect(new Set(all)).toEqual(written);
  });

  test.each(settings)("$key: $min to $max $unit, usually $default", ({ key, ...limits }) => {
    const [part, name, size] = places[key] ?? ["", "", 1];
    const inFile = (value: number): number => value / size;
    const of = (value: number): boolean => reads(part, { [name]: inFile(value) });
    expect(of(limits.min)).toBe(true);
    expect(of(limits.max)).toBe(true);
    expect(of(limits.min - 0.01)).toBe(false);
    expect(of(limits.max + 0.01)).toBe(false);
    const read = configSchema.parse({ ...example, [part]: {} }) as unknown as Record<
      string,
      Record<string, number>
    >;
    expect(read[part]?.[name]).toBe(inFile(limits.default));
  });
});

test("devices on the radio and on wires are told apart, and a contactor has the time that it takes", () => {
  const written = parse(readFileSync(example, "utf8")) as object;
  const planned = (enable: object) => {
    const relay = { id: "contactor", room: "kitchen", pulse: 24, mirror: 23, ...enable };
    const gpio = { sos: [{ id: "cord", room: "bath", gpio: 17 }], stove_relay: relay };
    return planOf(configSchema.parse({ ...written, gpio })).devices;
  };
  const devices = planned({});
  expect(devices.filter(({ byRadio }) => !byRadio).map(({ id }) => id)).toEqual([
    "cord",
    "contactor",
  ]);
  expect(devices.filter(({ byRadio }) => byRadio)).toHaveLength(6);
  const settles = (list: typeof devices) => list.find(({ id }) => id === "contactor")?.settles;
  expect(settles(devices)).toBe(11_000);
  expect(settles(planned({ enable: 25 }))).toBe(1_000);
});

describe("a configuration that is wrong is refused in a sentence with place and remedy", () => {
  const cases: readonly [string, (text: string) => string, RegExp][] = [
    [
      "a misspelt role",
      (text) => text.replace("[sos-button]", "[sosbutton]"),
      /home\.yaml:\d+:\d+: devices\[0\]\.roles\[0\] must be one of .*sos-button/,
    ],
    [
      "a misspelt setting",
      (text) => text.replace("absence_min", "absense_min"),
      /stove unknown setting "absense_min"; remove it or correct its spelling/,
    ],
    [
      "an absence that is too long",
      (text) => text.replace("absence_min: 5", "absence_min: 9"),
      /stove\.absence_min is too large; the most is 8/,
    ],
    [
      "two devices of one name",
      (text) => text.replace("id: front-door", "id: bath-button"),
      /devices\[2\]\.id is the same as devices\[0\]\.id/,
    ],
    [
      "two devices of one radio address",
      (text) => text.replace("265e1008", "265e1001"),
      /devices\[2\]\.ieee is the same as devices\[0\]\.ieee/,
    ],
    [
      "a chain that tells somebody unknown",
      (text) => text.replace("tell: [daughter]", "tell: [aunt]"),
      /agreement\.fallback\[1\]\.tell\[0\] "aunt" is not a party; parties are daughter/,
    ],
    [
      "a stove without a presence sensor",
      (text) => text.replace("[kitchen-motion]", "[hall-motion]"),
      /has a stove-relay but no kitchen-motion/,
    ],
    [
      "a stove relay that is a light as well",
      (text) => text.replace("[stove-relay, stove-meter]", "[stove-relay, light]"),
      /devices\[\d+\]\.roles makes "stove-plug" a stove-relay and a light/,
    ],
    [
      "a stick whose network cannot be put back",
      (text) => text.replace("adapter: zstack", "adapter: zigate"),
      /radio\.adapter must be one of/,
    ],
    [
      "a home without a button",
      (text) => text.replace("[sos-button]", "[hall-motion]"),
      /has no sos-button/,
    ],
    [
      "a missing part",
      (text) => text.replace(/care:\n.*\n.*\n/, ""),
      /care is missing; a group of settings is needed/,
    ],
    ["an unknown time zone", (text) => text.replace("Europe/Berlin", "Europe/Bärlin"), /timezone/],
    ["broken YAML", (text) => text.replace("radio:", "radio: ["), /home\.yaml: /],
    ["an empty file", () => "", /home\.yaml: the file/],
    [
      "a credential in clear over a network",
      (text) => text.replace("mqtts://care.example", "mqtt://127.0.0.1.example"),
      /care\.url must be mqtts:\/\/host:port \(mqtt:\/\/ only on this machine\)/,
    ],
    [
      "an address that is none",
      (text) => text.replace("care.example:8883", "care.example:88830"),
      /home\.yaml:\d+:\d+: care\.url is no address; write mqtts:\/\/host:port/,
    ],
    [
      "one port for two",
      (text) => text.replace("mqtt_port: 8883", "mqtt_port: 8884"),
      /hub\.websocket_port is the same as hub\.mqtt_port/,
    ],
    [
      "a device by a name that every object has",
      (text) => text.replace("id: bath-button", "id: constructor"),
      /devices\[0\]\.id must be another word than "constructor"/,
    ],
    [
      "a client by that name",
      (text) => text.replace("name: comfort", "name: constructor"),
      /hub\.clients\[1\]\.name must be another word/,
    ],
    [
      "a beat that is slower than the silence",
      (text) => `${text}\nlink: { beat_every_s: 10, silent_after_s: 12 }\n`,
      /link\.silent_after_s is under two beats/,
    ],
    [
      "an alarm that comes before the silence",
      (text) => `${text}\nlink: { silent_after_s: 150, alarm_after_s: 149 }\n`,
      /link\.alarm_after_s is before silent_after_s/,
    ],
    [
      "a client without a token",
      (text) => text.replace("name: comfort", "name: newcomer"),
      /hub_clients\.newcomer is missing; run obhut provision/,
    ],
  ];
  test.each(cases)("%s", (_name, change, sentence) => {
    expect(faultsAfter(change).join("\n")).toMatch(sentence);
  });

  test("a missing file", () => {
    const read = readConfiguration(join(folder, "nowhere.yaml"));
    expect(read).toMatchObject({ ok: false });
    expect(read.ok ? "" : read.faults[0]).toMatch(/cannot be read .*; check the path/);
  });

  test("a file that is far too large is not read", () => {
    truncateSync(file, 2 ** 21);
    const read = readConfiguration(file);
    expect(read.ok ? "" : read.faults[0]).toBe("home.yaml: larger than 1048576 bytes");
  });

  test("I10: secrets that others can read are refused", () => {
    chmodSync(join(folder, "secrets.yaml"), 0o644);
    const read = readConfiguration(file);
    expect(read.ok ? "" : read.faults[0]).toMatch(/readable by others .*run chmod 600/);
  });

  test("a home that was never provisioned is told how to be", () => {
    rmSync(join(folder, "secrets.yaml"));
    const read = readConfiguration(file);
    expect(read.ok ? "" : read.faults.join()).toMatch(/is missing; run obhut provision$/);
  });

  test("a certificate of the care service that is not there, or is none", () => {
    rmSync(join(folder, "care.pem"));
    expect(faultsAfter((text) => text)[0]).toMatch(
      /^home\.yaml:25:\d+: care\.certificate names .*care\.pem, which cannot be read .*; copy the/,
    );
    writeFileSync(join(folder, "care.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
    expect(faultsAfter((text) => text)[0]).toMatch(/which is no certificate in PEM/);
  });

  test("an alias that names nothing is not called one too many", () => {
    const text = readFileSync(file, "utf8");
    const [fault] = faultsAfter(() => text.replace("port: /dev", "port: *stick #"));
    expect(fault).toMatch(/Unresolved alias .*: stick; .*correct its spelling/);
    const many = Array.from({ length: 60 }, () => "*stick").join(", ");
    const faults = faultsAfter(() => `${text}\nmany: [&stick [1, 2], ${many}]\n`);
    expect(faults.join()).toMatch(/more than 50 aliases/);
  });
});

describe("I10: provisioning a home that has its keys", () => {
  const secretsFile = (): string => join(folder, "secrets.yaml");
  const addClient = (): void => {
    const text = readFileSync(file, "utf8");
    const line = text.split("\n").find((it) => it.includes("name: comfort")) ?? "";
    writeFileSync(file, text.replace(line, `${line}\n${line.replace("comfort", "new-tablet")}`));
  };

  test("gives a new client its token, and leaves every key and token as it was", () => {
    const before = parse(readFileSync(secretsFile(), "utf8"));
    addClient();
    const made = provision(file);
    expect(made.tokens.map(({ client }) => client)).toEqual(["new-tablet"]);
    expect(made.care.secret).toBe(before.care_password);
    const after = parse(readFileSync(secretsFile(), "utf8"));
    expect(after).toMatchObject(before);
    const [issued] = made.tokens;
    expect(isSecret(issued?.token ?? "", after.hub_clients["new-tablet"])).toBe(true);
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
    expect(readConfiguration(file).ok).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes("fresh"))).toEqual([]);
  });

  test("does nothing where nothing is missing", () => {
    const before = readFileSync(secretsFile(), "utf8");
    const { ino } = statSync(secretsFile());
    expect(provision(file)).toMatchObject({ tokens: [], known: true });
    expect(readFileSync(secretsFile(), "utf8")).toBe(before);
    expect(statSync(secretsFile()).ino).toBe(ino);
  });

  test("touches no file that it cannot read, and takes no other network's key", () => {
    writeFileSync(secretsFile(), "network_key: lost\n");
    expect(() => provision(file)).toThrow(/It holds the keys of paired devices and is not touched/);
    expect(readFileSync(secretsFile(), "utf8")).toBe("network_key: lost\n");
    rmSync(secretsFile());
    provision(file, "0".repeat(32));
    expect(() => provision(file, "1".repeat(32))).toThrow(/holds another network key; it stays/);
  });
});

test("fuzz: mutated configurations are read or refused, never thrown at", () => {
  const original = readFileSync(file, "utf8");
  for (let seed = 0; seed < 300; seed += 1) {
    const random = seededRandom(seed);
    const bytes = Buffer.from(original);
    for (let hit = random.int(8) + 1; hit > 0; hit -= 1) {
      bytes[random.int(bytes.length)] = random.int(256);
    }
    writeFileSync(
      file,
      bytes.subarray(0, random.chance(0.2) ? random.int(bytes.length) : undefined),
    );
    const read = readConfiguration(file);
    if (!read.ok) {
      expect(read.faults.length, `seed ${seed}`).toBeGreaterThan(0);
      for (const fault of read.faults) expect(fault, `seed ${seed}`).toMatch(/\.yaml|secrets/);
    }
  }
});

describe("the command line", () => {
  const obhut = (...args: string[]) =>
    spawnSync(process.execPath, ["gateway/cli.ts", ...args], { encoding: "utf8" });

  test("check says right and exits 0", () => {
    const out = execFileSync(process.execPath, ["gateway/cli.ts", "check", "--config", file]);
    expect(out.toString()).toMatch(/right\. 6 devices, 1 chains and a fallback/);
  });

  test("check exits 78 with the sentence, without a stack trace", () => {
    writeFileSync(file, readFileSync(file, "utf8").replace("home: example", "home: Ex ample"));
    const ended = obhut("check", "--config", file);
    expect(ended.status).toBe(78);
    expect(ended.stderr).toMatch(/home must be lower-case letters/);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });

  test("the demonstration is found from the command as source and as built, in any folder", () => {
    expect(storyOf("file:///a%20home/gateway/cli.ts")).toEqual({
      story: "/a home/sim/demo/main.ts",
      cwd: "/a home/",
    });
    expect(storyOf("file:///a%20home/dist/gateway/cli.js")).toEqual({
      story: "/a home/sim/demo/main.ts",
      cwd: "/a home/",
    });
  });

  test("provisioning says what stays, and gives a new client its token", () => {
    const again = obhut("provision", "--config", file);
    expect(again.status).toBe(0);
    expect(again.stdout).toContain("The keys stay as they were.");
    expect(again.stdout).toContain("Every client has its token already.");
  });

  test.each([
    [["dance"], /^obhut: "dance" is no command\n\nobhut: the assistive gateway/],
    [[], /^obhut: obhut: the assistive gateway/],
    [["check", "--colour"], /^obhut: Unknown option '--colour'/],
    // What would be passed over in silence: another file than the one that was meant.
    [["check", "other.yaml"], /^obhut: check: "other\.yaml" means nothing here; name the config/],
    [["start", "--json"], /^obhut: start: --json means nothing here/],
    [["provision", "--form-network"], /^obhut: provision: --form-network means nothing here/],
    [["unpair", "tablet", "--wait"], /^obhut: unpair: --wait means nothing here/],
    [["pair", "tablet", "door"], /^obhut: pair: "door" means nothing here/],
    [["replay", "one.db", "two.db"], /^obhut: replay: "two\.db" means nothing here\n/],
    [["replay"], /^obhut: replay: name the journal file\n/],
    [["schema", "home"], /^obhut: schema: "home" means nothing here\n/],
  ])("%j exits 64 with a sentence", (args, sentence) => {
    const ended = obhut(...args);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
    expect(ended.status).toBe(64);
  });

  test.each([["help"], ["--help"], ["-h"], ["pair", "--help"]])("%s tells all of it", (...args) => {
    const ended = obhut(...args);
    expect(ended.stdout).toContain("obhut pair NAME");
    expect(ended.status).toBe(0);
  });

  test("what cannot be written is a sentence", () => {
    rmSync(join(folder, "secrets.yaml"));
    writeFileSync(file, readFileSync(file, "utf8").replace("secrets.yaml", "nowhere/secrets.yaml"));
    const ended = obhut("provision", "--config", file);
    expect(ended.stderr).toMatch(/nowhere\/secrets\.yaml: cannot be written \(ENOENT.*; make room/);
    expect(ended.status).toBe(1);
  });

  test("status of a gateway that does not run says so", () => {
    writeFileSync(file, readFileSync(file, "utf8").replace("/var/lib/obhut", folder));
    const ended = obhut("status", "--config", file);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/no gateway is running .*; run obhut start/);
  });
});
