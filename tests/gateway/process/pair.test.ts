import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import mqtt from "mqtt";
import { encode } from "uqr";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Program } from "../../../sim/demo/process.ts";
import { until } from "../../support/test-broker.ts";
import { type AloneHome, aloneHome } from "./gateway.ts";

/** Generous: the machine may be busy with other tests. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let home: AloneHome;
beforeEach(async () => {
  home = await aloneHome();
});
afterEach(() => home.end());

/** What the command printed, and how it ended. */
function obhut(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const line = ["gateway/cli.ts", ...args, "--config", home.file];
  return new Promise((resolve) => {
    execFile(process.execPath, line, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const certificate = (): string => readFileSync(join(home.folder, "data/hub/tls.pem"), "utf8");

interface Place {
  readonly origin: string;
  readonly code: string;
}

const placeIn = (out: string): Place => {
  const found = /(https:\/\/\S+)\/tablet\/#pair=([\w-]{22})$/m.exec(out);
  return { origin: found?.[1] ?? "", code: found?.[2] ?? "" };
};

/** As the tablet's page does it, with trust in the home's own certificate and nothing else. */
function exchange({ origin, code }: Place): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const asked = request(
      `${origin}/pair`,
      { method: "POST", headers, ca: certificate() },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve(JSON.parse(text)));
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify({ code }));
  });
}

const logIn = ({ origin }: Place, secret: string): Promise<mqtt.MqttClient> =>
  mqtt.connectAsync(`${origin.replace("https", "wss")}/mqtt`, {
    clientId: "tablet:page",
    username: "tablet",
    password: secret,
    reconnectPeriod: 0,
    ca: certificate(),
  });

describe("obhut pair", () => {
  test("I10: lets a tablet in while the gateway runs, after its restart, until obhut unpair", async () => {
    const gateway = home.start();
    await home.status(({ ports }) => ports["websocket"] !== undefined);
    const { code, out } = await obhut("pair", "tablet", "--host", "127.0.0.1");
    expect(code).toBe(0);
    const first = placeIn(out);
    // What is drawn is what is written: the light squares of a QR code, two rows in a line.
    const drawn = out.split("\n").filter((line) => /[█▀▄]/.test(line));
    const { size, data } = encode(`${first.origin}/tablet/#pair=${first.code}`, { border: 3 });
    expect(drawn).toHaveLength(Math.ceil(size / 2));
    const light = drawn.flatMap((line) => [
      [...line].map((square) => "█▀".includes(square)),
      [...line].map((square) => "█▄".includes(square)),
    ]);
    expect(light.slice(0, size).map((row) => row.map((one) => !one))).toEqual(data);
    expect(out).toContain(new X509Certificate(certificate()).fingerprint256);
    const given = await exchange(first);
    expect(given["client"]).toBe("tablet");
    const secret = given["secret"] ?? "";
    await (await logIn(first, secret)).endAsync();
    await home.logged("tablet was paired by the browser at 127.0.0.1");
    expect(home.log()).not.toContain(first.code);
    expect(home.log()).not.toContain(secret);
    await gateway.kill("SIGKILL");
    home.start();
    const { ports } = await home.status(({ ports }) => ports["websocket"] !== undefined);
    const later = { origin: `https://127.0.0.1:${ports["websocket"]}`, code: first.code };
    expect(await exchange(later)).toMatchObject({ error: "used" });
    const tablet = await logIn(later, secret);
    let gone = false;
    tablet.on("close", () => {
      gone = true;
    });
    const out2 = await obhut("unpair", "tablet");
    expect(out2).toMatchObject({ code: 0, out: expect.stringContaining("tablet is out") });
    await until(() => gone);
    await expect(logIn(later, secret)).rejects.toThrow("Bad username");
  });

  test("--wait stays until the code was used, and says it", async () => {
    home.start();
    await home.status(({ ports }) => ports["websocket"] !== undefined);
    const line = ["gateway/cli.ts", "pair", "tablet", "--wait", "--config", home.file];
    const logFile = join(home.folder, "pair.log");
    const command = new Program({ name: "pair", args: line, logFile });
    await exchange(placeIn((await command.line(/^https:.*#pair=/, 60_000)).input));
    expect(await command.ended).toBe(0);
    expect(command.lines.at(-1)).toBe("tablet is paired.");
  });

  test("I10: writes nothing that others may read", async () => {
    home.start();
    await home.status(({ ports }) => ports["websocket"] !== undefined);
    await exchange(placeIn((await obhut("pair", "tablet", "--host", "127.0.0.1")).out));
    const folder = join(home.folder, "data/hub");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    const exposed = files.filter(
      (entry) => (statSync(join(entry.parentPath, entry.name)).mode & 0o077) !== 0,
    );
    expect(exposed).toEqual([]);
    expect(files.map(({ name }) => name).sort()).toEqual([
      "paired.json",
      "pairing",
      "tablet.json",
      "tls.pem",
    ]);
  });

  test("says what stands in its way: a host that is none, a folder that takes nothing", async () => {
    mkdirSync(join(home.folder, "data"));
    writeFileSync(join(home.folder, "data/hub"), "");
    expect(await obhut("unpair", "tablet")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/data\/hub\/pairing\/tablet\.json: cannot be written \(E/),
    });
    for (const host of ["https://home", "home/tablet", ""]) {
      expect(await obhut("pair", "tablet", "--host", host)).toMatchObject({
        code: 64,
        err: expect.stringContaining(`--host must be a name or an address, not "${host}"`),
      });
    }
  });

  test("refuses whom the configuration does not know, with a sentence", async () => {
    expect(await obhut("pair", "thief")).toMatchObject({
      code: 78,
      err: expect.stringContaining('knows no client "thief"; add it to hub.clients'),
    });
    expect(await obhut("pair", "comfort")).toMatchObject({
      code: 78,
      err: expect.stringContaining('"comfort" is a comfort client, not a tablet'),
    });
    expect(await obhut("unpair")).toMatchObject({
      code: 64,
      err: expect.stringContaining("name the tablet"),
    });
    expect(await obhut("pair", "tablet")).toMatchObject({
      code: 78,
      err: expect.stringContaining("start the gateway once"),
    });
  });
});

describe("obhut certificate", () => {
  test("--renew keeps the key, names the machine's addresses, and counts from the restart", async () => {
    const gateway = home.start();
    await home.status(({ ports }) => ports["websocket"] !== undefined);
    const before = new X509Certificate(certificate());
    expect(before.ca).toBe(true);
    const { out } = await obhut("certificate", "--renew");
    const after = new X509Certificate(certificate());
    expect(after.fingerprint256).not.toBe(before.fingerprint256);
    expect(after.publicKey.equals(before.publicKey)).toBe(true);
    expect(after.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(out).toContain("Restart the gateway");
    await gateway.kill("SIGTERM");
    home.start();
    const { ports } = await home.status(({ ports }) => ports["websocket"] !== undefined);
    const shown = await new Promise<string>((resolve, reject) => {
      const socket = connectTls(
        { host: "127.0.0.1", port: ports["websocket"] ?? 0, ca: certificate() },
        () => {
          resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
          socket.destroy();
        },
      );
      socket.on("error", reject);
    });
    expect(shown).toBe(after.fingerprint256);
  });
});
