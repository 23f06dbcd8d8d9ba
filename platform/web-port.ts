/**
 * The port for browsers: MQTT over WebSocket, and pages beside it where there are some, because a
 * browser's trust in a home's certificate counts for one address and port.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { BrokerLimits } from "./broker-limits.ts";
import type { Sign } from "./intrusions.ts";
import type { TlsIdentity } from "./listeners.ts";
import { PageGuests } from "./page-guests.ts";
import type { Wire } from "./wire.ts";
import { remoteOf, webSocketWire } from "./wire.ts";

/**
 * Not imported: an import reads everything that Node's module offers, and with it loads an HTTP
 * client that a home never uses, 2 MB in the hub's thread.
 */
const { createServer: createHttpServer } = process.getBuiltinModule("node:http");
const { createServer: createHttpsServer } = process.getBuiltinModule("node:https");

/** Answers one request for a page. Returns at once and never throws. */
export type AnswerPage = (
  request: IncomingMessage,
  response: ServerResponse,
  remote: string,
) => void;

export interface WebPort {
  readonly tls?: TlsIdentity;
  readonly limits: BrokerLimits;
  /** Absent where the port speaks MQTT only. */
  readonly answer?: AnswerPage;
  /** A WebSocket is open on this connection. */
  enter(wire: Wire, socket: Socket): void;
  /** It asks for a page: it is not on its way to a login. */
  browses(socket: Socket): void;
  /** A sentence about a limit that was reached. */
  note(what: string, sign?: Sign): void;
}

/** Requests on one connection; a browser opens another. */
const requestsPerConnection = 200;
/** An idle connection is kept for so long, for the next file of the same page. */
const keepAliveMs = 5_000;
/** A reader that takes nothing for so long is gone. */
const stalledMs = 10_000;

/** Makes the server; it listens to nothing itself. */
export function webServer(port: WebPort): Server {
  const { tls, limits } = port;
  const http = {
    headersTimeout: limits.connectWithinMs,
    requestTimeout: limits.connectWithinMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: 8_192,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createHttpServer(http)
      : createHttpsServer({
          ...http,
          ...tls,
          minVersion: "TLSv1.2",
          handshakeTimeout: limits.connectWithinMs,
        });
  server.maxRequestsPerSocket = requestsPerConnection;
  server.setTimeout(stalledMs);
  server.on("request", pagesOf(port));
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: limits.packetBytes,
    // [MQTT-6.0.0-3]: the client must offer the subprotocol "mqtt".
    verifyClient: ({ req }: { req: { headers: Record<string, string | string[] | undefined> } }) =>
      String(req.headers["sec-websocket-protocol"] ?? "")
        .split(",")
        .some((name) => name.trim() === "mqtt"),
    handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : false),
  });
  // The server repeats errors of the port, which `listening` handles.
  sockets.on("error", () => undefined);
  sockets.on("connection", (socket, request) => {
    request.socket.setNoDelay(true);
    port.enter(webSocketWire(socket, request.socket.remoteAddress), request.socket);
  });
  return server;
}

function pagesOf(port: WebPort): (request: IncomingMessage, response: ServerResponse) => void {
  const { answer, limits } = port;
  if (answer === undefined) {
    return (_request, response) =>
      void response
        .writeHead(426, { connection: "close" })
        .end("This port speaks MQTT over WebSocket.\n");
  }
  const guests = new PageGuests(limits, port.note);
  return (request, response) => {
    const remote = remoteOf(request.socket.remoteAddress);
    port.browses(request.socket);
    response.on("error", () => undefined);
    if (!guests.come(remote, request.socket)) return;
    if (!guests.mayAsk(remote, performance.now())) {
      response
        .writeHead(429, { connection: "close", "retry-after": "5" })
        .end("Zu viele Anfragen. Bitte kurz warten.\nToo many requests. Please wait a moment.\n");
      return;
    }
    answer(request, response, remote);
  };
}
