/** The HTTP server of the office: strict headers, small bodies, and one sentence for each error. */
import { Buffer } from "node:buffer";
import { STATUS_CODES } from "node:http";
import type { Server, ServerOptions } from "node:https";
import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import pages from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { cacheControl, strictHeaders } from "./headers.ts";
import type { OfficeParts } from "./parts.ts";
import { doors, type RouteName } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { behindDoor, type Handler, type Handlers } from "./route.ts";

export type OfficeServer = FastifyInstance<Server>;

/** An agreement of many parties is some tens of kilobytes. */
const bodyBytesMax = 262_144;
/** A request that is not whole by then is given up; connections are few and short. */
const requestMs = 10_000;
/** Node exchanges the two limits if this one were the larger: then no request would end in time. */
const headersMs = 5_000;
const checkEveryMs = 2_000;
const keepAliveMs = 65_000;
/** Past it the newest connection is refused: people at desks hold theirs open. */
const connectionsMax = 4_000;

const sentences: Readonly<Record<number, string>> = {
  400: "what was sent cannot be read; send JSON as the documentation says",
  404: "there is nothing at this address",
  408: "the request took too long",
  413: "what was sent is too large",
  414: "the address is too long",
  415: "send JSON (content-type: application/json)",
  431: "the headers are too large",
};

const plain = (status: number): string => sentences[status] ?? sentences[400] ?? "";

/** A body that is not JSON is refused here; its text is kept for signatures. */
function readJson(server: OfficeServer): void {
  server.removeAllContentTypeParsers();
  server.decorateRequest("text", "");
  server.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    Reflect.set(request, "text", text);
    try {
      done(null, text === "" ? {} : JSON.parse(text));
    } catch {
      done(new Refusal(400, "what was sent is not JSON"));
    }
  });
}

/** The bytes of the body as they came. */
export const textOf = (request: FastifyRequest): string => String(Reflect.get(request, "text"));

function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "statusCode") : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}

/** Whatever went wrong: a status, one sentence, and never a line of ours. */
function answerError(parts: OfficeParts, error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) {
    const { status, message, faults } = error;
    return reply
      .code(status)
      .send(faults.length === 0 ? { error: message } : { error: message, faults });
  }
  const status = statusOf(error);
  if (status < 500) return reply.code(status).send({ error: plain(status) });
  parts.warn(`the office failed at a request: ${error instanceof Error ? error.message : error}`);
  const words = "the service cannot answer this at the moment; open alarms go on; try again";
  return reply.code(503).send({ error: words });
}

const rawStatus: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Bytes that are no HTTP get an answer of a few bytes and the end of the connection. */
function refuseClient(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = rawStatus[error.code ?? ""] ?? 400;
  const body = JSON.stringify({ error: plain(status) });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json; charset=utf-8",
    "x-content-type-options: nosniff",
    "connection: close",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Registers every route of the table; one without a handler does not start. */
function openDoors(server: OfficeServer, parts: OfficeParts, handlers: Handlers): void {
  for (const route of Object.keys(doors) as RouteName[]) {
    const handler: Handler | undefined = handlers[route];
    if (handler === undefined) throw new Error(`the office has no handler for ${route}`);
    const [method = "GET", url = "/"] = route.split(" ");
    server.route({ method, url, handler: behindDoor(parts, route, handler) });
  }
}

/** Makes the server; it listens to nothing yet. */
export async function makeServer(parts: OfficeParts, handlers: Handlers): Promise<OfficeServer> {
  const { tls } = parts.settings;
  const https: ServerOptions | null =
    tls === null
      ? null
      : { cert: tls.cert, key: tls.key, connectionsCheckingInterval: checkEveryMs };
  const server = fastify({
    https,
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    clientErrorHandler: refuseClient,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, _request, reply) => answerError(parts, error, reply),
  }) as OfficeServer;
  server.server.headersTimeout = headersMs;
  server.server.maxConnections = connectionsMax;
  await server.register(cookie);
  await server.register(pages, { root: parts.settings.pagesDir, serve: false });
  readJson(server);
  server.addHook("onSend", async (request, reply) => {
    reply.headers(strictHeaders);
    if (!reply.hasHeader("cache-control")) {
      reply.header("cache-control", cacheControl(request.url));
    }
  });
  server.setErrorHandler((error, _request, reply) => answerError(parts, error, reply));
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: plain(404) }));
  openDoors(server, parts, handlers);
  return server;
}
