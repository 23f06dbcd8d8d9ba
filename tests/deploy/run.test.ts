/** deploy/run.sh in a folder of its own, with an npm that does as told. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "obhut-run-"));
  mkdirSync(join(root, "deploy"));
  copyFileSync("deploy/run.sh", join(root, "deploy/run.sh"));
  writeFileSync(join(root, "package-lock.json"), "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs the script with an npm whose `install` is this shell text. */
function run(install: string) {
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  const npm = `#!/bin/sh\nmkdir -p "$PWD/node_modules/.bin"\nif [ "$1" = install ]; then\n${install}\nfi\n`;
  writeFileSync(join(bin, "npm"), npm);
  chmodSync(join(bin, "npm"), 0o755);
  return spawnSync("sh", [join(root, "deploy/run.sh"), "--version"], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:/usr/bin:/bin` },
  });
}

const stamp = (): string => join(root, "node_modules/.obhut-installed");
const bringsNode = `ln -sf ${process.execPath} "$PWD/node_modules/.bin/node"`;

test("without its own Node it ends with a sentence and a remedy, and tries again next time", () => {
  const first = run(":");
  expect(first.status).toBe(1);
  expect(first.stderr).toMatch(/own Node .* was not installed\. Remedy: /);
  expect(existsSync(stamp())).toBe(false);
  const second = run(bringsNode);
  expect([second.status, second.stdout.trim()]).toEqual([0, process.version]);
  expect(existsSync(stamp())).toBe(true);
});

test("an npm that fails ends the script, and leaves no stamp", () => {
  expect(run("exit 7").status).toBe(7);
  expect(existsSync(stamp())).toBe(false);
});
