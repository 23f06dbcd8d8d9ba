/** Opens the socket to a broker, and decides whether the other end is who it should be. */
import { X509Certificate } from "node:crypto";
import net from "node:net";
import tls from "node:tls";

export interface SocketTarget {
  /** `mqtts://host:port`, or `mqtt://host:port` for the loopback of a test. */
  readonly url: string;
  /**
   * The pinned certificate (PEM): the only one trusted. Without it the system's authorities are.
   */
  readonly ca?: string;
}

/**
 * Whether the certificate that was shown is the pinned one itself. Then its dates and names guard
 * nothing more, and they are not looked at: a Raspberry Pi may start in the past, and must not fall
 * silent for it.
 */
function isPinned(socket: tls.TLSSocket, pin: X509Certificate | undefined): boolean {
  const shown = socket.getPeerX509Certificate();
  return shown !== undefined && shown.fingerprint256 === pin?.fingerprint256;
}

/**
 * Calls `ready` once the other end is reached and trusted, before anything was said to it; `failed`
 * with a sentence otherwise. The caller owns the socket, its end included. Throws when URL or
 * certificate cannot be read.
 */
export function openSocket(
  { url, ca }: SocketTarget,
  ready: () => void,
  failed: (why: string) => void,
): net.Socket {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "mqtts:";
  const at = { host, port: Number(port || (secure ? 8_883 : 1_883)) };
  if (!secure) {
    const socket = net.connect(at, ready);
    return socket.on("error", (error) => failed(error.message)).setNoDelay(true);
  }
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  const trust = ca === undefined ? {} : { ca };
  const pin = ca === undefined ? undefined : new X509Certificate(ca);
  // Judged below, after the handshake has proved that the other end has the certificate's key.
  const socket = tls.connect({
    ...at,
    ...name,
    ...trust,
    minVersion: "TLSv1.2",
    rejectUnauthorized: false,
  });
  socket.once("secureConnect", () => {
    if (socket.authorized || isPinned(socket, pin)) ready();
    else failed(`the certificate of ${host} is not trusted: ${socket.authorizationError}`);
  });
  return socket.on("error", (error) => failed(error.message)).setNoDelay(true);
}
