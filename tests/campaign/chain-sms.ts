/** A provider of short messages that fails, hangs and repeats as providers do. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { signedHeaders } from "../../care/notify/signature.ts";
import type { SeededRandom } from "../support/random.ts";
import type { Arrival } from "./chain-evidence.ts";

export interface SmsSettings {
  readonly secret: string;
  readonly random: SeededRandom;
  readonly arrivals: Arrival[];
  /** Somebody holds the telephone in hand. */
  readonly onMessage: (token: string) => void;
  /** Where receipts go. */
  readonly office: () => string;
}

export interface SmsServer {
  readonly url: string;
  /** All requests fail while it is set. */
  broken: boolean;
  close(): Promise<void>;
}

type Stage = "delivered" | "seen" | "failed" | "accepted" | "declined";

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** The token in a link to a helper's page. */
export const tokenIn = (text: string): string => /\/h\/([\w-]{43})/.exec(text)?.[1] ?? "";

interface Posted {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The status of the answer; 0 where none came. The service's certificate is its own. */
export function post({ url, body, headers }: Posted): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: "POST",
      rejectUnauthorized: false,
      agent: false,
      timeout: 12_000,
      headers: { "content-type": "application/json", ...headers },
    });
    sent.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(0));
    sent.end(body);
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

class Provider {
  readonly #settings: SmsSettings;
  readonly #known = new Set<string>();
  broken = false;

  constructor(settings: SmsSettings) {
    this.#settings = settings;
  }

  /** Says a stage until somebody hears it, as providers do; a receipt may be said again unchanged. */
  async say(id: string, stage: Stage): Promise<void> {
    const { secret, office } = this.#settings;
    const body = JSON.stringify({ receipts: [{ id, stage, why: "campaign" }] });
    for (let tries = 0; tries < 20; tries += 1) {
      const headers = signedHeaders(secret, body, Date.now());
      const status = await post({ url: `${office()}/api/receipts/sms`, body, headers });
      if (status === 200 || status === 409) return;
      await pause(1_500);
    }
  }

  /** Twice, late, never, or in the wrong order. */
  async receipts(id: string): Promise<void> {
    const { random } = this.#settings;
    const draw = random.next();
    await pause(random.int(300));
    if (draw < 0.2) return;
    if (draw < 0.35) await Promise.all([this.say(id, "delivered"), this.say(id, "delivered")]);
    else if (draw < 0.5) {
      await this.say(id, "seen");
      await this.say(id, "delivered");
    } else if (draw < 0.6) {
      await this.say(id, "failed");
      await this.say(id, "delivered");
    } else {
      await pause(draw < 0.75 ? 3_000 + random.int(20_000) : 0);
      await this.say(id, "delivered");
      if (draw > 0.95) await this.say(id, "failed");
    }
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { arrivals, random, onMessage } = this.#settings;
    const at = Date.now();
    const { id, text, repeat } = JSON.parse(await bodyOf(request)) as {
      id: string;
      text: string;
      repeat: boolean;
    };
    const token = tokenIn(text);
    const draw = random.next();
    const fails = this.broken || draw < 0.08;
    const delivered = !fails && !this.#known.has(id);
    arrivals.push({ way: "sms", token, key: id, at, delivered, marked: repeat });
    if (fails) {
      response.writeHead(random.chance(0.5) ? 503 : 429).end();
      return;
    }
    if (delivered) {
      this.#known.add(id);
      onMessage(token);
      void this.receipts(id);
    }
    // Taken, and no answer ever comes.
    if (draw < 0.12) return;
    if (draw < 0.22) await pause(500 + random.int(3_000));
    const body = draw > 0.9 ? '{"stage":"delivered"}' : "{}";
    response.writeHead(202, { "content-type": "application/json" }).end(body);
  }
}

export async function startSms(settings: SmsSettings): Promise<SmsServer> {
  const provider = new Provider(settings);
  const server = createServer((request, response) => {
    provider.take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(provider, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
