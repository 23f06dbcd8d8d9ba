import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { alarmOf, offerOf, startCareRig, until } from "./care-rig.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "obhut-care-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[]) {
  const { status, stderr, stdout } = spawnSync(process.execPath, [...args], { encoding: "utf8" });
  return { status, stderr, stdout };
}

const party = { id: "maier", name: "Frau Maier", kind: "helper" };
const home = {
  home: "weber",
  password_sha256: "0".repeat(64),
  agreement: { version: 1, parties: [party], fallback: [{ tell: ["maier"], within_s: 30 }] },
};

function care(document: object) {
  const file = join(folder, "care.yaml");
  writeFileSync(file, stringify({ listen: { host: "127.0.0.1", port: 0 }, ...document }));
  return run(["care/main.ts", "--config", file]);
}

describe("a wrong configuration ends with 78 and a sentence for each fault", () => {
  test.each([
    ["no homes", { homes: [] }, "homes"],
    ["a misspelt setting", { homes: [{ ...home, pasword: "x" }] }, '"pasword"'],
    ["a password in clear", { homes: [{ ...home, password_sha256: "secret" }] }, "SHA-256"],
    ["two homes of one name", { homes: [home, home] }, "each client needs a name of its own"],
    [
      "a desk named as a home",
      { homes: [home], desks: [{ name: "weber", password_sha256: "0".repeat(64) }] },
      "each client needs a name of its own",
    ],
    [
      "a step that tells nobody known",
      { homes: [{ ...home, agreement: { ...home.agreement, parties: [{ ...party, id: "x" }] } }] },
      '"maier" is not a party',
    ],
    ["an unknown time zone", { homes: [{ ...home, timezone: "Europa/Bonn" }] }, "time zone"],
    [
      "a link that one lost beat breaks",
      { homes: [{ ...home, link: { beat_every_s: 10, silent_after_s: 12 } }] },
      "under two beats",
    ],
  ])("%s", (_name, document, words) => {
    const { status, stderr } = care(document);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(78);
  });

  test("aliases without end", () => {
    const file = join(folder, "care.yaml");
    const nine = (name: string): string => `[${`*${name}, `.repeat(9)}]`;
    writeFileSync(file, `a: &a [1]\nb: &b ${nine("a")}\nhomes: ${nine("b")}\n`);
    const { status, stderr } = run(["care/main.ts", "--config", file]);
    expect(stderr).toContain("aliases");
    expect(status).toBe(78);
  });

  test("a file that is not there", () => {
    const { status, stderr } = run(["care/main.ts", "--config", join(folder, "none.yaml")]);
    expect(stderr).toContain("cannot be read");
    expect(status).toBe(78);
  });
});

test("no configuration at all, or an unknown option, ends with 64 and how to call it", () => {
  expect(run(["care/main.ts"])).toMatchObject({ status: 64 });
  const { status, stderr } = run(["care/main.ts", "--colour"]);
  expect(status).toBe(64);
  expect(stderr).toContain("Usage:");
});

test("a data folder that is a file ends with 74 and a sentence", () => {
  writeFileSync(join(folder, "data"), "");
  const { status, stderr } = care({ homes: [home] });
  expect(stderr).not.toContain("    at ");
  expect(status).toBe(74);
});

test("the desk on the command line lists, accepts, hands over and closes", async () => {
  const rig = await startCareRig();
  try {
    const sender = rig.home("weber");
    sender.send(offerOf("m1", alarmOf("a1")));
    await sender.custody("a1");
    const secret = join(folder, "desk.password");
    const ca = join(folder, "care.pem");
    writeFileSync(secret, rig.passwords["desk"] ?? "");
    writeFileSync(ca, readFileSync(join(rig.folder, "data", "certificate.pem")));
    const desk = (...verb: string[]) =>
      run([
        "care/desk.ts",
        ...["--url", `mqtts://127.0.0.1:${rig.port}`, "--name", "desk"],
        ...["--password-file", secret, "--ca", ca, ...verb],
      ]);
    expect(desk("list").stdout).toContain("a1  weber  alarm emergency-call sos-pressed");
    expect(desk("accept", "a1", "--by", "Frau Maier")).toMatchObject({ status: 0 });
    const coming = await until("it reaches the home", () => sender.bodies("accepted")[0]);
    expect(coming.by).toEqual({ id: "maier", name: "Frau Maier" });
    expect(desk("hand-over", "a1", "--by", "maier")).toMatchObject({ status: 64 });
    expect(desk("hand-over", "a1", "--by", "maier", "--to", "yilmaz")).toMatchObject({ status: 0 });
    const handed = await rig.event("handed-over", ({ alarmId }) => alarmId === "a1");
    expect(handed).toMatchObject({ by: { id: "maier" }, to: { id: "yilmaz" } });
    expect(desk("list").stdout).toContain("telling Herr Yilmaz");
    expect(desk("close", "a1", "--by", "Frau Maier")).toMatchObject({ status: 64 });
    const closing = ["--by", "maier", "--outcome", "helped", "--note", "is well"];
    expect(desk("close", "a1", ...closing)).toMatchObject({ status: 0 });
    expect(desk("close", "a1", ...closing)).toMatchObject({ status: 75 });
    expect(desk("list").stdout).toBe("");
  } finally {
    await rig.close();
  }
});
