import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pagesMax } from "../../../gateway/hub/pages.ts";
import { homeLimits } from "../../../platform/broker-limits.ts";
import { RawClient } from "../../support/mqtt-bytes.ts";
import { until } from "../../support/test-broker.ts";
import { startTestHub, type TestHub } from "../../support/test-hub.ts";

const script = `export const words = "${"Hilfe ".repeat(400)}";`;
let outside: string;
let pagesDir: string;
let place: TestHub | undefined;

beforeEach(async () => {
  outside = mkdtempSync(join(tmpdir(), "obhut pages-"));
  pagesDir = join(outside, "tablet");
  await mkdir(join(pagesDir, "assets"), { recursive: true });
  const put = (name: string, body: string | Buffer) => writeFileSync(join(pagesDir, name), body);
  put("index.html", "<!doctype html><title>Obhut</title>");
  put("sw.js", "self.addEventListener('fetch', () => {});");
  put("assets/main-1a2b.js", script);
  put("assets/main-1a2b.js.br", brotliCompressSync(script));
  put("assets/main-1a2b.js.gz", gzipSync(script));
  put(".secret.json", "{}");
  put("notes.pem", "a key");
  writeFileSync(join(outside, "secrets.json"), '{"key":1}');
  symlinkSync(join(outside, "secrets.json"), join(pagesDir, "link.json"));
});
afterEach(async () => {
  await place?.close();
  place = undefined;
  rmSync(outside, { recursive: true });
});

const origin = (): string => `http://127.0.0.1:${place?.ports.websocket}`;

/** Until the page has been read; more often than that would be a flood. */
async function untilServed(): Promise<void> {
  while ((await fetch(`${origin()}/tablet/`)).status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** A hub whose page has been read. */
async function open(): Promise<TestHub> {
  place = await startTestHub({ settings: { pagesDir } });
  await untilServed();
  return place;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(origin() + path, { headers, redirect: "manual" });

/** Bytes as they are on the wire; `fetch` would mend the address and unpack the body. */
function raw(bytes: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(place?.ports.websocket ?? 0, "127.0.0.1");
    const parts: Buffer[] = [];
    socket.on("data", (part) => void parts.push(part));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(parts)));
    socket.write(bytes);
  });
}

const ask = (path: string, headers = ""): Promise<Buffer> =>
  raw(`GET ${path} HTTP/1.1\r\nhost: home\r\n${headers}connection: close\r\n\r\n`);

