/** Opens the ports of a broker: MQTT over TCP, TLS and WebSocket. */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { WebSocketServer } from "ws";
import type { BrokerLimits } from "./broker-limits.ts";
import { Entrance } from "./entrance.ts";
import type { Wire } from "./wire.ts";
import { remoteOf, socketWire, webSocketWire } from "./wire.ts";

/** Certificate and key in PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Where a broker listens. Port 0 lets the system choose. Without `tls` only on a loopback address.
 */
export interface BrokerListener {
  readonly kind: "tcp" | "websocket";
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsIdentity;
}

export interface OpenPort {
  readonly port: number;
  close(): Promise<void>;
}

/** The door of every port: `admit` judges the bare socket before a handshake costs anything. */
export interface Door {
  admit(remote: string): boolean;
  /** So many wait that one of them had to go. */
  crowded(remote: string): void;
  /** `loggedIn` is called at most once. */
  enter(wire: Wire, loggedIn: () => void): void;
}

interface Guest {
  readonly name: string;
  readonly socket: Socket;
  readonly destroyed: boolean;
  destroy(): void;
}

/** A TLS socket and the bare one below it have the same. */
const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

const guestOf = (socket: Socket): Guest => ({
  name: nameOf(socket),
  socket,
  get destroyed() {
    return socket.destroyed;
  },
  destroy: () => void socket.destroy(),
});

/** Between two turns of the entrance: the loop hears everybody else. */
const turnMs = 5;
/** Connections that the kernel keeps for us; a town that comes back is there within a second. */
const backlog = 4_096;

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Opens one port. Rejects with a sentence when it cannot. */
export async function openPort(
  at: BrokerListener,
  limits: BrokerLimits,
  door: Door,
): Promise<OpenPort> {
  if (at.tls === undefined && !loopback.has(at.host)) {
    throw new Error(
      `broker: ${at.kind} on ${at.host} has no certificate. Without TLS the broker listens on` +
        " 127.0.0.1 only: give it `tls`, or listen on 127.0.0.1.",
    );
  }
  const sockets = new Set<Socket>();
  const entrance = new Entrance<Guest>(limits);
  const enter = (wire: Wire, name: string): void => {
    door.enter(wire, () => entrance.loggedIn(name, performance.now()));
  };
  const server =
    at.kind === "tcp" ? tcpServer(at, limits, enter) : webSocketServer(at, limits, enter);
  let turn: NodeJS.Timeout | undefined;
  const takeTurn = (): void => {
    turn = undefined;
    for (const { socket } of entrance.next(performance.now())) {
      server.emit("connection", socket);
      // TLS reads by itself; whoever reads the bare socket is told to begin.
      if (at.tls === undefined) socket.resume();
    }
    if (entrance.size > 0) turn = setTimeout(takeTurn, turnMs);
  };
  // First in line, before TLS or HTTP see the socket; nothing is read from it while it waits.
  const front = createTcpServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    const remote = remoteOf(socket.remoteAddress);
    if (!door.admit(remote)) {
      socket.destroy();
      return;
    }
    socket.on("error", () => undefined);
    sockets.add(socket);
    const guest = guestOf(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      entrance.gone(guest.name);
    });
    if (entrance.come(remote, guest, performance.now())) door.crowded(remote);
    if (turn === undefined) takeTurn();
  });
  await listening(front, at);
  // The inner server never listens, but what it looks after in the background begins with this.
  server.emit("listening");
  return {
    port: (front.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        clearTimeout(turn);
        entrance.clear();
        server.close(() => undefined);
        front.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listening(server: Server, at: BrokerListener): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: at.host, port: at.port, backlog }, () => {
      server.off("error", reject);
      // Running out of file descriptors must not end the process; the next connection may succeed.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

type Enter = (wire: Wire, name: string) => void;

function tcpServer(at: BrokerListener, limits: BrokerLimits, enter: Enter): Server {
  const open = (socket: Socket): void => {
    if (!socket.destroyed) enter(socketWire(socket), nameOf(socket));
  };
  if (at.tls === undefined) return createTcpServer({ noDelay: true }, open);
  const server = createTlsServer(
    { ...at.tls, minVersion: "TLSv1.2", handshakeTimeout: limits.connectWithinMs },
    open,
  );
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}

function webSocketServer(at: BrokerListener, limits: BrokerLimits, enter: Enter): Server {
  const http = {
    headersTimeout: limits.connectWithinMs,
    requestTimeout: limits.connectWithinMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8_192,
    noDelay: true,
  };
  const server =
    at.tls === undefined
      ? createHttpServer(http)
      : createHttpsServer({
          ...http,
          ...at.tls,
          minVersion: "TLSv1.2",
          handshakeTimeout: limits.connectWithinMs,
        });
  server.on("request", (_request, response) => {
    response.writeHead(426, { connection: "close" }).end("This port speaks MQTT over WebSocket.\n");
  });
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
    enter(webSocketWire(socket, request.socket.remoteAddress), nameOf(request.socket));
  });
  return server;
}
