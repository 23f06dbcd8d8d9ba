/** The line as a TCP port on 127.0.0.1, as serial servers offer a stick. One host at a time. */
import { createServer, type Server, type Socket } from "node:net";
import type { Line } from "./line.ts";

const host = "127.0.0.1";

export class LineSocket {
  readonly #line: Line;
  #server: Server | undefined;
  #host: Socket | undefined;
  #port = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  get port(): number {
    return this.#port;
  }

  get connected(): boolean {
    return this.#host !== undefined;
  }

  /** Listens; port 0 lets the system choose, and later calls use the same again. */
  async open(port: number = this.#port): Promise<number> {
    if (this.#server !== undefined) return this.#port;
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => resolve());
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    return this.#port;
  }

  /** Cuts the host off: politely, or by reset. */
  cut(how: "fin" | "rst"): void {
    if (how === "fin") this.#host?.end();
    else this.#host?.resetAndDestroy();
  }

  /** Closes the port: whoever knocks is refused. The present host is cut off too. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#host?.destroy();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const toHost = (bytes: Buffer): void => {
      if (socket.writable) socket.write(bytes);
    };
    // A serial port has one reader: the newer connection takes over, as after a half-open link.
    this.#host?.destroy();
    this.#host = socket;
    this.#line.connect(toHost);
    socket.on("data", (chunk) => this.#line.fromHost(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#line.disconnect(toHost);
      if (this.#host === socket) this.#host = undefined;
    });
  }
}
