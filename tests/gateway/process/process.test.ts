import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AloneHome, aloneHome } from "./gateway.ts";

/** Generous: the machine may be busy with other tests. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let home: AloneHome;
beforeEach(async () => {
  home = await aloneHome();
});
afterEach(() => home.end());

const preload = (file: string): readonly string[] => [
  `--import=${pathToFileURL(`tests/gateway/process/${file}`).href}`,
];

describe("a process guards a home, or it ends", () => {
  test("a missing certificate is an error of the configuration, at check and at start", async () => {
    rmSync(join(home.folder, "care.pem"));
    const check = spawnSync(process.execPath, ["gateway/cli.ts", "check", "--config", home.file]);
    expect(check.status).toBe(78);
    expect(await home.start().ended).toBe(78);
    expect(home.log()).toMatch(/^obhut: home\.yaml:\d+:\d+: care\.certificate names .*care\.pem/);
  });

  test("a start that fails after the journal is open ends, with a sentence", async () => {
    expect(await home.start(preload("failing-start.ts")).ended).toBe(70);
    expect(home.log()).toContain("obhut: no chance left in this machine");
    home.start();
    expect(await home.status()).toMatchObject({ home: "example" });
  });

  test("told to end it ends in order", async () => {
    const gateway = home.start();
    await home.status();
    expect(await gateway.kill("SIGTERM")).toBe(0);
  });

  test("I1: a log that takes nothing ends nobody", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, ["gateway/cli.ts", "start", "--config", home.file], {
      stdio: ["ignore", "ignore", full],
    });
    const first = await home.status();
    // It has something to say: neither its stick nor its care service is there.
    await home.status(({ up_s }) => up_s > first.up_s + 2);
    expect(child.exitCode).toBeNull();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});

describe("I11: one home, one gateway", () => {
  test("a second one is refused while the first runs, and while it stands still", async () => {
    const first = home.start();
    const { pid } = await home.status();
    expect(await home.start().ended).toBe(75);
    expect(home.log()).toContain(`a gateway of this home is running (process ${pid})`);
    process.kill(first.pid, "SIGSTOP");
    expect(await home.start().ended).toBe(75);
    expect(home.log()).toContain("does not answer");
    process.kill(first.pid, "SIGCONT");
  });

  test("the journal's lock refuses it where no socket tells of the first, and ends with it", async () => {
    const first = home.start();
    await home.status();
    rmSync(join(home.folder, "data", "status.sock"));
    expect(await home.start().ended).toBe(75);
    expect(home.log()).toContain("it holds the journal");
    await first.kill("SIGKILL");
    const next = home.start();
    await home.status(({ pid }) => pid === next.pid);
  });
});

test("I5: a gateway that started without its memory ends when it can be read, and the next has it", async () => {
  const first = home.start();
  await home.status();
  expect(await first.kill("SIGTERM")).toBe(0);
  // Nobody can open or copy what stands in the place of the file.
  const journal = join(home.journal, "journal.db");
  renameSync(journal, `${journal}.away`);
  mkdirSync(journal);
  const blind = home.start();
  const status = await home.status(({ reports }) =>
    reports.some((it) => it.includes("without it")),
  );
  expect(status.reports.join(" ")).toContain("taken up as soon as it can be read");
  rmdirSync(journal);
  renameSync(`${journal}.away`, journal);
  expect(await blind.ended).toBe(70);
  expect(home.log()).toContain("can be read again; starting anew with it");
  home.start();
  expect((await home.status()).reports).toEqual([]);
});

/** A mount of one's own needs a namespace, which some machines allow to root only. */
const namespaces = spawnSync("unshare", ["-rm", "true"]).status === 0;

test.skipIf(!namespaces)(
  "I1: on a card that is read-only a press reaches the care service, and the card is a fault",
  async () => {
    const script = "tests/gateway/process/read-only-card.ts";
    const setUp = `mkdir "$0/data" && mount -t tmpfs -o size=64m none "$0/data" && exec "$1" "$2" "$0"`;
    const place = mkdtempSync(join(tmpdir(), "obhut-card-"));
    const args = ["-rm", "sh", "-c", setUp, place, process.execPath, script];
    const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString();
    });
    const [code] = await once(child, "close");
    const log = readFileSync(join(place, "gateway.log"), "utf8");
    rmSync(place, { recursive: true, force: true });
    expect(said.split("\n"), log).toEqual([
      "called true",
      'fault "storage is not-storing; blind: storage"',
      "runs true",
      'mended "storage is not-storing no more; blind: storage"',
      "",
    ]);
    expect(log).toContain("no status on");
    expect(code).toBe(0);
  },
);
