/**
 * The home for other processes: JSON lines over a socket on 127.0.0.1.
 * A request {"id": 1, "cmd": "press", "args": ["bath-button"]} is answered by
 * {"id": 1, "ok": true, "result": …} or {"id": 1, "ok": false, "error": "a sentence"}.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { perform } from "./commands.ts";
import type { VirtualHome } from "./virtual-home.ts";

export interface ControlRequest {
  readonly id: number;
  readonly cmd: string;
  readonly args: readonly string[];
}

export type ControlReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** A longer line is not a request of ours; its sender is cut off. */
const lineBytes = 65_536;

export class ControlSocket {
  readonly #home: VirtualHome;
  readonly #quit: () => void;
  readonly #clients = new Set<Socket>();
  readonly #server: Server;

  constructor(home: VirtualHome, quit: () => void) {
    this.#home = home;
    this.#quit = quit;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  async open(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve());
    });
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : port;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    this.#clients.add(socket);
    socket.on("close", () => this.#clients.delete(socket));
    socket.on("error", () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => {
      if (line.length > lineBytes) socket.destroy();
      else void this.#serve(socket, line);
    });
  }

  async #serve(socket: Socket, line: string): Promise<void> {
    const reply = await this.#answer(line);
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  }

  async #answer(line: string): Promise<ControlReply> {
    let id = 0;
    try {
      const request = readRequest(JSON.parse(line));
      id = request.id;
      if (request.cmd === "quit") {
        setImmediate(this.#quit);
        return { id, ok: true, result: null };
      }
      const result = await perform(this.#home, request.cmd, request.args);
      return { id, ok: true, result: result ?? null };
    } catch (error) {
      return { id, ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function readRequest(value: unknown): ControlRequest {
  if (typeof value !== "object" || value === null) throw new Error("a request is an object");
  const { id, cmd, args }: { id?: unknown; cmd?: unknown; args?: unknown } = value;
  if (typeof id !== "number" || typeof cmd !== "string") {
    throw new Error('a request has a number "id" and a word "cmd"');
  }
  const words = Array.isArray(args) ? args.map(String) : [];
  return { id, cmd, args: words };
}
