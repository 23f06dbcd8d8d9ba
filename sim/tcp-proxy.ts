/**
 * A line between two programs that can be cut, frozen and delayed: the router, the street, the
 * mast.
 */
import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  /** Where it leads. */
  readonly target: number;
  /** Ends all connections and refuses new ones until `heal`. */
  cut(): void;
  /** Keeps all connections open and passes nothing on, as a half-open line does, until `heal`. */
  freeze(): void;
  heal(): void;
  /** Holds back each piece for this long from now on. */
  delay(ms: number): void;
  close(): Promise<void>;
}

type Condition = "whole" | "cut" | "frozen";

/** Opens a line to a port of this machine. */
export function openTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let condition: Condition = "whole";
  let delayMs = 0;

  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      // What a frozen line swallows is gone: TCP would bring it back, a dead router does not.
      if (condition !== "whole") return;
      if (delayMs === 0) to.write(chunk);
      else setTimeout(() => to.writable && to.write(chunk), delayMs);
    });
    const end = (): void => {
      sockets.delete(from);
      from.destroy();
      to.destroy();
    };
    from.on("close", end);
    from.on("error", end);
  };

  const server = createServer((near) => {
    if (condition === "cut") {
      near.destroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: target });
    join(near, far);
    join(far, near);
  });

  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("the line got no port"));
        return;
      }
      resolve({
        port: address.port,
        target,
        cut: () => {
          condition = "cut";
          dropAll();
        },
        freeze: () => {
          condition = "frozen";
        },
        heal: () => {
          // Streams that lost bytes cannot go on; both ends must connect anew.
          if (condition === "frozen") dropAll();
          condition = "whole";
        },
        delay: (ms) => {
          delayMs = ms;
        },
        close: () => {
          dropAll();
          return new Promise((closed) => server.close(() => closed()));
        },
      });
    });
  });
}
