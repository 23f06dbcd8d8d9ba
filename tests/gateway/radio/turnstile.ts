/** A door before the stick that counts who is inside: a port that was not released is seen. */
import { connect, createServer, type Socket } from "node:net";

export interface Turnstile {
  readonly address: string;
  /** Connections that hosts hold open. */
  open(): number;
  close(): Promise<void>;
}

export function openTurnstile(port: number): Promise<Turnstile> {
  const inside = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    inside.add(near);
    const far = connect({ host: "127.0.0.1", port, noDelay: true });
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk) => near.write(chunk));
    // Only the host closes its own side: what the stick does arrives as it did it.
    far.on("end", () => near.end());
    far.on("error", () => near.resetAndDestroy());
    near.on("error", () => near.destroy());
    near.on("close", () => {
      inside.delete(near);
      far.destroy();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const own = typeof address === "object" && address !== null ? address.port : 0;
      resolve({
        address: `tcp://127.0.0.1:${own}`,
        open: () => inside.size,
        close: () => {
          for (const socket of inside) socket.destroy();
          return new Promise((closed) => server.close(() => closed()));
        },
      });
    });
  });
}
