/**
 * The resident's tablet as it stands in a home: real gateway, virtual home, care service, and a
 * browser that shows what the gateway serves.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { HubPorts } from "../../gateway/hub/mail.ts";
import { buildPages } from "../../sim/demo/pages.ts";
import { until } from "../../sim/demo/process.ts";
import type { RigOptions } from "../../sim/demo/rig.ts";
import { type House, openHouse } from "../e2e/house.ts";
import { openChromium } from "../support/chromium.ts";

/** A display of a Pi, a tablet, and a phone. */
export const sizes = [
  { width: 800, height: 480 },
  { width: 1_280, height: 800 },
  { width: 390, height: 844 },
] as const;

export type Size = (typeof sizes)[number];

export interface TabletOptions {
  readonly size?: Size;
  readonly language?: "de" | "en";
  /** The browser trusts the home's certificate, as after its installation. */
  readonly trusts?: boolean;
  /** The browser's clock can be moved on by the test. */
  readonly ownClock?: boolean;
  /** A script that runs in the page before its own. */
  readonly before?: string;
  /** What the page finds in its storage beside its credential. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** A browser context that has been paired: its credential is where pairing puts it. */
export async function pairedContext(
  browser: Browser,
  origin: string,
  credential: { readonly client: string; readonly secret: string },
  options: TabletOptions = {},
): Promise<BrowserContext> {
  const { size = sizes[1], language = "de", kept = {} } = options;
  const context = await browser.newContext({
    ignoreHTTPSErrors: options.trusts !== true,
    hasTouch: true,
    viewport: { ...size },
    locale: language === "de" ? "de-DE" : "en-GB",
    timezoneId: "Europe/Berlin",
    storageState: {
      cookies: [],
      origins: [
        {
          origin,
          localStorage: Object.entries({
            "obhut-tablet": JSON.stringify(credential),
            "obhut-language": language,
            ...kept,
          }).map(([name, value]) => ({ name, value })),
        },
      ],
    },
  });
  context.setDefaultTimeout(20_000);
  if (options.before !== undefined) await context.addInitScript(options.before);
  return context;
}

export class TabletRig {
  readonly house: House;
  readonly browser: Browser;
  readonly origin: string;

  constructor(house: House, browser: Browser, origin: string) {
    this.house = house;
    this.browser = browser;
    this.origin = origin;
  }

  /** The tablet of the kitchen, with its page open. */
  async tablet(options: TabletOptions = {}): Promise<Page> {
    const secret = this.house.rig.files.tokens["tablet"] ?? "";
    const credential = { client: "tablet", secret };
    const context = await pairedContext(this.browser, this.origin, credential, options);
    const page = await context.newPage();
    await page.goto(`${this.origin}/tablet/`);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.house.close();
  }
}

export async function startTabletRig(options: RigOptions = {}): Promise<TabletRig> {
  buildPages();
  const house = await openHouse({ sameHubPort: true, ...options });
  const { ports } = await until("the gateway serves the page", async () => {
    const status = await house.rig.status();
    return status !== undefined && "websocket" in status.ports ? status : undefined;
  });
  const { websocket = 0 } = ports as Partial<HubPorts>;
  return new TabletRig(house, await openChromium(), `https://127.0.0.1:${websocket}`);
}
