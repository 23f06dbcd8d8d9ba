/** Providers as they are in the world: slow, broken, repeating. Real servers on loopback. */
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { makeCertificate } from "../../../platform/tls.ts";

export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const portOf = (server: Pick<Server, "address">): number => (server.address() as AddressInfo).port;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** How the peer answers the nth request, counted from 0. */
export type Manner = (nth: number, heard: Heard) => { status: number; body?: string } | "hang";

/** A server that keeps what it heard. With `tls` it speaks HTTPS. */
export class HttpPeer {
  readonly heard: Heard[] = [];
  readonly server: Server;
  manner: Manner = () => ({ status: 200 });

  constructor(tls?: { cert: string; key: string }) {
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      void bodyOf(request).then((body) => {
        const heard = { path: request.url ?? "", headers: request.headers, body };
        const answer = this.manner(this.heard.length, heard);
        this.heard.push(heard);
        if (answer === "hang") return;
        response.writeHead(answer.status).end(answer.body);
      });
    };
    this.server = tls === undefined ? createHttp(take) : (createHttps(tls, take) as Server);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return portOf(this.server);
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that keeps letters. */
export class MailPeer {
  readonly letters: Letter[] = [];
  readonly server: SMTPServer;
  /** What the server says to the nth letter: a fault, or silence. */
  manner: (nth: number) => { code: number } | "take" | "hang" | "take and hang" = () => "take";
  #nth = 0;

  constructor(tls: { cert: string; key: string } | undefined) {
    this.server = new SMTPServer({
      ...(tls ?? {}),
      authOptional: true,
      disabledCommands: tls === undefined ? ["STARTTLS", "AUTH"] : ["AUTH"],
      onData: (stream, session, callback) => {
        const parts: Buffer[] = [];
        stream.on("data", (part: Buffer) => parts.push(part));
        stream.on("end", () => {
          const manner = this.manner(this.#nth);
          this.#nth += 1;
          const envelope = session.envelope;
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          const letter = { from, to, text: Buffer.concat(parts).toString("utf8") };
          if (manner === "take" || manner === "take and hang") this.letters.push(letter);
          if (manner === "take") callback();
          if (typeof manner === "object") {
            callback(Object.assign(new Error("refused"), { responseCode: manner.code }));
          }
        });
      },
    });
    this.server.on("error", () => undefined);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return portOf(this.server.server as Server);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

export const selfSigned = (): Promise<{ cert: string; key: string }> => makeCertificate("peer");