describe("the tablet's page", () => {
  test("stands below /tablet/, and the bare address leads there", async () => {
    await open();
    for (const path of ["/", "/tablet"]) {
      const moved = await get(path);
      expect([moved.status, moved.headers.get("location")]).toEqual([302, "/tablet/"]);
    }
    const index = await get("/tablet/?from=home");
    expect(await index.text()).toContain("<title>Obhut</title>");
    expect(index.headers.get("cache-control")).toBe("no-cache");
    expect((await get("/tablet/sw.js")).headers.get("cache-control")).toBe("no-cache");
    const asset = await get("/tablet/assets/main-1a2b.js");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const etag = index.headers.get("etag") ?? "";
    expect((await get("/tablet/", { "if-none-match": etag })).status).toBe(304);
    const head = await fetch(`${origin()}/tablet/`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("comes in the smallest form that the browser takes", async () => {
    await open();
    const bodyOf = (answer: Buffer) => answer.subarray(answer.indexOf("\r\n\r\n") + 4);
    const path = "/tablet/assets/main-1a2b.js";
    const brotli = await ask(path, "accept-encoding: gzip, deflate, br\r\n");
    expect(brotli.toString("latin1")).toContain("content-encoding: br\r\n");
    expect(brotliDecompressSync(bodyOf(brotli)).toString()).toBe(script);
    const gzip = await ask(path, "accept-encoding: gzip\r\n");
    expect(gzip.toString("latin1")).toContain("content-encoding: gzip\r\n");
    const plain = await ask(path);
    expect(plain.toString("latin1")).not.toContain("content-encoding");
    expect(bodyOf(plain).toString()).toBe(script);
  });

  test("I10: every answer tells the browser to trust nothing else", async () => {
    await open();
    for (const path of ["/", "/tablet/", "/tablet/none", "/pair"]) {
      const { headers } = await get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${place?.ports.websocket};`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      // It would make the browser refuse the home's next certificate without a way out.
      expect(headers.get("strict-transport-security")).toBeNull();
    }
    const forged = await raw(
      "GET /tablet/ HTTP/1.1\r\nhost: a; script-src *\r\nconnection: close\r\n\r\n",
    );
    expect(forged.toString()).not.toContain("script-src *");
  });

  test.each([
    "/tablet/../secrets.json",
    "/tablet/%2e%2e/secrets.json",
    "/tablet/..%2fsecrets.json",
    "/tablet//etc/passwd",
    "/tablet/link.json",
    "/tablet/.secret.json",
    "/tablet/notes.pem",
    "/tablet/assets",
    "/tablet/assets/",
    "/tablet/assets/main-1a2b.js.br",
    "/tablet/%",
    "/tablet/__proto__",
    "/index.html",
    "http://elsewhere/tablet/",
    "*",
  ])("I10: no way out of the page: %s", async (path) => {
    await open();
    const answer = (await ask(path)).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain("key");
  });

  test("only GET and HEAD; a body nobody wants is not read", async () => {
    await open();
    for (const method of ["PUT", "DELETE", "OPTIONS", "POST", "PATCH"]) {
      const answer = await raw(
        `${method} /tablet/ HTTP/1.1\r\nhost: home\r\ncontent-length: 99999999\r\n\r\n`,
      );
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 405 .*allow: GET, HEAD/s);
    }
  });

  test("that was never built says so, and is found once it is", async () => {
    rmSync(join(pagesDir, "index.html"));
    place = await startTestHub({ settings: { pagesDir } });
    const answer = await get("/tablet/");
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("npm run build");
    writeFileSync(join(pagesDir, "index.html"), "built");
    await untilServed();
    expect(await (await get("/tablet/")).text()).toBe("built");
  });

  test("I9: files past what memory is for are not served, and it is said", async () => {
    writeFileSync(join(pagesDir, "film.wav"), Buffer.alloc(pagesMax.fileBytes + 1));
    await open();
    expect((await get("/tablet/film.wav")).status).toBe(404);
    await until(() => place?.lines.length === 1);
    expect(place?.lines[0]).toContain("film.wav is not served");
  });
});

describe("I9: the port's limits hold for pages", () => {
  test("headers past 8 KiB are refused", async () => {
    await open();
    const answer = await ask("/tablet/", `x: ${"a".repeat(9_000)}\r\n`);
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("I8: a flood of requests is refused past its rate, and MQTT goes on", async () => {
    const hub = await open();
    const tablet = await mqtt.connectAsync(`ws://127.0.0.1:${hub.ports.websocket}`, {
      clientId: "tablet-1:web",
      username: "tablet-1",
      password: hub.secretOf("tablet-1"),
    });
    const one = "GET /tablet/assets/main-1a2b.js HTTP/1.1\r\nhost: home\r\n\r\n";
    const answers = await Promise.all(Array.from({ length: 20 }, () => raw(one.repeat(100))));
    const text = Buffer.concat(answers).toString("latin1");
    const served = text.split("HTTP/1.1 200").length - 1;
    // What the burst gives, and what is earned while the answers go out.
    expect(served).toBeGreaterThanOrEqual(homeLimits.pageRequestsBurst - 1);
    expect(served).toBeLessThan(1_000);
    expect(text).toContain("HTTP/1.1 429");
    await until(() => hub.intrusions.includes("127.0.0.1 asks for too many pages"));
    const wish = JSON.stringify({ id: "r1", request: { kind: "help" } });
    await tablet.publishAsync("home/request/tablet-1", wish, { qos: 1 });
    await until(() => hub.requests.length === 1);
    await tablet.endAsync();
  });

  test("I8: connections that hold on are few, and a client's is never one that goes", async () => {
    const hub = await open();
    const tablet = await hub.client("tablet-1");
    const idle: RawClient[] = [];
    const alive = (): number => idle.filter(({ socket }) => !socket.destroyed).length;
    for (let count = 0; count < homeLimits.pageConnectionsPerRemote + 6; count += 1) {
      const one = await RawClient.open(hub.ports.websocket);
      idle.push(one);
      one.send(Buffer.from("GET /tablet/sw.js HTTP/1.1\r\nhost: h\r\n\r\n"));
    }
    await until(() => alive() <= homeLimits.pageConnectionsPerRemote);
    expect(hub.intrusions.join()).toContain("too many connections for pages");
    expect(tablet.connected).toBe(true);
    for (const one of idle) one.close();
  });
});
