/**
 * A provider of short messages: a real HTTP server that takes signed requests and says by a signed
 * receipt what became of them. The telephones behind it are people of the story.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";

export interface ShortMessage {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  /** The link in the text. */
  readonly link: string;
  /** performance.now() of this process. */
  readonly at: number;
}

export interface SmsProvider {
  readonly url: string;
  readonly messages: readonly ShortMessage[];
  /** Telephones that are off: taken, and never delivered. */
  readonly off: Set<string>;
  /** Where receipts go, once the care service has said where its pages are. */
  receiptsTo: string | undefined;
  close(): Promise<void>;
}

function signatureOf(secret: string, stamp: string, body: string): string {
  return `v1=${createHmac("sha256", secret).update(`${stamp}.${body}`).digest("hex")}`;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}

function isSigned({ headers }: IncomingMessage, secret: string, body: string): boolean {
  const shown = Buffer.from(String(headers["x-obhut-signature"] ?? ""));
  const right = Buffer.from(signatureOf(secret, String(headers["x-obhut-timestamp"] ?? ""), body));
  return shown.length === right.length && timingSafeEqual(shown, right);
}

/** The care service's certificate is its own: the story does not check it here. */
function sendReceipt(url: string, secret: string, body: string): void {
  const stamp = String(Math.floor(Date.now() / 1_000));
  const sent = request(url, {
    method: "POST",
    rejectUnauthorized: false,
    headers: {
      "content-type": "application/json",
      "x-obhut-timestamp": stamp,
      "x-obhut-signature": signatureOf(secret, stamp, body),
    },
  });
  sent.on("error", () => undefined);
  sent.end(body);
}

/** Starts it on a port that the system chose. */
export async function startSmsProvider(secret: string): Promise<SmsProvider> {
  const messages: ShortMessage[] = [];
  const off = new Set<string>();
  const known = new Set<string>();
  const take = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await textOf(incoming);
    if (!isSigned(incoming, secret, body)) {
      outgoing.writeHead(401).end();
      return;
    }
    const { id, to, text } = JSON.parse(body) as { id: string; to: string; text: string };
    outgoing.writeHead(202, { "content-type": "application/json" }).end("{}");
    if (known.has(id)) return;
    known.add(id);
    const link = /https?:\/\/\S+/.exec(text)?.[0] ?? "";
    messages.push({ id, to, text, link, at: performance.now() });
    const { receiptsTo } = provider;
    if (receiptsTo === undefined || off.has(to)) return;
    sendReceipt(receiptsTo, secret, JSON.stringify({ receipts: [{ id, stage: "delivered" }] }));
  };
  const server = createServer((incoming, outgoing) => {
    take(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const provider: SmsProvider = {
    url: `http://127.0.0.1:${port}/messages`,
    messages,
    off,
    receiptsTo: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}
