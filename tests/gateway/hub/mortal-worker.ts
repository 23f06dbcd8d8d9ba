/** The real worker, which dies or hangs when it is asked to: as a fault inside it would make it. */
import { parentPort } from "node:worker_threads";
import "../../../gateway/hub/worker.ts";

parentPort?.on("message", (message: unknown) => {
  const text = JSON.stringify(message);
  if (text.includes("please-die")) throw new Error("asked to die");
  if (text.includes("please-hang")) for (;;) text.length;
  if (text.includes("please-grow")) {
    const grown: number[][] = [];
    for (;;) grown.push(Array.from({ length: 100_000 }, (_, index) => index + grown.length));
  }
});
