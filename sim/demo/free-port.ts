/** Ports for servers that others must find at an address that is known before they start. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Registered ports below 32768, where Linux begins to take the ports of connections and of servers
 * that ask for any (net.ipv4.ip_local_port_range): what is free here stays free until it is used.
 */
const [first, end] = [20_000, 32_768];
const given = new Set<number>();

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port of 127.0.0.1 that is free, and is given once in this process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = randomInt(first, end);
    if (given.has(port) || !(await canListen(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no port of 127.0.0.1 between ${first} and ${end} is free`);
}
