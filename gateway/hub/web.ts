/**
 * Answers the home's browsers: the tablet's page below /tablet/, and one door for what is posted.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { AnswerPage } from "../../platform/web-port.ts";
import { strictHeaders } from "./headers.ts";
import { type Encoding, etagOf, type PageFile, type Pages, readPages } from "./pages.ts";

const base = "/tablet/";
const certificatePath = "/home.crt";

/** So much is handed to a connection at once; the rest waits until its reader has taken it. */
const pieceBytes = 65_536;

/** Pages that were not there are looked for again, at most so often. */
const lookAgainMs = 5_000;

export interface WebOptions {
  readonly folder: string;
  /** A sentence for the log. */
  readonly say: (words: string) => void;
  /** The home's certificate in PEM, for a tablet to be told to trust it. */
  readonly certificate?: string;
  /** What is posted to an address; false where nobody is at home there. */
  readonly post?: (path: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

const sentences = {
  404: "Hier gibt es nichts. Die Seite ist unter /tablet/.\nNothing is here. Look at /tablet/.\n",
  405: "Das geht hier nicht.\nThis cannot be done here.\n",
  503:
    "Die Seite des Tablets ist noch nicht eingerichtet. Bitte den Techniker rufen.\n" +
    "The tablet's page is not built: run `npm run build` on the gateway.\n",
} as const;

/** The pages of a folder, read after the port is open: MQTT comes first. */
function keepPages({ folder, say }: WebOptions): () => Pages {
  let pages: Pages = new Map();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    lookedAt = performance.now();
    readPages(folder).then(
      (read) => {
        pages = read.pages;
        for (const fault of read.faults) say(fault);
      },
      (thrown: unknown) => say(`the tablet's page cannot be read: ${String(thrown)}`),
    );
  };
  look();
  return () => {
    if (pages.size === 0 && performance.now() - lookedAt > lookAgainMs) look();
    return pages;
  };
}

/** Answers whatever a browser asks of the home. */
export function openWeb(options: WebOptions): AnswerPage {
  const pages = keepPages(options);
  const certificate = certificateFile(options.certificate);
  return (request, response) => {
    const isTls = request.socket instanceof TLSSocket;
    for (const [name, value] of Object.entries(strictHeaders(request.headers.host, isTls))) {
      response.setHeader(name, value);
    }
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (request.method === "GET" || request.method === "HEAD") {
      if (path === certificatePath && certificate !== undefined) {
        serve(certificate, request, response);
      } else show(path, pages(), request, response);
    } else if (request.method !== "POST" || options.post?.(path, request, response) !== true) {
      response.setHeader("allow", "GET, HEAD");
      refuse(response, 405);
    }
  };
}

/** It is public: every handshake shows it. */
function certificateFile(certificate: string | undefined): PageFile | undefined {
  if (certificate === undefined) return undefined;
  const body = Buffer.from(certificate);
  const etag = etagOf(body);
  return { type: "application/x-x509-ca-cert", etag, lasts: false, body, packed: {} };
}

function show(
  path: string,
  pages: Pages,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (path === "/" || path === base.slice(0, -1)) {
    response.writeHead(302, { location: base, "cache-control": "no-cache" }).end();
    return;
  }
  const file = path.startsWith(base) ? pages.get(nameOf(path)) : undefined;
  if (file !== undefined) serve(file, request, response);
  else refuse(response, pages.size === 0 ? 503 : 404);
}

const nameOf = (path: string): string => path.slice(base.length) || "index.html";

/** Whatever else came on that connection is not read. */
function refuse(response: ServerResponse, status: keyof typeof sentences): void {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
  };
  response.writeHead(status, headers).end(sentences[status]);
}

/** The smallest form that the browser takes. */
function choose(file: PageFile, accepts: string): Encoding | undefined {
  const taken = accepts.split(",").map((one) => one.trim());
  return (["br", "gzip"] as const).find(
    (encoding) => taken.includes(encoding) && file.packed[encoding] !== undefined,
  );
}

function serve(file: PageFile, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("etag", file.etag);
  response.setHeader("vary", "accept-encoding");
  const cache = file.lasts ? "public, max-age=31536000, immutable" : "no-cache";
  response.setHeader("cache-control", cache);
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const encoding = choose(file, String(request.headers["accept-encoding"] ?? ""));
  const body = (encoding === undefined ? undefined : file.packed[encoding]) ?? file.body;
  if (encoding !== undefined) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-type": file.type, "content-length": body.length });
  if (request.method === "HEAD") response.end();
  else sendPiece(response, body);
}

/** A slow reader holds one piece in memory, not a copy of the file. */
function sendPiece(response: ServerResponse, rest: Buffer): void {
  if (rest.length <= pieceBytes) {
    response.end(rest);
    return;
  }
  const goOn = (): void => sendPiece(response, rest.subarray(pieceBytes));
  if (response.write(rest.subarray(0, pieceBytes))) goOn();
  else response.once("drain", goOn);
}
