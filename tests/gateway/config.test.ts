import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { planOf, readConfiguration } from "../../gateway/config.ts";
import { configJsonSchema } from "../../gateway/config-json.ts";
import { configSchema } from "../../gateway/config-schema.ts";
import { provision } from "../../gateway/provision.ts";
import { manifests } from "../../rules/index.ts";
import { limitsOf } from "../../rules/settings.ts";
import { seededRandom } from "../support/random.ts";

const example = "deploy/home.example.yaml";
let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-config-"));
  file = join(folder, "home.yaml");
  cpSync(example, file);
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
  expect(devices.filter(({ byRadio }) => byRadio)).toHaveLength(4);
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
      /care is missing; a object is needed|care is missing/,
    ],
    ["an unknown time zone", (text) => text.replace("Europe/Berlin", "Europe/Bärlin"), /timezone/],
    ["broken YAML", (text) => text.replace("radio:", "radio: ["), /home\.yaml: /],
    ["an empty file", () => "", /home\.yaml: the file/],
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

  test("I10: secrets that others can read are refused", () => {
    chmodSync(join(folder, "secrets.yaml"), 0o644);
    const read = readConfiguration(file);
    expect(read.ok ? "" : read.faults[0]).toMatch(/readable by others .*run chmod 600/);
  });

  test("I10: provisioning never overwrites keys", () => {
    expect(() => provision(file)).toThrow(/exists; it holds the network key/);
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
      for (const fault of read.faults) expect(fault, `seed ${seed}`).toMatch(/home\.yaml|secrets/);
    }
  }
});

describe("the command line", () => {
  const obhut = (...args: string[]) =>
    spawnSync(process.execPath, ["gateway/cli.ts", ...args], { encoding: "utf8" });

  test("check says right and exits 0", () => {
    const out = execFileSync(process.execPath, ["gateway/cli.ts", "check", "--config", file]);
    expect(out.toString()).toMatch(/right\. 4 devices, 1 chains and a fallback/);
  });

  test("check exits 78 with the sentence, without a stack trace", () => {
    writeFileSync(file, readFileSync(file, "utf8").replace("home: example", "home: Ex ample"));
    const ended = obhut("check", "--config", file);
    expect(ended.status).toBe(78);
    expect(ended.stderr).toMatch(/home must be lower-case letters/);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });

  test("an unknown verb or option exits 64", () => {
    expect(obhut("dance").status).toBe(64);
    expect(obhut("check", "--colour").status).toBe(64);
  });

  test("status of a gateway that does not run says so", () => {
    writeFileSync(file, readFileSync(file, "utf8").replace("/var/lib/obhut", folder));
    const ended = obhut("status", "--config", file);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/no gateway is running .*; run obhut start/);
  });
});
