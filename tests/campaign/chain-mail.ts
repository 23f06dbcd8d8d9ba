/** A mail server that is slow, refuses, falls silent, and takes letters without saying so. */
import type { AddressInfo, Server } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SeededRandom } from "../support/random.ts";
import type { Arrival } from "./chain-evidence.ts";
import { pause, tokenIn } from "./chain-sms.ts";

export interface MailSettings {
  readonly random: SeededRandom;
  readonly arrivals: Arrival[];
  readonly onLetter: (token: string) => void;
}

export interface MailServer {
  readonly url: string;
  /** `shut` refuses at the door, `slow` greets late. */
  condition: "well" | "shut" | "slow";
  close(): Promise<void>;
}

/** Quoted-printable, as far as a letter in English needs it. */
const plain = (text: string): string =>
  text
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const refused = (responseCode: number): Error =>
  Object.assign(new Error("try again later"), { responseCode });

export async function startMail({ random, arrivals, onLetter }: MailSettings): Promise<MailServer> {
  const take = async (letter: string, answer: (fault?: Error) => void): Promise<void> => {
    const at = Date.now();
    const draw = random.next();
    const text = plain(letter);
    const token = tokenIn(text);
    const key = /^message-id: (.*)$/im.exec(text)?.[1] ?? "";
    const delivered = draw >= 0.11;
    arrivals.push({ way: "mail", token, key, at, delivered, marked: text.includes("Again: ") });
    if (draw < 0.08) answer(refused(451));
    if (!delivered) return;
    onLetter(token);
    // Taken, and the word of it is lost.
    if (draw < 0.2) return;
    if (draw < 0.3) await pause(500 + random.int(4_000));
    answer();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onConnect: (_session, callback) => {
      if (mail.condition === "shut") callback(refused(421));
      else setTimeout(callback, mail.condition === "slow" ? 1_000 + random.int(4_500) : 0);
    },
    onData: (stream, _session, callback) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        take(Buffer.concat(parts).toString("utf8"), callback).catch(() => undefined);
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = (server.server as Server).address() as AddressInfo;
  const mail: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    condition: "well",
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mail;
}
