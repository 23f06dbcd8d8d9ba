/** Drives a home that runs in another process. */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { ControlReply } from "./control.ts";
import type { HomeSnapshot } from "./snapshot.ts";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const gone = "the virtual home is gone";

export class ControlClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #gone = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on("line", (line) => this.#take(line));
    socket.on("close", () => this.#giveUp());
    socket.on("error", () => this.#giveUp());
  }

  /** Does a command of the prompt; rejects with the home's sentence where it cannot. */
  ask(cmd: string, ...args: (string | number)[]): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const line = JSON.stringify({ id, cmd, args: args.map(String) });
    if (this.#gone) return Promise.reject(new Error(gone));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${line}\n`);
    });
  }

  async status(): Promise<HomeSnapshot> {
    // The home on the other side writes exactly this form.
    return (await this.ask("status")) as HomeSnapshot;
  }

  async press(button: string): Promise<void> {
    await this.ask("press", button);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    const reply = JSON.parse(line) as ControlReply;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.error));
  }

  #giveUp(): void {
    this.#gone = true;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new Error(gone));
    }
    this.#waiting.clear();
  }
}

/** Connects to the control port that a home has printed. */
export function connectToHome(port: number): Promise<ControlClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve(new ControlClient(socket));
    });
  });
}
