/**
 * What `obhut status` shows: measured, not assumed. Served on a socket that only the owner can
 * open. A comfort of whoever looks after the home: where it cannot be served, the home is guarded
 * all the same.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import { wordsOf } from "../platform/words.ts";

const statusSchema = z.object({
  home: z.string(),
  version: z.string(),
  boot: z.string(),
  pid: z.number(),
  up_s: z.number(),
  rss_mb: z.number(),
  /** How late timers of the loop's thread were, in milliseconds, since the last look. */
  loop_delay_p99_ms: z.number(),
  loop_delay_max_ms: z.number(),
  radio: z.string(),
  care: z.string(),
  open_alarms: z.number(),
  stove: z.string(),
  blind_modules: z.array(z.string()),
  outbox: z.number(),
  ports: z.record(z.string(), z.number()),
  reports: z.array(z.string()),
});

export type Status = z.infer<typeof statusSchema>;

/** What the gateway knows of itself beside the process figures. */
export type Told = Omit<
  Status,
  "pid" | "up_s" | "rss_mb" | "loop_delay_p99_ms" | "loop_delay_max_ms"
>;

/** How long after a refusal the socket is tried again: a disk may be mended meanwhile. */
const serveAgainMs = 60_000;

export interface StatusServer {
  close(): void;
}

/** Serves the status on a local socket, one JSON object for each connection. Never throws. */
export function serveStatus(
  socketPath: string,
  told: () => Told,
  say: (words: string) => void,
): StatusServer {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const answer = (): string => {
    const status: Status = {
      ...told(),
      pid: process.pid,
      up_s: Math.round(process.uptime()),
      rss_mb: Math.round(process.memoryUsage.rss() / 1_048_576),
      loop_delay_p99_ms: Math.round(delay.percentile(99) / 10_000) / 100,
      loop_delay_max_ms: Math.round(delay.max / 10_000) / 100,
    };
    delay.reset();
    return `${JSON.stringify(status)}\n`;
  };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    try {
      socket.end(answer());
    } catch (thrown) {
      say(`the status cannot be told: ${wordsOf(thrown)}`);
      socket.destroy();
    }
  });
  return listen(server, socketPath, say);
}

/** A read-only disk, or a path longer than a socket's may be, costs the status and nothing else. */
function listen(server: Server, path: string, say: (words: string) => void): StatusServer {
  let again: NodeJS.Timeout | undefined;
  let said = false;
  const refused = (thrown: unknown): void => {
    if (!said) say(`no status on ${path}: ${wordsOf(thrown)}`);
    said = true;
    clearTimeout(again);
    again = setTimeout(open, serveAgainMs).unref();
  };
  const open = (): void => {
    try {
      rmSync(path, { force: true });
      server.listen(path);
    } catch (thrown) {
      refused(thrown);
    }
  };
  server.on("error", refused);
  server.on("listening", () => {
    try {
      chmodSync(path, 0o600);
    } catch (thrown) {
      say(`${path} may be open to others: ${wordsOf(thrown)}`);
    }
  });
  open();
  return {
    close: () => {
      clearTimeout(again);
      server.close();
    },
  };
}

/** Longest wait for a gateway that is there but does not answer. */
const answerWithinMs = 3_000;

/** Nobody could be reached there; any other refusal comes from a gateway that runs. */
export class NobodyThere extends Error {}

/** Asks a running gateway. Rejects with a sentence; `NobodyThere` where there is none. */
export function askStatus(socketPath: string): Promise<Status> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = "";
    let isThere = false;
    socket.on("connect", () => {
      isThere = true;
    });
    socket.setTimeout(answerWithinMs, () => {
      isThere = true;
      socket.destroy(new Error("the gateway does not answer; look at its log"));
    });
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("end", () => {
      const read = readAnswer(text);
      if (read === undefined) reject(new Error("the gateway gave no answer; look at its log"));
      else if (read.success) resolve(read.data);
      else reject(new Error("the gateway's answer is of another version; restart it"));
    });
    socket.on("error", (error) => {
      reject(isThere ? error : new NobodyThere(absenceOf(error, socketPath)));
    });
  });
}

/** Who may not look, or has a path that no socket can have, learns nothing of the gateway. */
function absenceOf(error: Error, socketPath: string): string {
  const isNobody = "code" in error && ["ENOENT", "ECONNREFUSED"].includes(String(error.code));
  return isNobody
    ? `no gateway is running (${socketPath}); run obhut start`
    : `nobody can be asked: ${error.message}`;
}

/** Undefined for what is not even JSON: a gateway that ended over its answer. */
function readAnswer(text: string): ReturnType<typeof statusSchema.safeParse> | undefined {
  try {
    return statusSchema.safeParse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
