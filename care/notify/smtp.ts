/** E-mail through the provider's own relay. */
import { Socket } from "node:net";
import nodemailer from "nodemailer";
import { digestOf } from "../office/tokens.ts";
import { type Sent, type Telling, type Way, wordsOf } from "./way.ts";
import { letterText, sentenceOf } from "./words.ts";

const connectMs = 5_000;
const silentMs = 9_000;
const atOnce = 8;

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The same for every try, so that a mailbox shows one message. */
function messageId({ id }: Telling, from: string): string {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? "localhost";
  return `<${digestOf(id).slice(0, 32)}@${domain}>`;
}

const field = (thrown: unknown, name: string): unknown =>
  thrown instanceof Error ? Reflect.get(thrown, name) : undefined;

/** Before a letter began to leave: nodemailer says for each of these that nobody took anything. */
const isBeforeLetter = (thrown: unknown): boolean =>
  field(thrown, "syscall") === "connect" ||
  ["EDNS", "ETLS", "EAUTH"].includes(String(field(thrown, "code"))) ||
  /^(Connection timeout|Greeting never received)/.test(wordsOf(thrown));

/** A server that refused has not taken it; one that fell silent or hung up may have. */
function endOf(thrown: unknown): "again" | "final" | "unknown" {
  const code = field(thrown, "responseCode");
  // A login that is refused is the operator's to mend, and then the letter may go.
  if (typeof code === "number" && field(thrown, "code") !== "EAUTH") {
    return code >= 500 ? "final" : "again";
  }
  return isBeforeLetter(thrown) ? "again" : "unknown";
}

function messageOf(telling: Telling, from: string) {
  return {
    from,
    to: { name: telling.name, address: telling.address },
    subject: sentenceOf(telling),
    text: letterText(telling),
    messageId: messageId(telling, from),
    priority: "high" as const,
    headers: { "auto-submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `smtps:` or `smtp:` with STARTTLS; only to this very machine may it be in clear. */
export function mailWay({ url, from }: { readonly url: string; readonly from: string }): Way {
  const { hostname, protocol } = new URL(url);
  const settings = {
    url,
    requireTLS: protocol === "smtp:" && !loopback.has(hostname),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silentMs,
  };
  return {
    atOnce,
    dropsCopies: false,
    async send(telling, signal): Promise<Sent> {
      // A connection for each try: in a pool a letter that was given up waits behind a server that
      // hangs, and leaves when all is over.
      const socket = new Socket();
      const giveUp = (): unknown => socket.destroy();
      signal.addEventListener("abort", giveUp);
      try {
        const transport = nodemailer.createTransport({ ...settings, socket });
        await transport.sendMail(messageOf(telling, from));
        return { ok: true, stage: "sent" };
      } catch (thrown) {
        return { ok: false, why: wordsOf(thrown), end: endOf(thrown) };
      } finally {
        signal.removeEventListener("abort", giveUp);
      }
    },
  };
}
