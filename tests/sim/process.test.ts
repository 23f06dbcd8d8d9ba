import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";
import { type ControlClient, connectToHome } from "../../sim/control-client.ts";
import { weber } from "../../sim/homes/weber.ts";
import { temporaryDirectory } from "./herdsman.ts";
import { until } from "./until.ts";

const directory = temporaryDirectory();
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly exit: Promise<number | null>;
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, ["sim/main.ts", ...args], { stdio: "pipe" });
  running.add(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, lines, exit };
}

const printed = (home: Running, form: RegExp) => {
  const found = home.lines.map((line) => form.exec(line)?.[1]).find((part) => part !== undefined);
  return found === undefined ? undefined : Number(found);
};

async function startControlled(...args: string[]): Promise<[Running, ControlClient]> {
  const home = start("--control", "0", ...args);
  await until(() => printed(home, /control at 127\.0\.0\.1:(\d+)/) !== undefined);
  return [home, await connectToHome(printed(home, /control at 127\.0\.0\.1:(\d+)/) ?? 0)];
}

it("is driven by lines of text, answers each, and ends at quit", async () => {
  const home = start();
  home.child.stdin?.end(
    "press bath-button\nstove on 900\ndance kitchen-motion\nfly\nquit\nstatus\n",
  );
  expect(await home.exit).toBe(0);
  expect(home.lines[0]).toMatch(/^home "weber": stick at tcp:\/\/127\.0\.0\.1:\d+, 17 devices$/);
  expect(home.lines).toContain("knobW: 900");
  expect(home.lines).toContain(
    "cannot: kitchen-motion cannot dance; it can battery, tamper, low-battery, walk",
  );
  expect(home.lines).toContain('cannot: no command "fly"; `help` lists them');
});

it("is driven over its control socket, with a sentence for every refusal", async () => {
  const [home, client] = await startControlled();
  await client.ask("on", "stove-plug");
  await client.ask("stove", "on", 1800);
  const status = await client.status();
  expect(status.stove).toMatchObject({ powerW: 1800, relayOn: true, offCount: 0 });
  expect(status.port).toBe(printed(home, /stick at tcp:\/\/127\.0\.0\.1:(\d+)/));
  await expect(client.ask("stove", "fault", "rust")).rejects.toThrow('no stove fault "rust"');
  await expect(client.ask("press", "nobody")).rejects.toThrow('no device "nobody"');
  await expect(client.ask("join", "all")).rejects.toThrow("no network to join");
  await client.ask("quit");
  expect(await home.exit).toBe(0);
  await expect(client.ask("status")).rejects.toThrow("the virtual home is gone");
});

it("refused means refused, and open again means the same port", async () => {
  const [home, client] = await startControlled();
  const port = printed(home, /stick at tcp:\/\/127\.0\.0\.1:(\d+)/) ?? 0;
  const knock = async () => {
    const socket = createConnection({ host: "127.0.0.1", port });
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["open"]),
      once(socket, "error").then(() => ["refused"]),
    ]).catch(() => ["refused"]);
    socket.destroy();
    return event;
  };
  expect(await knock()).toBe("open");
  await client.ask("fault", "refuse", "on");
  expect(await knock()).toBe("refused");
  await client.ask("fault", "refuse", "off");
  expect(await knock()).toBe("open");
  client.close();
});

it("keeps stick, devices and a welded relay over kill -9", async () => {
  const state = join(directory, "state.json");
  const [home, client] = await startControlled("--state", state);
  await client.ask("on", "stove-plug");
  await client.ask("stove", "on", 1800);
  await client.ask("stove", "fault", "weld");
  await client.ask("open", "front-door");
  await client.ask("down", "bedroom-shutter");
  await until(() => existsSync(state) && readFileSync(state, "utf8").includes('"fault":"weld"'));
  const before = await client.status();
  await until(() => readFileSync(state, "utf8").includes('"load":1800'));
  home.child.kill("SIGKILL");
  await home.exit;
  expect(statSync(state).mode & 0o777).toBe(0o600);
  const [, again] = await startControlled("--state", state);
  const after = await again.status();
  expect(after.stove).toMatchObject({ powerW: 1800, relayOn: true, fault: "weld", knobW: 1800 });
  expect(after.devices["front-door"]).toEqual(before.devices["front-door"]);
  expect(after.devices["stove-plug"]?.joined).toBe(true);
  again.close();
});

it("a state that cannot be read is refused with a sentence, never replaced", async () => {
  const state = join(directory, "torn.json");
  writeFileSync(state, "{");
  const home = start("--state", state);
  expect(await home.exit).toBe(78);
  expect(home.lines.join(" ")).toMatch(/torn\.json cannot be read .* remove it to start anew/);
  expect(readFileSync(state, "utf8")).toBe("{");
});

it("plays another home from a file, or says what is wrong with it", async () => {
  const file = join(directory, "home.json");
  writeFileSync(file, JSON.stringify({ ...weber, name: "other" }));
  const home = start("--home", file, "--script", "the-fall", "--speed", "100", "--once");
  expect(await home.exit).toBe(0);
  expect(home.lines[0]).toContain('home "other"');
  expect(home.lines).toContain("She reaches the button by the tub. [press bath-button]");
  const [first] = weber.devices;
  writeFileSync(file, JSON.stringify({ ...weber, devices: [{ ...first, ieee: "12" }] }));
  const broken = start("--home", file);
  expect(await broken.exit).toBe(78);
  expect(broken.lines.join(" ")).toContain("home.devices[0].ieee must be text of the form");
});

it.each([
  [["--start", "warm"], '--start must be prepared or fresh, not "warm"'],
  [["--speed", "0"], '--speed must be a number above 0, not "0"'],
  [["--speed", "fast"], '--speed must be a number above 0, not "fast"'],
  [["--seed", ""], '--seed must be a whole number, not ""'],
])("%j is refused with a sentence", async (args, sentence) => {
  const home = start(...args);
  expect(await home.exit).toBe(64);
  expect(home.lines).toEqual([`sim: ${sentence}`]);
});

it("clear brings mains, port and answers back; sleepers hear late", async () => {
  const [home, client] = await startControlled("--sleepers");
  await client.ask("fault", "device", "living-light", "mute");
  await client.ask("power", "off");
  await client.ask("fault", "refuse", "on");
  expect((await client.status()).devices["living-light"]?.condition).toBe("dead");
  await expect(client.ask("power", "maybe")).rejects.toThrow('say on or off, not "maybe"');
  await client.ask("fault", "clear");
  expect((await client.status()).devices["living-light"]?.condition).toBe("well");
  const port = printed(home, /stick at tcp:\/\/127\.0\.0\.1:(\d+)/) ?? 0;
  const socket = createConnection({ host: "127.0.0.1", port });
  await once(socket, "connect");
  socket.destroy();
  client.close();
});

it("an unknown option is a usage error", async () => {
  const home = start("--colour", "red");
  expect(await home.exit).toBe(64);
  rmSync(directory, { recursive: true, force: true });
});
