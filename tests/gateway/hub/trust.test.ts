import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { certificateUse } from "../../../gateway/hub/hub.ts";
import { type ServerCertificate, serverCertificate } from "../../../platform/tls.ts";
import { openChromium } from "../../support/chromium.ts";
import { startTestHub, type TestHub } from "../../support/test-hub.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let pagesDir: string;
let place: TestHub;
let certificate: ServerCertificate;

beforeEach(async () => {
  pagesDir = mkdtempSync(join(tmpdir(), "obhut trust-"));
  writeFileSync(join(pagesDir, "index.html"), "<!doctype html><title>home</title>");
  writeFileSync(join(pagesDir, "sw.js"), "addEventListener('fetch', () => undefined);");
  certificate = await serverCertificate(join(pagesDir, ".tls"), "home-1", certificateUse());
  const { cert, key } = certificate;
  place = await startTestHub({ settings: { pagesDir, tls: { cert, key } } });
});
afterEach(async () => {
  await place.close();
  rmSync(pagesDir, { recursive: true });
});

/** What becomes of the page's service worker in a browser with these arguments. */
async function registers(args: readonly string[], careless: boolean): Promise<string> {
  const browser = await openChromium(args);
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: careless });
    const page = await context.newPage();
    await page.goto(`https://127.0.0.1:${place.ports.websocket}/tablet/`);
    // As text: the tests know no browser's types.
    return await page.evaluate<string>(
      'navigator.serviceWorker.register("/tablet/sw.js").then(() => "registered", String)',
    );
  } finally {
    await browser.close();
  }
}

test("a kiosk that is told the key's hash trusts the home's page, service worker and all", async () => {
  const trust = `--ignore-certificate-errors-spki-list=${certificate.keyHash}`;
  expect(await registers([trust], false)).toBe("registered");
});

test("the certificate can be fetched to be installed, and is the one that is shown", async () => {
  const at = { host: "127.0.0.1", port: place.ports.websocket, path: "/home.crt" };
  const [type, text] = await new Promise<readonly [string, string]>((resolve, reject) => {
    const asked = get({ ...at, ca: certificate.cert, agent: false }, (answer) => {
      let body = "";
      answer.on("data", (part) => {
        body += part;
      });
      answer.on("end", () => resolve([answer.headers["content-type"] ?? "", body]));
    });
    asked.on("error", reject);
  });
  expect(type).toBe("application/x-x509-ca-cert");
  expect(text).not.toContain("PRIVATE");
  const shown = new X509Certificate(text);
  expect(shown.fingerprint256).toBe(certificate.fingerprint);
  // Android installs nothing else.
  expect(shown.ca).toBe(true);
});

test("a browser that was only clicked past the warning has no service worker", async () => {
  expect(await registers([], true)).toContain("SecurityError: Failed to register a ServiceWorker");
});

test("a browser that was told nothing, or another key, does not open it", async () => {
  const other = `--ignore-certificate-errors-spki-list=${"A".repeat(43)}=`;
  await expect(registers([other], false)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
});
