/**
 * Database, backup and stick: what was lost is restored or said, and no network is formed by
 * accident.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { formatDatabase, mend, parseDatabase } from "../../../gateway/radio/database.ts";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

const database = (): string => join(rig.dir, "database.db");
const backup = (): string => join(rig.dir, "coordinator_backup.json");
const generations = (): string[] => readdirSync(join(rig.dir, "generations")).sort();

async function restart(): Promise<RadioHome["said"]> {
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  return said;
}

async function pressIsHeard(said: RadioHome["said"]): Promise<void> {
  rig.home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
}

function withoutRow(text: string, ieee: string): string {
  const rows = parseDatabase(text).rows.filter((row) => row["ieeeAddr"] !== ieee);
  return formatDatabase(rows);
}

test("H 6.4: files and generations are the owner's alone", async () => {
  rig = await radioHome();
  await until("the mark that a network exists", () =>
    readdirSync(rig.dir).includes("network-formed.json"),
  );
  await rig.radio.stop();
  await restart();
  const modes = [database(), backup(), join(rig.dir, "network-formed.json")].map(
    (file) => statSync(file).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  expect(statSync(rig.dir).mode & 0o777).toBe(0o700);
  const [first = ""] = generations();
  for (const name of readdirSync(join(rig.dir, "generations", first))) {
    expect(statSync(join(rig.dir, "generations", first, name)).mode & 0o777).toBe(0o600);
  }
});

test("H 6.4: reconnections do not fill the folder with generations", async () => {
  rig = await radioHome();
  for (let nth = 0; nth < 2; nth += 1) {
    rig.said.clear();
    rig.home.faults.cut("rst");
    await rig.said.next("radio-ready");
  }
  expect(generations()).toHaveLength(1);
});

const damages: readonly (readonly [string, (text: string) => string])[] = [
  ["truncated", (text) => text.slice(0, text.length / 2)],
  ["full of zero bytes", (text) => "\0".repeat(text.length)],
  ["empty", () => ""],
  ["damaged in one line", (text) => text.replace('"ieeeAddr"', '"ieee')],
];
test.each(damages)("H 6.4: a database that is %s costs no device", async (_name, damage) => {
  rig = await radioHome();
  await rig.radio.stop();
  writeFileSync(database(), damage(readFileSync(database(), "utf8")));
  const said = await restart();
  await said.next("device-found", (fact) => fact.device === "hall-siren");
  expect(said.of("device-missing")).toHaveLength(0);
  await pressIsHeard(said);
});

test("H 6.4: a device that no file knows is said to be missing", async () => {
  rig = await radioHome({ start: false });
  const { ieee } = rig.home.device("bath-button").plan;
  writeFileSync(database(), withoutRow(readFileSync(database(), "utf8"), ieee));
  rig.radio.start();
  await rig.said.next("device-missing", (fact) => fact.device === "bath-button");
  await rig.said.next("device-found", (fact) => fact.device === "neck-button");
});

test("H 6.6: a device that leaves is missing, also after a restart; none is put back", async () => {
  rig = await radioHome();
  const device = rig.home.device("front-door");
  rig.home.stick.left(device);
  await rig.said.next("device-missing", (fact) => fact.device === "front-door");
  await until("it is noted", () => readdirSync(rig.dir).includes("departed.json"));
  await rig.radio.stop();
  const said = await restart();
  await said.next("device-missing", (fact) => fact.device === "front-door");
});

test("H 6.4: a corrupt backup is set aside, and a generation takes its place", async () => {
  rig = await radioHome();
  await rig.radio.stop();
  writeFileSync(backup(), "{ not json");
  const said = await restart();
  await pressIsHeard(said);
  expect(JSON.parse(readFileSync(backup(), "utf8"))).toMatchObject({ pan_id: expect.any(String) });
  expect(readFileSync(`${backup()}.corrupt`, "utf8")).toBe("{ not json");
});

test("H 6.4: a wiped stick with our backup is restored, and its devices work", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome();
  await rig.radio.stop();
  rig.home.faults.wipe();
  const said = await restart();
  await pressIsHeard(said);
  rig.home.door("front-door").open();
  await said.next("contact-sensed", (fact) => fact.open);
});

test("H 6.4: another stick with our backup takes the old one's place, and its devices work", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome();
  await rig.radio.stop();
  const { eui } = rig.home.stick;
  rig.home.faults.replace();
  expect(rig.home.stick.eui).not.toBe(eui);
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  expect(rig.home.stick.eui).toBe(eui);
  // Zones mean the address of their panel, reports that of their binding: both must be the old one.
  await pressIsHeard(said);
  rig.home.door("front-door").open();
  await said.next("contact-sensed", (fact) => fact.open);
  rig.home.device("stove-plug").act("on");
  await said.next("relay-read", (fact) => fact.on);
  expect(await radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: true });
  expect(rig.home.stove.relay.closed).toBe(false);
});

test("H 6.4: another stick without our backup forms no network", async () => {
  rig = await radioHome();
  await rig.radio.stop();
  rig.home.faults.replace();
  rmSync(backup());
  rmSync(join(rig.dir, "generations"), { recursive: true });
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-lost", (fact) => /would form a new network/.test(fact.cause));
  expect(rig.home.stick.network).toBeUndefined();
});

test("H 6.4: a wiped stick without our backup forms no network and forgets nobody", async () => {
  rig = await radioHome();
  await rig.radio.stop();
  const before = readFileSync(database(), "utf8");
  rig.home.faults.wipe();
  rmSync(backup());
  rmSync(join(rig.dir, "generations"), { recursive: true });
  const { radio, said } = rig.again();
  radio.start();
  expect(await said.next("radio-lost")).toMatchObject({
    cause: expect.stringMatching(/would form a new network/),
  });
  expect(rig.home.stick.network).toBeUndefined();
  expect(parseDatabase(readFileSync(database(), "utf8")).rows).toHaveLength(
    parseDatabase(before).rows.length,
  );
});

test("H 6.4: a wiped stick whose backup is in a generation is restored", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome();
  await rig.radio.stop();
  rig.home.faults.wipe();
  rmSync(backup());
  await pressIsHeard(await restart());
});

test("H 6.4: a backup of another network restores nothing", async () => {
  rig = await radioHome();
  await rig.radio.stop();
  const foreign = { ...JSON.parse(readFileSync(backup(), "utf8")), pan_id: "beef" };
  rmSync(join(rig.dir, "generations"), { recursive: true });
  writeFileSync(backup(), JSON.stringify(foreign));
  rig.home.faults.wipe();
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-lost", (fact) => /would form a new network/.test(fact.cause));
});

test("an empty stick is formed at provisioning, and only then", { timeout: 60_000 }, async () => {
  const empty = (dir: string): void => {
    mkdirSync(dir, { recursive: true });
  };
  rig = await radioHome({ home: { start: "fresh" }, files: empty, formNetwork: true });
  expect(rig.home.stick.network?.panId).toBe(rig.home.plan.network.panId);
  await until("the mark that a network exists", () =>
    readdirSync(rig.dir).includes("network-formed.json"),
  );
  await rig.said.next("device-missing");
  await rig.radio.stop();
  // The mark forbids what the first start was allowed.
  rig.home.faults.wipe();
  rmSync(backup());
  rmSync(join(rig.dir, "generations"), { recursive: true });
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-lost", (fact) => /would form a new network/.test(fact.cause));
});

test("mending keeps what is there, and numbers what comes back anew where needed", () => {
  const rows = [
    { id: 1, type: "Coordinator" },
    { id: 2, type: "EndDevice", ieeeAddr: "0xb" },
  ];
  const older = [
    [
      { id: 2, type: "EndDevice", ieeeAddr: "0xa" },
      { id: 3, type: "Router", ieeeAddr: "0xc" },
    ],
  ];
  const mended = mend(rows, ["0xa", "0xb", "0xd"], older);
  expect(mended.restored).toEqual(["0xa"]);
  expect(mended.rows).toEqual([...rows, { id: 3, type: "EndDevice", ieeeAddr: "0xa" }]);
});
