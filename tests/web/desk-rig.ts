/** A care service with its pages, homes that speak the real uplink, and people in real browsers. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type axe from "axe-core";
import { TOTP } from "otpauth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { freePort } from "../../sim/demo/free-port.ts";
import { buildPages } from "../../sim/demo/pages.ts";
import { startSmsProvider } from "../../sim/demo/sms-provider.ts";
import { type CareRig, startCareRig } from "../care/care-rig.ts";
import { root } from "../house/source.ts";
import { openChromium } from "../support/chromium.ts";

export const password = "ein ganzer Satz ist gut";

/** The story's agreement: a helper by SMS, a neighbour by SMS, then the night service's desk. */
export const storyAgreement = (within_s: number) => ({
  version: 1,
  parties: [
    { id: "daughter", name: "Anna Weber", kind: "helper", reach: ["sms:+4915100000001"] },
    { id: "neighbour", name: "Herr Yilmaz", kind: "helper", reach: ["sms:+4915100000002"] },
    { id: "night-service", name: "Nachtdienst", kind: "service", reach: [] },
  ],
  fallback: [
    { tell: ["daughter"], within_s },
    { tell: ["neighbour"], within_s },
    { tell: ["night-service"], within_s },
  ],
});

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly secret: string;
}

export class DeskRig {
  readonly rig: CareRig;
  readonly browser: Browser;
  readonly origin: string;

  constructor(rig: CareRig, browser: Browser, origin: string) {
    this.rig = rig;
    this.browser = browser;
    this.origin = origin;
  }

  /** A browser of one person, with nothing in it yet. */
  async context(size = { width: 1_280, height: 800 }, locale = "de-DE"): Promise<BrowserContext> {
    return this.browser.newContext({ ignoreHTTPSErrors: true, viewport: size, locale });
  }

  /** The one-time link that the service's own command prints. */
  invite(name: string, role: string): string {
    const args = ["care/main.ts", "--config", this.rig.configFile];
    const out = execFileSync(process.execPath, [...args, "--invite", name, "--role", role], {
      cwd: root,
      encoding: "utf8",
    });
    return `${this.origin}${new URL(out.trim(), this.origin).pathname}`;
  }

  /** Somebody comes in for the first time: link, password, second factor, all by the pages. */
  async person(name: string, role: string, size?: { width: number; height: number }) {
    const context = await this.context(size);
    const page = await context.newPage();
    await page.goto(this.invite(name, role));
    await page.getByLabel("Passwort", { exact: true }).fill(password);
    await page.getByLabel("Passwort noch einmal").fill(password);
    await page.getByRole("button", { name: "Passwort setzen" }).click();
    const shown = await page.locator(".secret").textContent();
    const secret = /([A-Z2-7]{16,})/.exec(shown ?? "")?.[1] ?? "";
    await page.getByLabel("Code aus der App").fill(new TOTP({ secret }).generate());
    await page.getByRole("button", { name: "Bestätigen" }).click();
    await page.getByRole("navigation").waitFor();
    return { page, context, secret } satisfies Person;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.rig.close();
  }
}

/** Everything started; `more` goes into the care service's file. */
export async function startDeskRig(
  link: Readonly<Record<string, number>> = {},
  more: Readonly<Record<string, unknown>> = {},
  prepare: (folder: string) => void = () => undefined,
): Promise<DeskRig> {
  buildPages();
  const port = await freePort();
  const office = { host: "127.0.0.1", port, public_url: `https://127.0.0.1:${port}` };
  const rig = await startCareRig(link, { office, ...more }, prepare);
  return new DeskRig(rig, await openChromium(), `https://127.0.0.1:${port}`);
}

/** The key that the provider signs its receipts with. */
const smsSecret = "only-the-provider-knows-this";

/** A desk whose helpers are told by SMS, each step lasting so long, and Frau Weber's home. */
export async function startStoryDesk(
  within_s: number,
  notify: Readonly<Record<string, unknown>> = {},
) {
  const provider = await startSmsProvider(smsSecret);
  const sms = { url: provider.url, secret_file: "sms.key" };
  const desk = await startDeskRig(
    {},
    { agreement: storyAgreement(within_s), notify: { sms, ...notify } },
    (folder) => writeFileSync(join(folder, sms.secret_file), smsSecret),
  );
  provider.receiptsTo = `${desk.origin}/api/receipts/sms`;
  const home = desk.rig.home("weber");
  await home.connected();
  return { desk, provider, home };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const axeSource = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong on the page, a line each. Empty is good. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const runner = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations: all } = await runner.run();
    return all as unknown as Violation[];
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
