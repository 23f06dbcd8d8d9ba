/** The tablet on the gateway's own display, with Debian's compositor and browser. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildPages } from "../../sim/demo/pages.ts";
import { until } from "../../sim/demo/process.ts";
import { type House, openHouse } from "../e2e/house.ts";
import { root } from "../house/source.ts";
import { KioskDisplay, type Picture, packages } from "./kiosk-display.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const patienceMs = 120_000;
const lookEveryMs = 500;
/** Colours of the pages: paper, the button "Hilfe", and behind an open alarm. */
const [paper, help, alarm] = [0xf6f4ef, 0x8d0f14, 0xfdecea];

let house: House;
let kiosk: KioskDisplay;

const obhut = (...args: string[]): string =>
  execFileSync(
    process.execPath,
    ["gateway/cli.ts", ...args, "--config", house.rig.files.homeFile],
    { cwd: root, encoding: "utf8" },
  );
const pairing = (): string => obhut("pair", "tablet", "--host", "127.0.0.1");

/** What stands there instead, for whoever must find out why. */
function describe(picture: Picture | undefined): string {
  const share = (colour: number): number => Math.round((picture?.share(colour) ?? 0) * 100);
  const colours = { paper: share(paper), help: share(help), alarm: share(alarm) };
  const shown = picture === undefined ? "nothing" : JSON.stringify(colours);
  return `it shows ${shown}, in percent; the kiosk said:\n${kiosk.said.slice(-1_000)}`;
}

/** Waits until the display shows something like this. */
async function shows(what: string, fits: (picture: Picture) => boolean): Promise<Picture> {
  let last: Picture | undefined;
  const look = async (): Promise<Picture | undefined> => {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    last = kiosk.picture();
    return last !== undefined && fits(last) ? last : undefined;
  };
  return until(`the display shows ${what}`, look, patienceMs).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}; ${describe(last)}`, { cause: thrown });
  });
}
const showsHome = () => shows("the home screen", (picture) => picture.share(help) > 0.2);
const showsCall = () => shows("an open alarm", (picture) => picture.share(alarm) > 0.3);

beforeAll(async () => {
  execFileSync("sh", ["deploy/packages.sh", ...packages], { cwd: root, stdio: "inherit" });
  buildPages();
  house = await openHouse({ sameHubPort: true });
  const key = /key.*:\s+(\S+)/.exec(obhut("certificate"))?.[1] ?? "";
  const url = /https:.*(?=#pair=)/.exec(pairing())?.[0] ?? "";
  await house.rig.gateway.kill();
  kiosk = new KioskDisplay({ url, key });
  await kiosk.open();
});
afterAll(async () => {
  kiosk?.close();
  await house?.close();
});

test("I2: without its gateway the display says that help cannot be called here, and looks on", async () => {
  const isWaiting = (picture: Picture): boolean =>
    picture.share(paper) > 0.8 && picture.share(help) === 0;
  await shows("that the gateway does not answer", isWaiting);
  const words = readFileSync(join(root, "deploy/kiosk/waiting.html"), "utf8");
  expect(words).toContain("Notruf geht hier gerade nicht.");
  house.rig.startGateway();
  await house.rig.ready(patienceMs);
  kiosk.pair(pairing());
  await showsHome();
});

test("an alarm stands on the display", async () => {
  await house.rig.home.press("bath-button");
  await showsCall();
});

test("I8: a browser that hangs is ended, and the next one shows the same alarm, still paired", async () => {
  const before = kiosk.starts;
  const frozen = kiosk.pidsWith("--type=renderer");
  expect(frozen.length).toBeGreaterThan(0);
  for (const pid of frozen) process.kill(pid, "SIGSTOP");
  await until("the kiosk begins anew", () => kiosk.starts > before || undefined, patienceMs);
  expect(kiosk.said).toContain("the browser ended or hangs");
  expect(frozen.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  await showsCall();
});

test("a browser that dies comes back, and no port of it was ever open", async () => {
  await house.closeAll();
  await showsHome();
  expect(kiosk.pidsWith("--remote-debugging-port")).toEqual([]);
  const before = kiosk.starts;
  for (const pid of kiosk.pidsWith("--kiosk")) process.kill(pid, "SIGKILL");
  await until("the kiosk begins anew", () => kiosk.starts > before || undefined, patienceMs);
  await showsHome();
});

/** What systemd finds in a unit; empty is good. */
function systemdFinds(unit: string): string {
  const folder = mkdtempSync(join(tmpdir(), "obhut-unit-"));
  try {
    const file = join(folder, "obhut-kiosk.service");
    writeFileSync(file, unit);
    const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], {
      encoding: "utf8",
    });
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("I8: systemd takes the unit, which limits the browser and needs no gateway", () => {
  const unit = readFileSync(join(root, "deploy/kiosk/obhut-kiosk.service"), "utf8");
  expect(systemdFinds(unit.replace("MemoryMax", "MemoryMuch"))).toContain("MemoryMuch");
  expect(systemdFinds(unit)).toBe("");
  expect(unit).toMatch(/^MemoryMax=\d+M$/m);
  expect(unit).toMatch(/^OOMScoreAdjust=900$/m);
  // With a session of its own the browser would leave the unit, and its limits.
  expect(unit).not.toMatch(/^(?:Requires|BindsTo|PAMName)=/m);
});

test("without the hash of the home's key it says what to do, and waits longer each time", () => {
  const folder = mkdtempSync(join(tmpdir(), "obhut-kiosk-"));
  const env = { PATH: "/usr/bin:/bin", RUNTIME_DIRECTORY: folder, STATE_DIRECTORY: folder };
  const start = () => spawnSync("sh", ["deploy/kiosk/kiosk.sh"], { env, encoding: "utf8" });
  const first = start();
  expect(first.status).toBe(78);
  expect(first.stderr).toMatch(/OBHUT_KIOSK_KEY is missing .* Remedy: .*obhut certificate/);
  expect(start().stderr).toContain("start 1 showed nothing, the next one in 2 s");
  expect(readFileSync(join(folder, "fruitless"), "utf8").trim()).toBe("2");
  rmSync(folder, { recursive: true });
});
