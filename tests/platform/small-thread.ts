/** A kept thread that answers with when it read its program, and dies of some words. */
import { BroadcastChannel } from "node:worker_threads";
import { serveThread } from "../../platform/thread-service.ts";

const readAt = performance.timeOrigin + performance.now();
const channel = new BroadcastChannel("small-thread");
channel.postMessage(readAt);
channel.close();

export interface SmallOpen {
  readonly nth: number;
  readonly readAt: number;
}

interface SmallData {
  readonly nth: number;
  readonly fails?: boolean;
  readonly stalls?: boolean;
}

serveThread<SmallData, string, SmallOpen, string>((data, tell) => {
  if (data.fails === true) return Promise.reject(new Error("it does not open"));
  if (data.stalls === true) return new Promise(() => undefined);
  return Promise.resolve({
    open: { nth: data.nth, readAt },
    take: (word) => {
      if (word === "die") throw new Error("asked to die");
      if (word === "leave") process.exit(3);
      tell(word);
      return 1;
    },
    close: () => Promise.resolve(),
  });
});
