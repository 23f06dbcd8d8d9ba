/**
 * The card that holds the radio's files is full, read-only, worn or wrongly filled: that costs
 * files, never the radio. A folder where a file should be, and a file where a folder should be,
 * fail for every user and on every disk.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parseDatabase } from "../../../gateway/radio/database.ts";
import { networkFromNv } from "../../../sim/coordinator/network.ts";
import { writeHerdsmanFiles } from "../../../sim/herdsman-files.ts";
import { weber } from "../../../sim/homes/weber.ts";
import { type RadioHome, radioHome, until } from "./radio-home.ts";

let rig: RadioHome;
afterEach(async () => await rig.close());

const database = (): string => join(rig.dir, "database.db");

async function pressIsHeard(said: RadioHome["said"]): Promise<void> {
  rig.home.press("bath-button");
  await said.next("button-pressed", (fact) => fact.device === "bath-button");
}

/** The card is gone, or nothing can be written to it any more. */
function breakFolder(dir: string): void {
  rmSync(dir, { recursive: true });
  writeFileSync(dir, "");
}

const troubles: readonly (readonly [string, (dir: string) => void])[] = [
  ["no generation can be kept", (dir) => writeFileSync(join(dir, "generations"), "")],
  ["the mark of the network cannot be read", (dir) => mkdirSync(join(dir, "network-formed.json"))],
  ["the list of the departed cannot be read", (dir) => mkdirSync(join(dir, "departed.json"))],
  [
    "the backup cannot be read",
    (dir) => {
      rmSync(join(dir, "coordinator_backup.json"));
      mkdirSync(join(dir, "coordinator_backup.json"));
    },
  ],
  [
    "the backup is corrupt and cannot be set aside",
    (dir) => {
      writeFileSync(join(dir, "coordinator_backup.json"), "{ not json");
      mkdirSync(join(dir, "coordinator_backup.json.corrupt"));
    },
  ],
];
test.each(troubles)("I8: the radio starts where %s", async (_name, trouble) => {
  const files: NonNullable<Parameters<typeof radioHome>[0]>["files"] = (dir, plan) => {
    writeHerdsmanFiles(dir, plan);
    trouble(dir);
  };
  rig = await radioHome({ files, formNetwork: true });
  await pressIsHeard(rig.said);
  expect(rig.said.of("device-missing")).toHaveLength(0);
  expect(await rig.radio.cutPower("stove-plug", "direct")).toMatchObject({ ok: true });
});

test("H 6.4: a database that cannot be read comes back from a generation", async () => {
  rig = await radioHome();
  await rig.radio.stop();
  rmSync(database());
  mkdirSync(database());
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  await pressIsHeard(said);
});

test("I8: without its folder the radio starts, and says who is missing", async () => {
  rig = await radioHome({ start: false });
  breakFolder(rig.dir);
  rig.radio.start();
  await rig.said.next("radio-ready");
  await rig.said.next("device-missing", (fact) => fact.device === "bath-button");
});

test("H 6.4: a folder that is not there is made", async () => {
  rig = await radioHome({ start: false });
  rmSync(rig.dir, { recursive: true });
  rig.radio.start();
  await rig.said.next("device-missing", (fact) => fact.device === "bath-button");
  await until("the files are there", () => {
    const names = readdirSync(rig.dir);
    return names.includes("database.db") && names.includes("coordinator_backup.json");
  });
  expect(statSync(rig.dir).mode & 0o777).toBe(0o700);
});

test("H 6.4: files that cannot be read are no leave to form a network", async () => {
  const files = (dir: string): void => {
    mkdirSync(join(dir, "network-formed.json"), { recursive: true });
  };
  rig = await radioHome({ home: { start: "fresh" }, files, formNetwork: true, start: false });
  rig.radio.start();
  await rig.said.next("radio-lost", (fact) => /would form a new network/.test(fact.cause));
  expect(rig.home.stick.network).toBeUndefined();
});

