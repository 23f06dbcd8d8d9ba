/** A server whose program stands still and whose kernel has no room left: packets to it are lost. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const program = `
  const server = require("node:net").createServer();
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => console.log(server.address().port));
`;

/** A connection that the kernel of this machine would make takes far less. */
const noRoomMs = 300;

export class StoppedServer {
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly callers: Socket[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(): Promise<StoppedServer> {
    const child = spawn(process.execPath, ["-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const server = new StoppedServer(child, Number(line.toString()));
    child.kill("SIGSTOP");
    while (await server.hasRoom());
    return server;
  }

  private hasRoom(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: this.port }, () => resolve(true));
      this.callers.push(socket.on("error", () => undefined));
      setTimeout(() => resolve(!socket.connecting), noRoomMs);
    });
  }

  close(): void {
    for (const socket of this.callers) socket.destroy();
    this.child.kill("SIGKILL");
  }
}
