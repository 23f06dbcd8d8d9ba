/**
 * What `obhut status` shows: measured, not assumed. Served on a socket that only the owner can
 * open.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";

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

/** Serves the status on a local socket, one JSON object for each connection. */
export function serveStatus(socketPath: string, told: () => Told): Server {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    const status: Status = {
      ...told(),
      pid: process.pid,
      up_s: Math.round(process.uptime()),
      rss_mb: Math.round(process.memoryUsage.rss() / 1_048_576),
      loop_delay_p99_ms: Math.round(delay.percentile(99) / 10_000) / 100,
      loop_delay_max_ms: Math.round(delay.max / 10_000) / 100,
    };
    delay.reset();
    socket.on("error", () => socket.destroy());
    socket.end(`${JSON.stringify(status)}\n`);
  });
  server.listen(socketPath, () => chmodSync(socketPath, 0o600));
  return server;
}

/** Longest wait for a gateway that is there but does not answer. */
const answerWithinMs = 3_000;

/** Asks a running gateway. Rejects with a sentence when there is none. */
export function askStatus(socketPath: string): Promise<Status> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = "";
    socket.setTimeout(answerWithinMs, () => {
      socket.destroy(new Error("the gateway does not answer; look at its log"));
    });
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("end", () => {
      const read = statusSchema.safeParse(JSON.parse(text));
      if (read.success) resolve(read.data);
      else reject(new Error("the gateway's answer is of another version; restart it"));
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const absent = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      reject(absent ? new Error(`no gateway is running (${socketPath}); run obhut start`) : error);
    });
  });
}