test("I8: while nothing can be saved, a button with a new address is heard", async () => {
  rig = await radioHome();
  await until("the first files are written", () =>
    readdirSync(rig.dir).includes("network-formed.json"),
  );
  breakFolder(rig.dir);
  const button = rig.home.device("bath-button");
  button.nwk += 0x0a00;
  // Its own frame, once: a button that repeats would hide that the first was lost.
  const payload = Buffer.from([0x09, 1, 0, 1, 0, 0, 0, 0, 0]);
  const zone = { cluster: 0x0500, sourceEndpoint: 1, targetEndpoint: 1 };
  rig.home.stick.heard(button.nwk, { ...zone, payload }, 120);
  await rig.said.next("button-pressed", (fact) => fact.device === "bath-button");
});

test("I8: while nothing can be saved, a device joins and is heard", {
  timeout: 60_000,
}, async () => {
  rig = await radioHome();
  await until("the first files are written", () =>
    readdirSync(rig.dir).includes("network-formed.json"),
  );
  const { home, radio, said } = rig;
  breakFolder(rig.dir);
  home.stick.left(home.device("front-door"));
  await said.next("device-missing", (fact) => fact.device === "front-door");
  said.clear();
  await radio.permitJoin(60);
  home.join("front-door");
  await said.next("device-found", (fact) => fact.device === "front-door");
  home.door("front-door").open();
  await said.next("contact-sensed", (fact) => fact.device === "front-door" && fact.open);
});

test("H 6.4: the database is the owner's alone, also after the stack saved it", async () => {
  rig = await radioHome();
  const nwk = 0x5a5a;
  rig.home.rejoin("front-door", nwk);
  const saved = (): boolean =>
    parseDatabase(readFileSync(database(), "utf8")).rows.some((row) => row["nwkAddr"] === nwk);
  await until("the new address is saved", saved);
  expect(statSync(database()).mode & 0o777).toBe(0o600);
});

test("H 6.4: generations go on after a power cut left one half written", async () => {
  rig = await radioHome({ start: false });
  const place = join(rig.dir, "generations");
  const halfWritten = (name: string): void => {
    mkdirSync(join(place, name), { recursive: true });
    writeFileSync(join(place, name, "database.db"), "");
  };
  halfWritten("00000001.fresh");
  rig.radio.start();
  await rig.said.next("radio-ready");
  await rig.radio.stop();
  expect(readdirSync(place)).toEqual(["00000001"]);
  halfWritten("00000002.fresh");
  const group = { id: 99, type: "Group", groupID: 5, members: [] };
  writeFileSync(database(), `${readFileSync(database(), "utf8")}\n${JSON.stringify(group)}`);
  const { radio, said } = rig.again();
  radio.start();
  await said.next("radio-ready");
  expect(readdirSync(place)).toEqual(["00000001", "00000002"]);
  expect(readFileSync(join(place, "00000002", "database.db"), "utf8")).toContain('"id":99');
});

const others = [
  ["another address of the network", { panId: 0x2b2b }],
  ["another key", { key: "ffeeddccbbaa99887766554433221100" }],
] as const;
test.each(others)(
  "H 6.4: %s in the configuration forms no network on the old stick",
  async (_name, other) => {
    const plan = { ...weber, network: { ...weber.network, ...other } };
    const files = (dir: string): void => {
      writeHerdsmanFiles(dir, weber);
    };
    rig = await radioHome({ plan, files, start: false });
    const { panId, key } = rig.home.plan.network;
    rig.radio.start();
    await rig.said.next("radio-lost", (fact) => /would form a new network/.test(fact.cause));
    expect(networkFromNv(rig.home.stick.nv)).toMatchObject({ panId, key });
    expect(readFileSync(database(), "utf8")).toContain(rig.home.device("bath-button").eui);
  },
);

test("H 6.4: another channel in the configuration is changed to, which takes its time", {
  timeout: 60_000,
}, async () => {
  const channel = weber.network.channel === 20 ? 15 : 20;
  const plan = { ...weber, network: { ...weber.network, channel } };
  const files = (dir: string): void => {
    writeHerdsmanFiles(dir, weber);
  };
  rig = await radioHome({ plan, files });
  expect(rig.said.of("radio-lost")).toHaveLength(0);
  await pressIsHeard(rig.said);
});
