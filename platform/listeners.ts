/** Opens the ports of a broker: MQTT over TCP, TLS and WebSocket (./web-port.ts). */
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { BrokerLimits } from "./broker-limits.ts";
import { Entrance } from "./entrance.ts";
import type { Sign } from "./intrusions.ts";
import { type AnswerPage, webServer } from "./web-port.ts";
import type { Wire } from "./wire.ts";
import { remoteOf, socketWire } from "./wire.ts";

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
  /** Pages on a WebSocket's port. */
  readonly answer?: AnswerPage;
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
  /** A limit was reached, in a sentence. */
  note(what: string, sign?: Sign): void;
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
    at.kind === "tcp"
      ? tcpServer(at, limits, enter)
      : webServer({
          ...at,
          limits,
          enter: (wire, socket) => enter(wire, nameOf(socket)),
          browses: (socket) => entrance.gone(nameOf(socket)),
          note: (what, sign) => door.note(what, sign),
        });
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
